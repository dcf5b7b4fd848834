-- Takes back what one message taught: its counters, and one touch of each of its values. Nothing where the commit is
-- known not to have come; then it is not learned later either.
-- KEYS 1 day buckets  2 snapshot  3 applied commit ids  4 sizes of the keys that come and go  5... value tables
-- ARGV 1 id of the retraction  2 id of the commit  3 '1' where the ids of that day have not expired  4 day  5 ids kept
--      6 most ids  7 seconds they are kept, and as JSON:
--      8 pairs: counter, amount  9 names of the table keys  10 pairs: index of a table in KEYS, value
-- Returns whether it was taken back.
local id, commit = ARGV[1] .. ',', ARGV[2] .. ','
local taken, tables, values = cjson.decode(ARGV[8]), cjson.decode(ARGV[9]), cjson.decode(ARGV[10])

local applied = redis.call('GET', KEYS[3]) or ''
if string.find(applied, id, 1, true) then return 0 end
local came = string.find(applied, commit, 1, true)
-- Ids leave only when there are more than are kept; as long as there are fewer, all of them are there.
local lost = not came and ARGV[3] == '1' and #applied < #id * tonumber(ARGV[5])
local new = came and id or commit .. id
if #applied + #new > #id * tonumber(ARGV[6]) then applied = string.sub(applied, -(#id * tonumber(ARGV[5]) - #new)) end
redis.call('SET', KEYS[3], applied .. new, 'EX', ARGV[7])
if lost then return 0 end

-- A bucket gives counters by their places among `names`, which are not there before the first counter.
local text, names_text = unpack(redis.call('HMGET', KEYS[1], ARGV[4], 'names'))
if text then
  local counters, places = cmsgpack.unpack(text), {}
  for place, name in ipairs(names_text and cmsgpack.unpack(names_text) or {}) do places[name] = place end
  for i = 1, #taken, 2 do
    local place = places[taken[i]]
    if place and counters[place] then
      local rest = counters[place] - taken[i + 1]
      counters[place] = rest > 0 and rest or nil
    end
  end
  if next(counters) then
    redis.call('HSET', KEYS[1], ARGV[4], cmsgpack.pack(counters))
  else
    redis.call('HDEL', KEYS[1], ARGV[4])
  end
end

local through = redis.call('HGET', KEYS[2], 'through')
if through and tonumber(ARGV[4]) <= tonumber(through) then
  redis.call('DEL', KEYS[2])
end

-- untouchRecord of value-record.ts; the count is the last of a record's numbers.
for i = 1, #values, 2 do
  local key, value = KEYS[values[i]], values[i + 1]
  local record = redis.call('HGET', key, value)
  if record then
    local head, count = string.match(record, '^(.*,)(%x+)$')
    if tonumber(count, 16) <= 1 then
      redis.call('HDEL', key, value)
    else
      redis.call('HSET', key, value, head .. string.format('%x', tonumber(count, 16) - 1))
    end
  end
end
for table_key = 5, #KEYS do
  redis.call('HSET', KEYS[4], tables[table_key - 4], redis.call('HLEN', KEYS[table_key]))
end
return 1
