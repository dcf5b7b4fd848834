-- Takes steps, each on one key: a hundred of them cost a client little more than one command.
-- KEYS     what the steps name by its place; in a Cluster all of one slot
-- ARGV[1]  JSON, a step each:
--            set     place, until when the text is kept in milliseconds or 0; the texts are ARGV[2] and those behind it
--            del     place
--            add     place of a list, what is older leaves, until when the list is kept at least (both 0: for ever), then
--                    time and id of each record
--            remove  place of a list, ids
-- Returns for each `set` what was there before, false for nothing.
local before, texts = {}, 1

local take = {
  set = function(key, step)
    texts = texts + 1
    local until_ms = step[3]
    if until_ms == 0 then
      before[#before + 1] = redis.call('SET', key, ARGV[texts], 'GET')
    else
      before[#before + 1] = redis.call('SET', key, ARGV[texts], 'GET', 'PXAT', until_ms)
    end
  end,
  del = function(key) redis.call('DEL', key) end,
  add = function(key, step)
    redis.call('ZADD', key, unpack(step, 5))
    if step[4] == 0 then return end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. string.format('%.0f', step[3]))
    redis.call('PEXPIREAT', key, step[4], 'NX')
    redis.call('PEXPIREAT', key, step[4], 'GT')
  end,
  remove = function(key, step) redis.call('ZREM', key, unpack(step, 3)) end,
}

for _, step in ipairs(cjson.decode(ARGV[1])) do take[step[1]](KEYS[step[2]], step) end
return before
