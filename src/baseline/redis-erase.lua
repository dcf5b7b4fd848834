-- Forgets one value of one table.
-- KEYS 1 value table  2 sizes of the keys that come and go
-- ARGV 1 value  2 name of the table key
-- Returns 1 where it was known.
local erased = redis.call('HDEL', KEYS[1], ARGV[1])
if erased == 1 then redis.call('HSET', KEYS[2], ARGV[2], redis.call('HLEN', KEYS[1])) end
return erased
