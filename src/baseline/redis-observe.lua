-- One message seen: counts the traffic, looks its values up, and returns the snapshot where the caller has another.
-- KEYS 1 day buckets  2 snapshot  3 hours  4 signatures of this epoch  5 of the epoch before
--      6 sizes of the keys that come and go  7 actors  8 new actors per hour
--      9 messages per day  10 value table `reach`  11 value table `actor`  12... other value tables
-- ARGV 1 '1' to count  2 version the caller has  3 last matured day  4 last day before the window
--      5 an unused generation  6 hour  7 hour before  8 signature or ''  9 its recipient codes  10 name of KEYS[4]
--      11 signatures kept  12 most signatures  13 seconds they are kept  14 hours kept  15 most hours
--      16 seconds they are kept  17 actor or ''  18 its name as a learned value  19 sketch of the recipients
--      20 hours after which a silent actor is forgotten  21 hours for which an actor is new  22 actors kept
--      23 most actors  24 seconds they are kept  25 days of the daily series
--      26 days with traffic kept  27 most of them  28 day  29 JSON: pairs of an index of a table in KEYS and a value
-- Both ways JSON, once: a client takes much longer over a hundred arguments or elements than over one text.
local counting, asked = ARGV[1] == '1', cjson.decode(ARGV[29])

-- Where the key holds too many hours, those far from this one leave.
local function prune_hours(key)
  if redis.call('HLEN', key) <= tonumber(ARGV[15]) then return end
  for _, other in ipairs(redis.call('HKEYS', key)) do
    if math.abs(tonumber(other) - ARGV[6]) > tonumber(ARGV[14]) then redis.call('HDEL', key, other) end
  end
end

local function count_hour()
  local before = tonumber(redis.call('HGET', KEYS[3], ARGV[7]) or 0)
  if not counting then return tonumber(redis.call('HGET', KEYS[3], ARGV[6]) or 0) + 1, before end
  local this = redis.call('HINCRBY', KEYS[3], ARGV[6], 1)
  prune_hours(KEYS[3])
  redis.call('EXPIRE', KEYS[3], ARGV[16])
  return this, before
end

local function count_day()
  local day = tonumber(ARGV[28])
  local yesterday = tonumber(redis.call('HGET', KEYS[9], day - 1) or 0)
  if not counting then return tonumber(redis.call('HGET', KEYS[9], day) or 0) + 1, yesterday end
  local today = redis.call('HINCRBY', KEYS[9], day, 1)
  if redis.call('HLEN', KEYS[9]) > tonumber(ARGV[27]) then
    local days = redis.call('HKEYS', KEYS[9])
    table.sort(days, function(a, b) return tonumber(a) < tonumber(b) end)
    for i = 1, #days - ARGV[26] do redis.call('HDEL', KEYS[9], days[i]) end
  end
  return today, yesterday
end

