-- wrk: one token after the other, from the file named after `--`; the result as one line of JSON.
local requests, at = {}, 0

function init(args)
  for token in io.lines(args[1]) do
    local headers = token ~= '' and { Authorization = 'Bearer ' .. token } or {}
    requests[#requests + 1] = wrk.format('GET', nil, headers)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format(
    '{"answers": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "bytes": %d, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes, errors))
end
