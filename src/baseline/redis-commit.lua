-- What one message teaches: adds to its day's bucket and to the records of its values, once per commit id.
-- KEYS 1 day buckets  2 snapshot  3 applied commit ids  4 sizes of the keys that come and go  5... value tables
-- ARGV 1 commit id  2 day  3 commit ids kept  4 most commit ids  5 seconds they are kept  6 buckets kept
--      7 most buckets  8 most values of all tables
-- As JSON, since a client takes long over hundreds of arguments:
--      9 pairs: counter, amount  10 pairs per table key: its name, its most values
--      11 fives: index of a table in KEYS, value, masks of domains, recipients, actors
-- Returns whether it was applied, and whether the day is new to the alias.
local id, day = ARGV[1] .. ',', tonumber(ARGV[2])
local added, tables, values = cjson.decode(ARGV[9]), cjson.decode(ARGV[10]), cjson.decode(ARGV[11])

local function remember_id()
  local applied = redis.call('GET', KEYS[3]) or ''
  if string.find(applied, id, 1, true) then return false end
  if #applied >= #id * tonumber(ARGV[4]) then applied = string.sub(applied, -#id * (ARGV[3] - 1)) end
  -- Not APPEND, which would reserve as much again.
  redis.call('SET', KEYS[3], applied .. id, 'EX', ARGV[5])
  return true
end

-- The next observe builds the snapshot anew, under a version that nobody has seen.
local function invalidate_snapshot() redis.call('DEL', KEYS[2]) end

-- KEYS[1] holds a bucket per day, and under `names` the names of all counters: a bucket gives their places there, which
-- takes a fraction of the memory.
local function drop_oldest_buckets(kept)
  local days = {}
  for _, day in ipairs(redis.call('HKEYS', KEYS[1])) do
    if day ~= 'names' then days[#days + 1] = day end
  end
  table.sort(days, function(a, b) return tonumber(a) < tonumber(b) end)
  for i = 1, #days - kept do redis.call('HDEL', KEYS[1], days[i]) end
end

local function add_counters()
  local text, names_text = unpack(redis.call('HMGET', KEYS[1], ARGV[2], 'names'))
  local names = names_text and cmsgpack.unpack(names_text) or {}
  local counters, places, known = text and cmsgpack.unpack(text) or {}, {}, #names
  for place, name in ipairs(names) do places[name] = place end
  for i = 1, #added, 2 do
    local name = added[i]
    if not places[name] then
      names[#names + 1] = name
      places[name] = #names
    end
    counters[places[name]] = (counters[places[name]] or 0) + added[i + 1]
  end
  if #names > known then redis.call('HSET', KEYS[1], 'names', cmsgpack.pack(names)) end
  redis.call('HSET', KEYS[1], ARGV[2], cmsgpack.pack(counters))
  local through = redis.call('HGET', KEYS[2], 'through')
  local crowded = redis.call('HLEN', KEYS[1]) > ARGV[7] + 1
  if crowded then drop_oldest_buckets(tonumber(ARGV[6])) end
  if through and (crowded or day <= tonumber(through)) then invalidate_snapshot() end
  return not text
end

local function encode_record(...) return string.format('%x,%x,%x,%x,%x,%x,%x,%x', ...) end

local function decode_record(text)
  local first, last, days, recent, domains, recipients, actors, count =
    string.match(text, '^(%x+),(%x+),(%x+),(%x+),(%x+),(%x+),(%x+),(%x+)$')
  return tonumber(first, 16), tonumber(last, 16), tonumber(days, 16), tonumber(recent, 16), tonumber(domains, 16),
    tonumber(recipients, 16), tonumber(actors, 16), tonumber(count, 16)
end

-- touchRecord of value-record.ts.
local function touch(text, domains, recipients, actors)
  if not text then return encode_record(day, day, 1, 1, domains, recipients, actors, 1) end
  local first, last, days, recent, all_domains, all_recipients, all_actors, count = decode_record(text)
  local newest = math.max(last, day)
  local shift, offset = newest - last, newest - day
  recent = shift > 31 and 0 or recent * 2 ^ shift % 4294967296
  if offset <= 31 and math.floor(recent / 2 ^ offset) % 2 == 0 then
    days = days + 1
    recent = recent + 2 ^ offset
  end
  return encode_record(math.min(first, day), newest, days, recent, mask_union(all_domains, domains),
    mask_union(all_recipients, recipients), mask_union(all_actors, actors), count + 1)
end

-- outdatedValues of retention.ts. Everything else waits for this: days and counts are compared as one number.
local function evict_values(key, surplus)
  local entries, flat = {}, redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local last, count = string.match(flat[i + 1], '^%x+,(%x+),.*,(%x+)$')
    local age = tonumber(last, 16) * 4294967296 + tonumber(count, 16)
    entries[#entries + 1] = { value = flat[i], age = age, head = head_of(flat[i]) }
  end
  table.sort(entries, function(a, b)
    if a.age ~= b.age then return a.age < b.age end
    if a.head ~= b.head then return a.head < b.head end
    return bytes_before(a.value, b.value)
  end)
  for i = 1, surplus do redis.call('HDEL', key, entries[i].value) end
end

local function name_of(table_key) return tables[2 * (table_key - 4) - 1] end

local function bound_table(table_key)
  local size, cap = redis.call('HLEN', KEYS[table_key]), tables[2 * (table_key - 4)]
  if size > cap + math.floor(cap / 10) then
    evict_values(KEYS[table_key], size - cap)
    size = cap
  end
  redis.call('HSET', KEYS[4], name_of(table_key), size)
end

-- crowdedTable of retention.ts.
local function bound_alias(most)
  local total, flat = 0, redis.call('HGETALL', KEYS[4])
  for i = 1, #flat, 2 do total = total + tonumber(flat[i + 1]) end
  if total <= most + math.floor(most / 10) then return end
  local largest, size = 0, 0
  for table_key = 5, #KEYS do
    local other = redis.call('HLEN', KEYS[table_key])
    if other > size then largest, size = table_key, other end
  end
  local surplus = math.min(total - most, size - math.floor(most / 16))
  if surplus <= 0 then return end
  evict_values(KEYS[largest], surplus)
  redis.call('HSET', KEYS[4], name_of(largest), size - surplus)
end

local function touch_values()
  local grown = {}
  for i = 1, #values, 5 do
    local table_key, value = values[i], values[i + 1]
    local key = KEYS[table_key]
    local record = touch(redis.call('HGET', key, value), values[i + 2], values[i + 3], values[i + 4])
    if redis.call('HSET', key, value, record) == 1 then grown[table_key] = true end
  end
  if not next(grown) then return end
  for table_key in pairs(grown) do bound_table(table_key) end
  bound_alias(tonumber(ARGV[8]))
end

if not remember_id() then return { 0, 0 } end
local is_new_day = add_counters()
touch_values()
return { 1, is_new_day and 1 or 0 }
