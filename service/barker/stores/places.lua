#!lua name=barker_places

-- Keys: see the table in places.py. `cells`, `people` and `ends` of a call are those of one tile, so in one slot.

local SWEPT = 1000 -- members a call at most: work is bounded, what is left is looked past

-- Lets a key live until a time, if it would not anyway. (PEXPIREAT with GT takes a key without an end for endless.)
local function live_until(key, at)
  if redis.call('PEXPIRETIME', key) < tonumber(at) then
    redis.call('PEXPIREAT', key, at)
  end
end

-- Takes members of `people` ("<cell> <user>") out of a tile, and cells in which nobody is left.
local function leave(keys, members)
  for _, member in ipairs(members) do
    redis.call('ZREM', keys[2], member)
    redis.call('ZREM', keys[3], member)
    local cell = string.match(member, '^%S+')
    if #redis.call('ZRANGE', keys[2], '[' .. cell .. ' ', '(' .. cell .. '!', 'BYLEX', 'LIMIT', 0, 1) == 0 then
      redis.call('ZREM', keys[1], cell)
    end
  end
end

-- Lets those go whose time is over.
local function sweep(keys, now)
  leave(keys, redis.call('ZRANGE', keys[3], '-inf', now, 'BYSCORE', 'LIMIT', 0, SWEPT))
end

-- KEYS cells, people, ends | ARGV now, members ….
local function barker_depart(keys, args)
  sweep(keys, args[1])
  leave(keys, { unpack(args, 2) })
  return 0
end

-- KEYS cells, people, ends | ARGV now, the last end, then member, lat, lon, end of each.
local function barker_arrive(keys, args)
  sweep(keys, args[1])
  for n = 3, #args, 4 do
    redis.call('GEOADD', keys[1], args[n + 2], args[n + 1], string.match(args[n], '^%S+'))
    redis.call('ZADD', keys[2], 0, args[n])
    redis.call('ZADD', keys[3], args[n + 3], args[n])
  end
  for _, key in ipairs(keys) do
    live_until(key, args[2])
  end
  return 0
end

-- KEYS directory | ARGV now, until, "ends" or "stays", names …. Notes that there is somebody in these parts.
local function barker_populate(keys, args)
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', args[1])
  for n = 4, #args do
    redis.call('ZADD', keys[1], 'GT', args[2], args[n])
  end
  if args[3] == 'ends' then
    live_until(keys[1], args[2])
  end
  return 0
end

-- KEYS directory | ARGV now. Returns the parts in which there may be somebody.
local function barker_populated(keys, args)
  return redis.call('ZRANGE', keys[1], '(' .. args[1], '+inf', 'BYSCORE')
end

-- Returns the ids of those in a cell whose time is not over: the first so many behind `after`.
local function in_cell(keys, cell, after, want, now)
  local ids, from = {}, '(' .. cell .. ' ' .. after
  repeat
    local members = redis.call('ZRANGE', keys[2], from, '(' .. cell .. '!', 'BYLEX', 'LIMIT', 0, want)
    local ends = #members > 0 and redis.call('ZMSCORE', keys[3], unpack(members)) or {}
    for n, member in ipairs(members) do
      if ends[n] and tonumber(ends[n]) > now and #ids < want then
        ids[#ids + 1] = string.sub(member, #cell + 2)
      end
      from = '(' .. member
    end
  until #ids >= want or #members < want
  return ids
end

-- KEYS cells, people, ends | ARGV now, lat, lon, nearest, reach, extent, least, after, want, slack.
--
-- The cells around a point from `least` metres on, the nearest first, each with the ids in it: so many cells that there
-- are `want` people in them, or all within `reach`. Distances of Redis are right to within `slack`: of a cell at `least`
-- as well as it knows, both who is first and who comes behind the id `after` are told. Returns up to which distance
-- this is all there is ("" for all within reach), then cell, ids, cell, ids ….
local function barker_near(keys, args)
  local now, reach, least = tonumber(args[1]), tonumber(args[5]), tonumber(args[7])
  local want, slack = tonumber(args[9]), tonumber(args[10])
  sweep(keys, args[1])
  local total = redis.call('ZCARD', keys[1])
  if total == 0 then
    return { '' }
  end
  local function search(metres, ...)
    return redis.call('GEOSEARCH', keys[1], 'FROMLONLAT', args[3], args[2], 'BYRADIUS', metres, 'm', ...)
  end
  local inner = least > slack and #search(least - slack) or 0
  -- As if cells lay evenly; where they do not, it is widened.
  local step = args[6] * math.sqrt((want + 1) / total / 3)
  local radius = math.max(tonumber(args[4]), least) + slack + step
  local found
  repeat
    radius = math.min(radius, reach)
    -- So many have one person each at least, and up to eight more may be as far away as the last.
    found = search(radius, 'ASC', 'COUNT', inner + want + 9, 'WITHDIST')
    local is_all = radius >= reach or #found >= inner + want + 9
    radius = radius + step
    step = step * 2
  until is_all
  local done = #found >= inner + want + 9 and tonumber(found[#found][2]) or false
  local answer, count, enough = { '' }, 0, false
  for n = inner + 1, #found do
    local cell, metres = found[n][1], tonumber(found[n][2])
    if enough and metres > enough then
      done = metres
      break
    end
    local ids = in_cell(keys, cell, '', want, now)
    answer[#answer + 1] = cell
    if math.abs(metres - least) <= slack and args[8] ~= '' then
      for _, id in ipairs(in_cell(keys, cell, args[8], want, now)) do
        ids[#ids + 1] = id
      end
    elseif metres > least then
      count = count + #ids
    end
    answer[#answer + 1] = ids
    if count >= want and not enough then
      enough = metres + 2 * slack
    end
  end
  answer[1] = done and tostring(done - slack) or ''
  return answer
end

redis.register_function('barker_depart', barker_depart)
redis.register_function('barker_arrive', barker_arrive)
redis.register_function('barker_populate', barker_populate)
redis.register_function('barker_populated', barker_populated)
redis.register_function('barker_near', barker_near)
