-- Changes which rule sets are in force, with their files and the history, where nobody has changed it since.
-- KEYS[1]  what is in force: hash of sequence and state  [2] hash of version to files  [3] sorted set of versions by use  [4] history, newest first  [5] hash of version to how often it is in the history
-- ARGV[1]  sequence that was read  [2] state to write  [3] line of the history  [4] its version  [5] its files (empty: stored)  [6] version in force  [7] candidate (empty: none)  [8] sets kept  [9] lines kept
-- Returns whether it was changed.
local sequence = tonumber(redis.call('HGET', KEYS[1], 'sequence') or '0')
if sequence ~= tonumber(ARGV[1]) then return 0 end
sequence = sequence + 1
redis.call('HSET', KEYS[1], 'sequence', sequence, 'state', ARGV[2])
redis.call('LPUSH', KEYS[4], ARGV[3])
redis.call('HINCRBY', KEYS[5], ARGV[4], 1)
while redis.call('LLEN', KEYS[4]) > tonumber(ARGV[9]) do
  local gone = cjson.decode(redis.call('RPOP', KEYS[4]))['version']
  if redis.call('HINCRBY', KEYS[5], gone, -1) <= 0 then redis.call('HDEL', KEYS[5], gone) end
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
  redis.call('ZADD', KEYS[3], sequence, ARGV[4])
end
for _, version in ipairs({ARGV[6], ARGV[7]}) do
  if version ~= '' then redis.call('ZADD', KEYS[3], 'XX', sequence, version) end
end
local surplus = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[8])
if surplus > 0 then
  for _, version in ipairs(redis.call('ZRANGE', KEYS[3], 0, surplus - 1)) do
    redis.call('HDEL', KEYS[2], version)
    redis.call('ZREM', KEYS[3], version)
  end
end
return 1
