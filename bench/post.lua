-- Sends the bodies of a file (BODIES, one to a line) in turn to RPATH, with the header AUTH; prints one line of figures.
local requests, nr = {}, 0
local headers = { ["Host"] = "127.0.0.1", ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
if os.getenv("AUTH") ~= "" then headers["Authorization"] = os.getenv("AUTH") end
for line in io.lines(os.getenv("BODIES")) do
  requests[#requests + 1] = wrk.format("POST", os.getenv("RPATH"), headers, line)
end
request = function()
  nr = nr % #requests + 1
  return requests[nr]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %.1f %.1f %d\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99), summary.bytes))
end
