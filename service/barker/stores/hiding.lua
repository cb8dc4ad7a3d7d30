-- Whom readers do not see, whatever is in their queues. One library with queues.lua.

-- KEYS queue, gone | ARGV author, seconds. Readers drop the author from now on, live ones at once.
local function barker_leave(keys, args)
  redis.call('SADD', keys[2], args[1])
  redis.call('EXPIRE', keys[2], args[2])
  redis.call('SPUBLISH', keys[1], '0-0 left 0:' .. args[1])
  return 1
end

-- KEYS queue, gone | ARGV author. The opposite of leave.
local function barker_rejoin(keys, args)
  redis.call('SREM', keys[2], args[1])
  redis.call('SPUBLISH', keys[1], '0-0 rejoined 0:' .. args[1])
  return 1
end

-- KEYS queue, muted | ARGV author, until (ms; 0: no longer), queue's seconds. Readers drop the author until then.
local function barker_mute(keys, args)
  if args[2] == '0' then
    redis.call('ZREM', keys[2], args[1])
  else
    redis.call('ZADD', keys[2], args[2], args[1])
    redis.call('EXPIRE', keys[2], args[3])
  end
  redis.call('SPUBLISH', keys[1], '0-0 muted ' .. args[2] .. ':' .. args[1])
  return 1
end

-- KEYS queue | ARGV keep, author. Takes an author's barks out, but not what she did to the reader's; returns how many.
local function barker_prune(keys, args)
  local queue, pruned = keys[1], {}
  for _, entry in ipairs(redis.call('XRANGE', queue, '-', '+')) do
    local kind, _, author = told_by(entry)
    if author == args[2] and kind ~= 'notify' then
      pruned[#pruned + 1] = entry[1]
    end
  end
  if #pruned > 0 then
    redis.call('XDEL', queue, unpack(pruned))
    tell(queue, args[1], 'feed-changed', '0:0')
  end
  return #pruned
end

redis.register_function('barker_leave', barker_leave)
redis.register_function('barker_rejoin', barker_rejoin)
redis.register_function('barker_mute', barker_mute)
redis.register_function('barker_prune', barker_prune)
