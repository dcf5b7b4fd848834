-- Gives up a claim that is still its holder's. KEYS[1]: its key. ARGV: holder.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
