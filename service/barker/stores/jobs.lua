-- The second part of the library that begins in queues.lua. Keys: see the table in jobs.py.

-- KEYS later, lanes … | ARGV now, limit. Moves jobs whose time has come to their lanes; returns how many.
-- A member is "<number of the lane> <nonce> <job>", or has a traceparent without its dashes behind the nonce's 16 digits.
local function trace_of(nonce)
  local parts = {string.match(nonce or '', '^' .. string.rep('%x', 16) .. '(%x%x)(' .. string.rep('%x', 32) .. ')(' ..
    string.rep('%x', 16) .. ')(%x%x)$')}
  return parts[1] and table.concat(parts, '-')
end

local function barker_due(keys, args)
  local due = redis.call('ZRANGE', keys[1], '-inf', args[1], 'BYSCORE', 'LIMIT', 0, args[2])
  for _, member in ipairs(due) do
    local lane, nonce, job = string.match(member, '^(%d+) (%x+) (.*)$')
    local trace = trace_of(nonce)
    -- One for a lane that this version does not know goes where it is looked at: it must not keep the others.
    local key = keys[1 + tonumber(lane or 1)] or keys[2]
    if trace then
      redis.call('XADD', key, '*', 'job', job, 'trace', trace)
    else
      redis.call('XADD', key, '*', 'job', job or member)
    end
    redis.call('ZREM', keys[1], member)
  end
  return #due
end

-- KEYS lanes … | ARGV group, worker. Forgets a worker; one that still holds jobs stays known, or they would be lost
-- with it. Atomic: another worker that bears the same name may claim a job at any time. Returns the number of lanes left.
local function barker_sign_off(keys, args)
  local left = 0
  for _, lane in ipairs(keys) do
    if redis.call('EXISTS', lane) == 1 and #redis.call('XPENDING', lane, args[1], '-', '+', 1, args[2]) == 0 then
      redis.call('XGROUP', 'DELCONSUMER', lane, args[1], args[2])
      left = left + 1
    end
  end
  return left
end

-- KEYS parked, lane | ARGV entry, job. Puts a parked job back into its lane. Returns 1, or 0 if it is parked no longer.
local function barker_retry(keys, args)
  if redis.call('XDEL', keys[1], args[1]) == 0 then
    return 0
  end
  redis.call('XADD', keys[2], '*', 'job', args[2])
  return 1
end

redis.register_function('barker_due', barker_due)
redis.register_function('barker_sign_off', barker_sign_off)
redis.register_function('barker_retry', barker_retry)
