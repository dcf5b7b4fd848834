-- Takes one learned day back. Records are computed by the caller (forgetDay of value-record.ts) and replaced only
-- where they are still the ones it read.
-- KEYS 1 day buckets  2 snapshot  3 sizes of the keys that come and go  4 messages per day  5... value tables
-- ARGV 1 day, then names of the table keys, then fours: index of a table in KEYS, value, record read, record or ''
-- Returns how many records had changed meanwhile, and the number of buckets left.
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[2])
local missed = 0
for i = #KEYS - 2, #ARGV, 4 do
  local key, value, old, new = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if redis.call('HGET', key, value) ~= old then
    missed = missed + 1
  elseif new == '' then
    redis.call('HDEL', key, value)
  else
    redis.call('HSET', key, value, new)
  end
end
for table_key = 5, #KEYS do
  redis.call('HSET', KEYS[3], ARGV[table_key - 3], redis.call('HLEN', KEYS[table_key]))
end
return { missed, redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], 'names') }
