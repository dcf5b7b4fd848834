-- Replaces one text where it still is the one that was read.
-- KEYS[1]  the key
-- ARGV[1]  text that was read (empty: none)  [2] text to write (empty: remove)  [3] Unix time in milliseconds when it goes, 0: never
-- Returns whether it was replaced.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
elseif ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
end
return 1
