-- Brings an alias of the first format up to date: its day buckets named their counters, where they now give places among
-- `names` (redis-commit.lua). Again it changes nothing.
-- KEYS 1 day buckets  2 snapshot
-- Returns how many buckets were changed.
local names_text = redis.call('HGET', KEYS[1], 'names')
local names, places = names_text and cmsgpack.unpack(names_text) or {}, {}
for place, name in ipairs(names) do places[name] = place end

local function place_of(counter)
  if type(counter) ~= 'string' then return counter end
  if not places[counter] then
    names[#names + 1] = counter
    places[counter] = #names
  end
  return places[counter]
end

local function by_places(bucket)
  local placed, is_former = {}, false
  for counter, amount in pairs(bucket) do
    local place = place_of(counter)
    is_former = is_former or place ~= counter
    placed[place] = (placed[place] or 0) + amount
  end
  return is_former and placed
end

local changed, flat = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  local placed = flat[i] ~= 'names' and by_places(cmsgpack.unpack(flat[i + 1]))
  if placed then
    redis.call('HSET', KEYS[1], flat[i], cmsgpack.pack(placed))
    changed = changed + 1
  end
end
if changed > 0 then
  redis.call('HSET', KEYS[1], 'names', cmsgpack.pack(names))
  -- The next observe builds the snapshot anew, under a version that nobody has seen.
  redis.call('DEL', KEYS[2])
end
return changed
