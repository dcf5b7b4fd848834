-- Takes a name, or prolongs it for who has it.
-- KEYS[1]  the name
-- ARGV[1]  owner  [2] milliseconds
-- Returns whether the owner has it now.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
