-- One message seen: counts the traffic, looks its values up, and returns the snapshot where the caller has another.
-- KEYS 1 day buckets  2 snapshot  3 hours  4 signatures of this epoch  5 of the epoch before
--      6 sizes of the keys that come and go  7 value table `reach`  8... other value tables
-- ARGV 1 '1' to count  2 version the caller has  3 last matured day  4 last day before the window
--      5 an unused generation  6 hour  7 hour before  8 signature or ''  9 its recipient codes  10 name of KEYS[4]
--      11 signatures kept  12 most signatures  13 seconds they are kept  14 hours kept  15 most hours
--      16 seconds they are kept  17... pairs: index of a table in KEYS, value
local counting = ARGV[1] == '1'

local function prune_hours(hour, within)
  for _, other in ipairs(redis.call('HKEYS', KEYS[3])) do
    if math.abs(tonumber(other) - hour) > within then redis.call('HDEL', KEYS[3], other) end
  end
end

local function count_hour()
  local before = tonumber(redis.call('HGET', KEYS[3], ARGV[7]) or 0)
  if not counting then return tonumber(redis.call('HGET', KEYS[3], ARGV[6]) or 0) + 1, before end
  local this = redis.call('HINCRBY', KEYS[3], ARGV[6], 1)
  if redis.call('HLEN', KEYS[3]) > tonumber(ARGV[15]) then prune_hours(tonumber(ARGV[6]), tonumber(ARGV[14])) end
  redis.call('EXPIRE', KEYS[3], ARGV[16])
  return this, before
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

local function days_between(after, through)
  local days = {}
  for _, day in ipairs(redis.call('HKEYS', KEYS[1])) do
    local number = tonumber(day)
    if number > after and number <= through then days[#days + 1] = number end
  end
  table.sort(days)
  return days
end

-- cjson would write an empty object as [] and a large number with 14 digits.
local function encode_counters(counters)
  local parts = {}
  for name, amount in pairs(counters) do
    parts[#parts + 1] = cjson.encode(name) .. ':' .. string.format('%.17g', amount)
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function add_days(sum, after, through, sign)
  for _, day in ipairs(days_between(after, through)) do
    for name, amount in pairs(cmsgpack.unpack(redis.call('HGET', KEYS[1], string.format('%d', day)))) do
      local total = (sum[name] or 0) + sign * amount
      sum[name] = total ~= 0 and total or nil
    end
  end
end

-- buildSnapshot of ledger.ts; from one a few days older it takes a fraction of the time.
local function build_snapshot(after, through, older)
  local sum = {}
  if older and 2 * (through - older.through) < through - after then
    sum = cjson.decode(older.text).counters
    add_days(sum, older.through, through, 1)
    add_days(sum, older.after, after, -1)
  else
    add_days(sum, after, through, 1)
  end
  local days = days_between(after, through)
  local first = days[1] and string.format('%d', days[1]) or 'null'
  return '{"days":' .. #days .. ',"firstDay":' .. first .. ',"counters":' .. encode_counters(sum) .. '}'
end

-- Under one generation the last matured day only grows, so that a version never names two snapshots.
local function current_snapshot()
  local generation, through, after, text = unpack(redis.call('HMGET', KEYS[2], 'generation', 'through', 'after', 'text'))
  if through == ARGV[3] and after == ARGV[4] then return generation .. '.' .. through, text end
  local grows = through and tonumber(ARGV[3]) > tonumber(through) and ARGV[3] - ARGV[4] == through - after
  local older = grows and { through = tonumber(through), after = tonumber(after), text = text }
  text = build_snapshot(tonumber(ARGV[4]), tonumber(ARGV[3]), older)
  if not counting then return ARGV[5] .. '.' .. ARGV[3], text end
  generation = generation or ARGV[5]
  if through and not grows then generation = string.format('%.0f', generation + 1) end
  redis.call('HSET', KEYS[2], 'generation', generation, 'through', ARGV[3], 'after', ARGV[4], 'text', text)
  return generation .. '.' .. ARGV[3], text
end

local this_hour, hour_before = count_hour()
local version, text = current_snapshot()
local reply = {
  redis.call('HGET', KEYS[7], '*'), this_hour, hour_before, count_signature(), version, version ~= ARGV[2] and text,
}
for i = 17, #ARGV, 2 do reply[#reply + 1] = redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) end
return reply
