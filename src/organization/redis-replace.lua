-- Replaces fields of one hash, each only where it still holds what the caller has read: what a record becomes is worked
-- out by the caller alone, so that the rules are written once.
-- KEYS[1]  the hash
-- ARGV[1]  seconds until the hash goes, counted from now
-- ARGV     then field, text that was read (empty: none), text to write (empty: remove) for each
-- Returns the number of fields left, then every field that was changed by somebody else meanwhile.
local missed = {}
for i = 2, #ARGV, 3 do
  local field, read, written = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if (redis.call('HGET', KEYS[1], field) or '') ~= read then
    missed[#missed + 1] = field
  elseif written == '' then
    redis.call('HDEL', KEYS[1], field)
  else
    redis.call('HSET', KEYS[1], field, written)
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
table.insert(missed, 1, redis.call('HLEN', KEYS[1]))
return missed
