#!lua name=barker

-- One library with hiding.lua, jobs.lua and before.lua, which follow it (functions.py). Keys and entries: see the table
-- in queues.py. All keys of a call lie in one bucket, so in one slot; those of single users are built here from the
-- bucket's tag, which saves sending each id twice.

local function tag_of(key)
  return string.match(key, '^({q%d+})')
end

-- The one field of an entry: of a bark its id and its author's, which Redis keeps as numbers: two thirds of the memory.
local function field_of(kind, body)
  if kind == 'bark' then
    return string.match(body, '^(%d+):(%d+)$')
  end
  return kind, body
end

-- Returns the kind of an entry, its bark and its author.
local function told_by(entry)
  local field, value = entry[2][1], entry[2][2]
  if string.find(field, '^%d') then
    return 'bark', field, value
  end
  return field, string.match(value, '^(%d+):(%d+)$')
end

-- `keep` may be '': then nothing is trimmed, which is a third of the cost.
local function append(queue, keep, field, value)
  if keep == '' then
    return redis.call('XADD', queue, 'NOMKSTREAM', '*', field, value)
  end
  return redis.call('XADD', queue, 'NOMKSTREAM', 'MAXLEN', '~', keep, '*', field, value)
end

local function ring(queue, id, kind, body)
  redis.call('SPUBLISH', queue, id .. ' ' .. kind .. ' ' .. body)
end

local function tell(queue, keep, kind, body)
  local id = append(queue, keep, kind, body)
  if id then
    ring(queue, id, kind, body)
  end
end

-- Returns a queue's newest bound ('' if it was trimmed away), and which barks are in it.
local function bound_and_barks(queue)
  local bound, barks = '', {}
  for _, entry in ipairs(redis.call('XREVRANGE', queue, '+', '-')) do
    local kind, bark = told_by(entry)
    if kind == 'bark' or kind == 'backfill' then
      barks[bark] = true
    elseif bound == '' and (kind == 'floor' or kind == 'start') then
      bound = entry[1]
    end
  end
  return bound, barks
end

-- Returns what a call looks for in queues, and since when. A queue is read once a call, however many of its barks are
-- looked for: who comes back late has hundreds to look for in each.
local function to_look_for(args)
  local look = { wanted = {}, held = {} }
  for at = 1, #args, 8 do
    local since = args[at + 4]
    if since ~= '' then
      local field, value = field_of(args[at + 2], args[at + 3])
      look.since = look.since and look.since < since and look.since or since
      look.wanted[field .. ' ' .. value] = true
    end
  end
  return look
end

local function holds(look, queue, field, value)
  if not look.held[queue] then
    local held = {}
    for _, entry in ipairs(redis.call('XRANGE', queue, look.since, '+')) do
      local told = entry[2][1] .. ' ' .. entry[2][2]
      held[told] = look.wanted[told]
    end
    look.held[queue] = held
  end
  return look.held[queue][field .. ' ' .. value]
end

local WIDTH = 19 -- digits of an id: as strings they compare as numbers, which Lua's own 53 bits could not hold

local function members(set)
  local found = {}
  for _, member in ipairs(redis.call('SMEMBERS', set)) do
    found[member] = true
  end
  return found
end

local LOOKED = 500 -- queues a look at who listens: an answer of Redis' fills the stack of Lua

