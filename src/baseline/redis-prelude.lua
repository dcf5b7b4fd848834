-- What several scripts begin with: redis-store.ts puts it before each.
local function mask_union(a, b) return bit.bor(a, b) % 4294967296 end

-- Byte order; `<` would follow the server's locale.
local function bytes_before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- The first bytes as one number, which orders most texts.
local function head_of(text)
  local head = 0
  for i = 1, 6 do head = head * 256 + (string.byte(text, i) or 0) end
  return head
end
