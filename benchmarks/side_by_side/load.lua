-- What wrk sends and what it tells. args: a file of requests that are sent in turn, as bytes, each ended by a NUL.
-- Twelve @ in one of them become a number that was not sent before.
local requests, turn, number = {}, 0, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for request in file:read("*a"):gmatch("([^%z]+)%z") do requests[#requests + 1] = request end
  number = tonumber(args[2])
end

function request()
  turn = turn % #requests + 1
  local text = requests[turn]
  number = number + 1
  return (text:gsub("@@@@@@@@@@@@", string.format("%012d", number)))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'TOLD {"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
