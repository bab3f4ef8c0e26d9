-- With two arguments, the addresses from PREFIX-1 to PREFIX-COUNT are asked for in turn.
function init(args)
  if #args < 2 then return end
  local count, number = tonumber(args[2]), 0
  request = function()
    number = number % count + 1
    return wrk.format(nil, args[1] .. "-" .. number)
  end
end

-- wrk's result as one line of JSON; times in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration": %d, "bytes": %d, "failures": %d, "p99": %.1f}\n',
    summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99.0)))
end
