-- Puts one message into the index or takes it out, with everything that follows from it, at once.
-- KEYS[1]: what all keys begin with. ARGV[1]: 'put' or 'remove', then what `redis-index.ts` sends.
-- All keys share the hash tag of KEYS[1], and so a slot of a Cluster.
local base = KEYS[1]

local function sets(entry)
  local alias, campaign, state = 'a=' .. entry.alias, 'c=' .. entry.campaign, 's=' .. entry.state
  return { '', state, alias, alias .. '\n' .. state, campaign, campaign .. '\n' .. state }
end

local function due(entry)
  if entry.state ~= 'held' then return { closed = entry.closed } end
  return { expires = entry.expires, unnoticed = entry.noticed == '0' and entry.expires or nil }
end

local function count(entry, sign)
  redis.call('HINCRBY', base .. ':totals', entry.state .. ':messages', sign)
  redis.call('HINCRBY', base .. ':totals', entry.state .. ':bytes', sign * tonumber(entry.bytes))
end

local function take_out(id, entry)
  for _, set in ipairs(sets(entry)) do redis.call('ZREM', base .. ':place:' .. set, entry.place) end
  for what, _ in pairs(due(entry)) do
    redis.call('ZREM', base .. ':' .. what .. ':' .. entry.directory, id)
  end
  redis.call('HDEL', base .. ':version:' .. entry.directory, id)
  for _, part in ipairs({ 'meta', 'directory', 'marks', 'body' }) do
    redis.call('HDEL', base .. ':' .. part, id)
  end
  count(entry, -1)
end

local function put(id, entry, marks, body)
  for _, set in ipairs(sets(entry)) do redis.call('ZADD', base .. ':place:' .. set, 0, entry.place) end
  for what, at in pairs(due(entry)) do
    redis.call('ZADD', base .. ':' .. what .. ':' .. entry.directory, at, id)
  end
  redis.call('HSET', base .. ':version:' .. entry.directory, id, entry.version)
  redis.call('HSET', base .. ':meta', id, cjson.encode(entry))
  redis.call('HSET', base .. ':directory', id, entry.directory)
  redis.call('HSET', base .. ':marks', id, marks)
  redis.call('HSET', base .. ':body', id, body)
  count(entry, 1)
end

local id = ARGV[2]
local known = redis.call('HGET', base .. ':meta', id)
local before = known and cjson.decode(known)

if ARGV[1] == 'remove' then
  if before and before.directory == ARGV[3] then take_out(id, before) end
  return 1
end

-- Numbers stay text: the encoder keeps 14 digits of them only.
local entry = {
  directory = ARGV[3], place = ARGV[4], state = ARGV[5], alias = ARGV[6], campaign = ARGV[7],
  bytes = ARGV[8], expires = ARGV[9], closed = ARGV[10], version = ARGV[11],
  noticed = ARGV[14],
}
if before then
  if tonumber(before.version) > tonumber(entry.version) then return 0 end
  take_out(id, before)
end
put(id, entry, ARGV[12], ARGV[13])
return 1
