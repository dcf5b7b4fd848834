-- One page of a list, newest first.
-- KEYS[1]: what all keys begin with. ARGV: set, least place, end of all pages, end of this page's places, limit.
-- Gives the number of all, then place, directory and body of up to `limit` entries.
local base = KEYS[1]
local set = base .. ':place:' .. ARGV[1]
local limit = tonumber(ARGV[5])
local answer = { redis.call('ZLEXCOUNT', set, ARGV[2], ARGV[3]) }
local places = redis.call('ZREVRANGEBYLEX', set, ARGV[4], ARGV[2], 'LIMIT', 0, limit)
for _, place in ipairs(places) do
  local id = string.sub(place, 16)
  answer[#answer + 1] = place
  answer[#answer + 1] = redis.call('HGET', base .. ':directory', id) or ''
  answer[#answer + 1] = redis.call('HGET', base .. ':body', id) or ''
end
return answer
