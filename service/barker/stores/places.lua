#!lua name=barker_places

-- One library with nearest.lua, which follows it (functions.py). Keys: see the table in places.py. `cells`, `people` and `ends` of a call are those of one tile, so in one slot.

local SWEPT = 500 -- members a call at most: work is bounded, and who looks for people calls again

-- Lets a key live until a time, if it would not anyway. (PEXPIREAT with GT takes a key without an end for endless.)
local function live_until(key, at)
  if redis.call('PEXPIRETIME', key) < tonumber(at) then
    redis.call('PEXPIREAT', key, at)
  end
end

-- Takes members of `people` ("<cell> <user>") out of a tile, and cells in which nobody is left.
local function leave(keys, members)
  if #members == 0 then
    return
  end
  redis.call('ZREM', keys[2], unpack(members))
  redis.call('ZREM', keys[3], unpack(members))
  local seen = {}
  for _, member in ipairs(members) do
    local cell = string.match(member, '^%S+')
    if not seen[cell] then
      seen[cell] = true
      if #redis.call('ZRANGE', keys[2], '[' .. cell .. ' ', '(' .. cell .. '!', 'BYLEX', 'LIMIT', 0, 1) == 0 then
        redis.call('ZREM', keys[1], cell)
      end
    end
  end
end

-- Lets those go whose time is over, and tells whether there may be more of them.
local function sweep(keys, now)
  local gone = redis.call('ZRANGE', keys[3], '-inf', now, 'BYSCORE', 'LIMIT', 0, SWEPT)
  leave(keys, gone)
  return #gone == SWEPT
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

redis.register_function('barker_depart', barker_depart)
redis.register_function('barker_arrive', barker_arrive)
redis.register_function('barker_populate', barker_populate)
redis.register_function('barker_populated', barker_populated)
