-- Looks through some rows of a list for marks: short enough that mail does not wait for it.
-- KEYS[1]: what all keys begin with. ARGV: set, another set that must hold the place too (or ''), least place, end, rows,
-- then the number of marks to find and, for each, how many alternatives follow and these.
-- Gives the oldest place looked at ('' at the end), then the places that match.
local base = KEYS[1]
local set, also = base .. ':place:' .. ARGV[1], ARGV[2]
local rows = tonumber(ARGV[5])

local wanted, at = {}, 7
for number = 1, tonumber(ARGV[6]) do
  local alternatives = {}
  for offset = 1, tonumber(ARGV[at]) do alternatives[offset] = ARGV[at + offset] end
  wanted[number] = alternatives
  at = at + #alternatives + 1
end

local function has_one(marks, alternatives)
  for _, mark in ipairs(alternatives) do
    if string.find(marks, mark, 1, true) then return true end
  end
  return false
end

local function has_all(marks)
  if not marks then return false end
  for _, alternatives in ipairs(wanted) do
    if not has_one(marks, alternatives) then return false end
  end
  return true
end

local places = redis.call('ZREVRANGEBYLEX', set, ARGV[4], ARGV[3], 'LIMIT', 0, rows)
local answer = { #places == rows and places[rows] or '' }
local step = 1000
for first = 1, #places, step do
  local ids = {}
  for index = first, math.min(first + step - 1, #places) do
    ids[#ids + 1] = string.sub(places[index], 16)
  end
  local marks = redis.call('HMGET', base .. ':marks', unpack(ids))
  for offset = 1, #ids do
    local place = places[first + offset - 1]
    local matches = has_all(marks[offset])
    if matches and also ~= '' then matches = redis.call('ZSCORE', base .. ':place:' .. also, place) end
    if matches then answer[#answer + 1] = place end
  end
end
return answer
