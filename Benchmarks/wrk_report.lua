-- With three arguments PREFIX, COUNT and N, the copies of a note are asked for in turn: N in a folder and N folders in
-- another, as workloads.py names them.
function init(args)
  if #args < 3 then return end
  local count, each, number = tonumber(args[2]), tonumber(args[3]), 0
  request = function()
    number = number % count + 1
    return wrk.format(nil, string.format(
      "%s/%d/%d/note-%d", args[1], math.floor((number - 1) / each / each), math.floor((number - 1) / each), number))
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
