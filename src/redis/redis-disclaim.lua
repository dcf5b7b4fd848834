-- Gives a name back, unless somebody else has it by now.
-- KEYS[1]  the name
-- ARGV[1]  owner
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