local function merge_codes(codes, more)
  local seen, merged = {}, {}
  for code in string.gmatch(codes .. more, '..') do
    if not seen[code] and #merged < 32 then
      seen[code] = true
      merged[#merged + 1] = code
    end
  end
  return table.concat(merged)
end

-- Those that reached fewest recipients leave first, the oldest among them first.
local function evict_signatures(kept)
  local entries, flat = {}, redis.call('HGETALL', KEYS[4])
  for i = 1, #flat, 2 do entries[#entries + 1] = { signature = flat[i], size = #flat[i + 1], age = i } end
  table.sort(entries, function(a, b)
    if a.size ~= b.size then return a.size < b.size end
    return a.age < b.age
  end)
  for i = 1, #entries - kept do redis.call('HDEL', KEYS[4], entries[i].signature) end
end

-- So that forgetting finds the key. Names leave long after their keys have expired, even when an archive is learned.
local function name_epoch()
  local epoch = tonumber(string.match(ARGV[10], '%d+'))
  for _, name in ipairs(redis.call('HKEYS', KEYS[6])) do
    local other = tonumber(string.match(name, '^r:(%d+)$'))
    if other and other < epoch - 32 then redis.call('HDEL', KEYS[6], name) end
  end
  redis.call('HSET', KEYS[6], ARGV[10], 0)
  redis.call('EXPIRE', KEYS[4], ARGV[13])
end

local function count_signature()
  if ARGV[8] == '' then return 0 end
  local codes = merge_codes(redis.call('HGET', KEYS[4], ARGV[8]) or '', ARGV[9])
  if counting and redis.call('HSET', KEYS[4], ARGV[8], codes) == 1 then
    local size = redis.call('HLEN', KEYS[4])
    if size == 1 then
      name_epoch()
    elseif size > tonumber(ARGV[12]) then
      evict_signatures(tonumber(ARGV[11]))
    end
  end
  return #merge_codes(codes, redis.call('HGET', KEYS[5], ARGV[8]) or '') / 2
end

local function split(text, base)
  local parts = {}
  for part in string.gmatch(text, '%x+') do parts[#parts + 1] = tonumber(part, base) end
  return parts
end

-- seeActor of actor-traffic.ts. A row is: first hour, hour, messages, the hour before, recipients, the hour before.
local function see_actor(row)
  local hour, mask = tonumber(ARGV[6]), tonumber(ARGV[19])
  local alone = { hour, hour, 1, 0, mask, 0 }
  local age = row and hour - row[2]
  if not row or age > tonumber(ARGV[20]) then return alone, alone end
  local first = math.min(row[1], hour)
  alone[1] = first
  if age < -1 then return row, alone end
  if age > 1 then return alone, alone end
  if age == 1 then
    alone[4], alone[6] = row[3], row[5]
    return alone, alone
  end
  if age == 0 then
    row[3], row[5] = row[3] + 1, mask_union(row[5], mask)
    return row, row
  end
  row[1], row[4], row[6] = first, row[4] + 1, mask_union(row[6], mask)
  return row, { first, hour, row[4], 0, row[6], 0 }
end

-- Those silent longest leave first, among equals the last by name.
local function evict_actors(kept)
  local entries, flat = {}, redis.call('HGETALL', KEYS[7])
  for i = 1, #flat, 2 do
    local hour = tonumber(string.match(flat[i + 1], '^%x+,(%x+)'), 16)
    entries[#entries + 1] = { name = flat[i], hour = hour, head = head_of(flat[i]) }
  end
  table.sort(entries, function(a, b)
    if a.hour ~= b.hour then return a.hour > b.hour end
    if a.head ~= b.head then return a.head < b.head end
    return bytes_before(a.name, b.name)
  end)
  for i = kept + 1, #entries do redis.call('HDEL', KEYS[7], entries[i].name) end
end

-- isNewActor of actor-traffic.ts: a learned record starts with its first day.
local function is_new(row)
  if row[2] - row[1] >= tonumber(ARGV[21]) then return false end
  local record = redis.call('HGET', KEYS[11], ARGV[18])
  return not record or split(record, 16)[1] > tonumber(ARGV[3])
end

local function count_newcomer(row, newcomers)
  if row[3] > 1 then return end
  newcomers[1] = newcomers[1] + 1
  if row[4] > 0 then newcomers[2] = newcomers[2] + 1 end
  if not counting then return end
  redis.call('HSET', KEYS[8], ARGV[6], newcomers[1] .. ',' .. newcomers[2])
  redis.call('EXPIRE', KEYS[8], ARGV[16])
  prune_hours(KEYS[8])
end

-- The actor's row, or nil, and the new actors of this hour, of these those of the hour before too, and of that hour.
local function count_actor()
  local newcomers = split(redis.call('HGET', KEYS[8], ARGV[6]) or '0,0', 10)
  newcomers[3] = split(redis.call('HGET', KEYS[8], ARGV[7]) or '0', 10)[1]
  if ARGV[17] == '' then return false, newcomers end
  local text = redis.call('HGET', KEYS[7], ARGV[17])
  local stored, row = see_actor(text and split(text, 16))
  if counting then
    redis.call('HSET', KEYS[7], ARGV[17], string.format('%x,%x,%x,%x,%x,%x', unpack(stored)))
    redis.call('EXPIRE', KEYS[7], ARGV[24])
    if redis.call('HLEN', KEYS[7]) > tonumber(ARGV[23]) then evict_actors(tonumber(ARGV[22])) end
  end
  local new = is_new(row)
  if new then count_newcomer(row, newcomers) end
  return { row[3], row[4], row[5], row[6], new and 1 or 0 }, newcomers
end

local function days_between(after, through)
  local days = {}
  for _, day in ipairs(redis.call('HKEYS', KEYS[1])) do
    local number = tonumber(day)
    if number and number > after and number <= through then days[#days + 1] = number end
  end
  table.sort(days)
  return days
end

-- cjson would write a large number with 14 digits.
local function encode_counters(counters)
  local parts = {}
  for name, amount in pairs(counters) do
    parts[#parts + 1] = cjson.encode(name) .. ':' .. string.format('%.17g', amount)
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

-- Buckets give counters by their places among the names (redis-commit.lua).
local function read_buckets(days)
  local text = redis.call('HGET', KEYS[1], 'names')
  local buckets = { names = text and cmsgpack.unpack(text) or {}, places = {}, events = {} }
  for place, name in ipairs(buckets.names) do
    local kind = string.sub(name, 1, 2)
    buckets.places[name] = place
    buckets.events[place] = kind == 'x.' or kind == 'l.'
  end
  for i, day in ipairs(days) do
    buckets[i] = cmsgpack.unpack(redis.call('HGET', KEYS[1], string.format('%d', day)))
  end
  return buckets
end

-- Of `count` numbers; those not listed are 0.
local function median_with_zeros(listed, count)
  table.sort(listed)
  local zeros = count - #listed
  local function at(rank) return rank >= zeros and listed[rank - zeros + 1] or 0 end
  return (at(math.floor((count - 1) / 2)) + at(math.ceil((count - 1) / 2))) / 2
end

-- winsorize.ts.
local function median_rates(buckets)
  local rates, count, place_of_messages = {}, 0, buckets.places['n']
  for _, counters in ipairs(buckets) do
    local messages = counters[place_of_messages]
    if messages then
      count = count + 1
      for place, amount in pairs(counters) do
        if buckets.events[place] then
          local listed = rates[place] or {}
          listed[#listed + 1] = amount / messages
          rates[place] = listed
        end
      end
    end
  end
  for place, listed in pairs(rates) do rates[place] = median_with_zeros(listed, count) end
  return rates
end

local function add_buckets(buckets)
  local sum, usual, named = {}, median_rates(buckets), {}
  for _, counters in ipairs(buckets) do
    local messages = counters[buckets.places['n']] or 0
    for place, amount in pairs(counters) do
      if buckets.events[place] then
        amount = math.min(amount, math.max(1, math.floor(3 * (usual[place] or 0) * messages)))
      end
      sum[place] = (sum[place] or 0) + amount
    end
  end
  for place, amount in pairs(sum) do named[buckets.names[place]] = amount end
  return named
end

local function encode_daily(through)
  local days, parts, messages = {}, {}, {}
  local flat = redis.call('HGETALL', KEYS[9])
  for i = 1, #flat, 2 do
    local day = tonumber(flat[i])
    if day <= through and day > through - tonumber(ARGV[25]) then
      days[#days + 1] = day
      messages[day] = flat[i + 1]
    end
  end
  table.sort(days)
  for i, day in ipairs(days) do parts[i] = string.format('{"day":%d,"messages":%s}', day, messages[day]) end
  return '[' .. table.concat(parts, ',') .. ']'
end

-- buildSnapshot of ledger.ts.
local function build_snapshot(after, through)
  local days = days_between(after, through)
  local buckets = read_buckets(days)
  local first = days[1] and string.format('%d', days[1]) or 'null'
  return '{"days":' .. #days .. ',"firstDay":' .. first .. ',"counters":' .. encode_counters(add_buckets(buckets))
    .. ',"daily":' .. encode_daily(through) .. '}'
end

-- Under one generation the last matured day only grows, so that a version never names two snapshots. One more than the
-- last generation would not do for another: a server that takes over without the last moments of the one before would
-- count to it again, with other lessons.
local function current_snapshot()
  local generation, through, after = unpack(redis.call('HMGET', KEYS[2], 'generation', 'through', 'after'))
  if through == ARGV[3] and after == ARGV[4] then
    local version = generation .. '.' .. through
    return version, version ~= ARGV[2] and redis.call('HGET', KEYS[2], 'text')
  end
  local grows = through and tonumber(ARGV[3]) > tonumber(through) and ARGV[3] - ARGV[4] == through - after
  local text = build_snapshot(tonumber(ARGV[4]), tonumber(ARGV[3]))
  if not counting then return ARGV[5] .. '.' .. ARGV[3], text end
  generation = grows and generation or ARGV[5]
  redis.call('HSET', KEYS[2], 'generation', generation, 'through', ARGV[3], 'after', ARGV[4], 'text', text)
  return generation .. '.' .. ARGV[3], text
end

local this_hour, hour_before = count_hour()
local actor, newcomers = count_actor()
local day_messages = { count_day() }
local version, text = current_snapshot()
local reply = {
  redis.call('HGET', KEYS[10], '*'), this_hour, hour_before, count_signature(), actor, newcomers, day_messages, version,
  version ~= ARGV[2] and text,
}
for i = 1, #asked, 2 do reply[#reply + 1] = redis.call('HGET', KEYS[asked[i]], asked[i + 1]) end
return cjson.encode(reply)