-- Appends to queues in their order; returns how many there were, the number of the last one served, and an error that kept
-- the others from it: a queue is not here while its slot moves to another master.
-- Asking for many queues at once who listens costs a third of ringing each, and nearly nobody does.
local function append_all(queues, keep, kind, body)
  local field, value = field_of(kind, body)
  local delivered, done = 0, 0
  local well, reason = pcall(function()
    for from = 1, #queues, LOOKED do
      local to = math.min(from + LOOKED - 1, #queues)
      local listeners = redis.call('PUBSUB', 'SHARDNUMSUB', unpack(queues, from, to))
      for i = from, to do
        local id = append(queues[i], keep, field, value)
        done = i
        if id then
          delivered = delivered + 1
          if listeners[2 * (i - from + 1)] > 0 then
            ring(queues[i], id, kind, body)
          end
        end
      end
    end
  end)
  return delivered, done, not well and reason
end

local function deliver(mark, keep, seconds, kind, body, look, turn, users)
  local prefix, first, served = tag_of(mark) .. ':queue:', mark .. ':first', redis.call('GET', mark) or ''
  local skipped = members(first)
  local queues, number = {}, 0
  local field, value = field_of(kind, body)
  for at = 1, #users, WIDTH do
    local user = string.sub(users, at, at + WIDTH - 1)
    local queue = prefix .. user
    if user > served and not skipped[user] and not (look and holds(look, queue, field, value)) then
      number = number + 1
      queues[number] = queue
    end
  end
  local delivered, done, failed = append_all(queues, keep, kind, body)
  if turn == 'first' then
    for i = 1, done do
      redis.call('SADD', first, string.sub(queues[i], -WIDTH))
    end
    redis.call('EXPIRE', first, seconds)
    return delivered, failed
  end
  local last = failed and string.sub(queues[done] or '', -WIDTH) or string.sub(users, -WIDTH)
  if last > served then
    redis.call('SET', mark, last, 'EX', seconds)
  end
  return delivered, failed
end

-- KEYS mark … | ARGV for each mark: keep or '', its seconds, kind, bark:author, since, turn, last user of the call
--   before ('' in the first one), users: their ids in rising order, one after the other
-- Appends to the queues that exist; whoever is not above the mark was served before. Returns how many got each.
-- Refuses where the call before had no effect: the mark must not jump over users.
-- `since` (an entry's id in milliseconds, mostly ''): the mark may have ended, so look into the queues from there on.
-- `turn`: 'first' serves some out of turn and notes them in a set beside the mark; 'rest' leaves those out, like
-- 'whole', which begins without any.
local function barker_deliver_each(keys, args)
  local delivered, look = {}, to_look_for(args)
  for i, mark in ipairs(keys) do
    local keep, seconds, kind, body, since, turn, before, users = unpack(args, 8 * i - 7, 8 * i)
    if #users % WIDTH ~= 0 then
      return redis.error_reply('ERR an id does not have ' .. WIDTH .. ' digits')
    end
    if turn ~= 'first' and before > (redis.call('GET', mark) or '') then
      return redis.error_reply('ERR the call before this one had no effect')
    end
    local number, failed = deliver(mark, keep, seconds, kind, body, since ~= '' and look, turn, users)
    if failed then
      return redis.error_reply(failed)
    end
    delivered[i] = number
  end
  return delivered
end

-- KEYS queue | ARGV floor, queue's seconds. Makes the queue; returns its first entry's id, '' if it was there.
local function barker_open(keys, args)
  local made = ''
  if redis.call('EXISTS', keys[1]) == 0 then
    made = redis.call('XADD', keys[1], '*', 'start', args[1] .. ':0')
  end
  redis.call('EXPIRE', keys[1], args[2])
  return made
end

-- KEYS queue | ARGV keep, newest floor entry the caller saw, new floor, ring?, bark:author …
-- Puts older barks into the queue and moves its floor; refuses (0) if the floor was moved meanwhile. What is in it stays
-- where it is: a follow that is settled again and again would push all else out.
local function barker_fill(keys, args)
  local queue, keep = keys[1], args[1]
  local bound, barks = bound_and_barks(queue)
  if redis.call('EXISTS', queue) == 0 or bound ~= args[2] then
    return 0
  end
  for i = 5, #args do
    if not barks[string.match(args[i], '^%d+')] then
      append(queue, keep, 'backfill', args[i])
    end
  end
  append(queue, keep, 'floor', args[3] .. ':0')
  if args[4] == '1' then
    tell(queue, keep, 'feed-changed', '0:0')
  end
  return 1
end

-- Ids as text, the floors 0 and low ones too: shorter is smaller.
local function below(a, b)
  return #a < #b or (#a == #b and a < b)
end

local function made_ms(id, epoch)
  -- A double keeps 53 bits of 63: at worst it is one millisecond too late.
  return math.floor(tonumber(id) / 4194304) + epoch - 1
end

-- Puts a bark into a page of at most `limit`, newest first. Most come in order, so the place is looked for from the end.
local function place(page, limit, bark)
  local at = #page
  while at > 0 and below(page[at], bark) do
    at = at - 1
  end
  if at < limit then
    table.insert(page, at + 1, bark)
    page[limit + 1] = nil
  end
end

-- KEYS queue, gone, muted | ARGV before, limit, epoch of ids (ms), how far clocks may be apart (ms), queue's seconds,
--   entries looked at at once beyond the limit, now (ms)
-- Returns the newest `limit` barks below `before`, joined by commas, and renews the queue's life. Where that is not all
-- of what it would take to say that nothing is missing, the queue's first entry and its newest bound ('' if trimmed away)
-- follow, as id, kind, body: the page is complete above the floor that they tell. Nothing at all if there is no queue.
--
-- Barks arrive in any order but never before they are made. So reading backwards may stop at an entry that arrived
-- before the page's oldest bark was made, if that is above the floor: all that is newer has been passed, the floor too,
-- since it was noted when what it stands for arrived, and so was the deletion of what is on the page.
local function barker_read(keys, args)
  local before, limit, epoch, clocks = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  local page, seen, gone, bound, last, from = {}, {}, {}, nil, nil, '+'
  local batch = limit + args[6]
  if redis.call('EXPIRE', keys[1], args[5]) == 0 then
    return {}
  end
  redis.call('EXPIRE', keys[3], args[5])
  for _, author in ipairs(redis.call('SMEMBERS', keys[2])) do
    gone[author] = true
  end
  for _, author in ipairs(redis.call('ZRANGEBYSCORE', keys[3], args[7], '+inf')) do
    gone[author] = true
  end
  repeat
    local entries = redis.call('XREVRANGE', keys[1], from, '-', 'COUNT', batch)
    for _, entry in ipairs(entries) do
      local kind, bark, author = told_by(entry)
      last = entry
      if kind == 'bark' or kind == 'backfill' then
        if not seen[bark] and not gone[author] and below(bark, before) then
          place(page, limit, bark)
        end
        seen[bark] = true
      elseif kind == 'delete' then
        seen[bark] = true
      elseif (kind == 'start' or kind == 'floor') and not bound then
        bound = entry
      end
    end
    local oldest = page[limit]
    if oldest and tonumber(string.match(last[1], '^%d+')) + clocks < made_ms(oldest, epoch)
      and not (bound and not below(string.match(bound[2][2], '^%d+'), oldest)) then
      return {table.concat(page, ',')}
    end
    from = last and '(' .. last[1]
  until #entries < batch
  if not last then
    return {}
  end
  bound = bound or {'', {'', ''}}
  return {table.concat(page, ','), last[1], last[2][1], last[2][2], bound[1], bound[2][1], bound[2][2]}
end

redis.register_function('barker_deliver_each', barker_deliver_each)
redis.register_function('barker_open', barker_open)
redis.register_function('barker_fill', barker_fill)
-- It takes no memory, so a full server lets it run.
redis.register_function{function_name = 'barker_read', callback = barker_read, flags = {'allow-oom'}}
