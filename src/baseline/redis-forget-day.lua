-- Takes one learned day back. Records are computed by the caller (forgetDay of value-record.ts) and replaced only
-- where they are still the ones it read.
-- KEYS 1 day buckets  2 snapshot  3 sizes of the keys that come and go  4 messages per day  5... value tables
-- ARGV 1 day, and as JSON:  2 names of the table keys
--      3 fours: index of a table in KEYS, value, record read, record or ''
-- Returns how many records had changed meanwhile, and the number of buckets left.
local tables, changes = cjson.decode(ARGV[2]), cjson.decode(ARGV[3])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[2])
local missed = 0
for i = 1, #changes, 4 do
  local key, value, old, new = KEYS[changes[i]], changes[i + 1], changes[i + 2], changes[i + 3]
  if redis.call('HGET', key, value) ~= old then
    missed = missed + 1
  elseif new == '' then
    redis.call('HDEL', key, value)
  else
    redis.call('HSET', key, value, new)
  end
end
for table_key = 5, #KEYS do
  redis.call('HSET', KEYS[3], tables[table_key - 4], redis.call('HLEN', KEYS[table_key]))
end
return { missed, redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], 'names') }
