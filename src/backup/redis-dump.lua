-- What some keys of one slot hold, all at the same moment.
-- KEYS any  Returns for each: type, the millisecond it expires at or -1, items (of a sorted set member, score, ...).
local read = {
  string = function(key) return { redis.call('GET', key) } end,
  hash = function(key) return redis.call('HGETALL', key) end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
}
local reply = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key)['ok']
  if read[kind] then
    reply[#reply + 1] = { key, kind, string.format('%.0f', redis.call('PEXPIRETIME', key)), read[kind](key) }
  end
end
return reply
