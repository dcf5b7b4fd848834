-- Adds records to a list, and lets go of what has expired there.
-- KEYS[1]  the list
-- ARGV     milliseconds: what is older is gone; until when the list is kept at least; then time and id of each record

redis.call('ZADD', KEYS[1], unpack(ARGV, 3))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
redis.call('PEXPIREAT', KEYS[1], ARGV[2], 'NX')
redis.call('PEXPIREAT', KEYS[1], ARGV[2], 'GT')
