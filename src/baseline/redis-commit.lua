-- What messages of one alias teach on one day: adds to the day's bucket and to the records of their values, once per
-- commit id.
-- KEYS 1 day buckets  2 snapshot  3 applied commit ids  4 sizes of the keys that come and go  5... value tables
-- ARGV 1 day  2 commit ids kept  3 most commit ids  4 seconds they are kept  5 buckets kept  6 most buckets
--      7 most values of all tables
-- As JSON, since a client takes long over hundreds of arguments:
--      8 pairs per table key: its name, its most values
--      9 per commit its id;  pairs: counter, amount;  fives: index of a table in KEYS, value, masks of domains,
--        recipients, actors
-- Returns how many were applied, and whether the day is new to the alias.
local day, tables = tonumber(ARGV[1]), cjson.decode(ARGV[8])
local today = string.format('%x', day)

-- The commits whose ids nobody has seen. All ids are equally long.
local function remember_ids(commits)
  local applied, added, news = redis.call('GET', KEYS[3]) or '', '', {}
  for _, commit in ipairs(commits) do
    local id = commit[1] .. ','
    if not string.find(applied, id, 1, true) and not string.find(added, id, 1, true) then
      added = added .. id
      news[#news + 1] = commit
    end
  end
  if #news == 0 then return news end
  local length = #added / #news
  applied = applied .. added
  if #applied > length * ARGV[3] then applied = string.sub(applied, -length * ARGV[2]) end
  -- Not APPEND, which would reserve as much again.
  redis.call('SET', KEYS[3], applied, 'EX', ARGV[4])
  return news
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

-- Counters of all commits, and their names in the order they came.
local function sum_counters(commits)
  local amounts, order = {}, {}
  for _, commit in ipairs(commits) do
    local added = commit[2]
    for i = 1, #added, 2 do
      local name = added[i]
      local amount = amounts[name]
      if not amount then order[#order + 1] = name end
      amounts[name] = (amount or 0) + added[i + 1]
    end
  end
  return amounts, order
end

local function add_counters(commits)
  local text, names_text = unpack(redis.call('HMGET', KEYS[1], ARGV[1], 'names'))
  local names = names_text and cmsgpack.unpack(names_text) or {}
  local counters, known = text and cmsgpack.unpack(text) or {}, #names
  local amounts, order = sum_counters(commits)
  for place, name in ipairs(names) do
    local amount = amounts[name]
    if amount then
      counters[place] = (counters[place] or 0) + amount
      amounts[name] = nil
    end
  end
  for _, name in ipairs(order) do
    if amounts[name] then
      names[#names + 1] = name
      counters[#names] = amounts[name]
    end
  end
  if #names > known then redis.call('HSET', KEYS[1], 'names', cmsgpack.pack(names)) end
  redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(counters))
  local through = redis.call('HGET', KEYS[2], 'through')
  local crowded = redis.call('HLEN', KEYS[1]) > ARGV[6] + 1
  if crowded then drop_oldest_buckets(tonumber(ARGV[5])) end
  if through and (crowded or day <= tonumber(through)) then invalidate_snapshot() end
  return not text
end

local function encode_record(...) return string.format('%x,%x,%x,%x,%x,%x,%x,%x', ...) end

-- touchRecord of value-record.ts, so many times.
local function touch(text, times, domains, recipients, actors)
  if not text then return encode_record(day, day, 1, 1, domains, recipients, actors, times) end
  local first, last, days, recent, all_domains, all_recipients, all_actors, count =
    string.match(text, '^(%x+),(%x+),(%x+),(%x+),(%x+),(%x+),(%x+),(%x+)$')
  domains = mask_union(tonumber(all_domains, 16), domains)
  recipients = mask_union(tonumber(all_recipients, 16), recipients)
  actors = mask_union(tonumber(all_actors, 16), actors)
  count = tonumber(count, 16) + times
  recent = tonumber(recent, 16)
  -- Most of a day's messages: all but who is behind it stays.
  if last == today and recent % 2 == 1 then
    return string.format('%s,%s,%s,%x,%x,%x,%x,%x', first, last, days, recent, domains, recipients, actors, count)
  end
  first, last, days = tonumber(first, 16), tonumber(last, 16), tonumber(days, 16)
  local newest = math.max(last, day)
  local shift, offset = newest - last, newest - day
  recent = shift > 31 and 0 or recent * 2 ^ shift % 4294967296
  if offset <= 31 and math.floor(recent / 2 ^ offset) % 2 == 0 then
    days = days + 1
    recent = recent + 2 ^ offset
  end
  return encode_record(math.min(first, day), newest, days, recent, domains, recipients, actors, count)
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

-- Each value once, whichever commits have it.
local function sum_touches(commits)
  local touches, met = {}, {}
  for _, commit in ipairs(commits) do
    local values = commit[3]
    for i = 1, #values, 5 do
      local table_key, value = values[i], values[i + 1]
      local own = met[table_key] or {}
      met[table_key] = own
      local touched = own[value]
      if touched then
        touched.times = touched.times + 1
        touched.domains = mask_union(touched.domains, values[i + 2])
        touched.recipients = mask_union(touched.recipients, values[i + 3])
        touched.actors = mask_union(touched.actors, values[i + 4])
      else
        touched = { table_key = table_key, value = value, times = 1 }
        touched.domains, touched.recipients, touched.actors = values[i + 2], values[i + 3], values[i + 4]
        own[value] = touched
        touches[#touches + 1] = touched
      end
    end
  end
  return touches
end

local function touch_values(commits)
  local grown = {}
  for _, touched in ipairs(sum_touches(commits)) do
    local key, value = KEYS[touched.table_key], touched.value
    local record =
      touch(redis.call('HGET', key, value), touched.times, touched.domains, touched.recipients, touched.actors)
    if redis.call('HSET', key, value, record) == 1 then grown[touched.table_key] = true end
  end
  if not next(grown) then return end
  for table_key in pairs(grown) do bound_table(table_key) end
  bound_alias(tonumber(ARGV[7]))
end

local news = remember_ids(cjson.decode(ARGV[9]))
if #news == 0 then return { 0, 0 } end
local is_new_day = add_counters(news)
touch_values(news)
return { #news, is_new_day and 1 or 0 }
