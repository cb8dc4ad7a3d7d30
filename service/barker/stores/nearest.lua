-- Who is nearest, within a tile. One library with places.lua.

local ENDLESS = 1 / 0
local LEAF = 12 -- cells of a box that are read, not cut up
local LOOKED = 3000 -- cells that a call looks at, of those that may lie where a page begins; then it is cut

-- What is global takes long to look up, and is not there while this is loaded: it is noted with the first call.
local call, sub, sine, cosine, arcsine, floor, least_of, most_of, drop, several
local function know()
  call, sub, floor, drop, several = redis.call, string.sub, math.floor, table.remove, unpack
  sine, cosine, arcsine, least_of, most_of = math.sin, math.cos, math.asin, math.min, math.max
end

-- Returns the first so many ids in a cell behind `after`. The tile must have been swept.
local function in_cell(keys, cell, after, want)
  local ids = call('ZRANGE', keys[2], '(' .. cell .. ' ' .. after, '(' .. cell .. '!', 'BYLEX', 'LIMIT', 0, want)
  local behind = #cell + 2
  for n = 1, #ids do
    ids[n] = sub(ids[n], behind)
  end
  return ids
end

-- A heap of tables, of which the one with the least [1] is popped first.
local function push(heap, one)
  local n = #heap + 1
  while n > 1 do
    local parent = (n - n % 2) / 2
    if heap[parent][1] <= one[1] then
      break
    end
    heap[n] = heap[parent]
    n = parent
  end
  heap[n] = one
end

local function pop(heap)
  local first, last = heap[1], drop(heap)
  local size, n = #heap, 1
  while 2 * n <= size do
    local child = 2 * n
    if child < size and heap[child + 1][1] < heap[child][1] then
      child = child + 1
    end
    if heap[child][1] >= last[1] then
      break
    end
    heap[n] = heap[child]
    n = child
  end
  if size > 0 then
    heap[n] = last
  end
  return first
end

-- GEO keys are sorted by a geohash: 26 bits of the latitude and of the longitude each, in turns, from the south and the
-- west of its map. So a box with the first `level` bits of both in common is one range of scores: it is counted
-- and read without the rest, and it is left out if all of it is nearer than where a page begins. GEOSEARCH has
-- no inner radius: it would read all that lies inside.
local BITS, NORTH, EAST = 26, 85.05112878, 180
local GLOBE, DEGREE = 6372797.560856, 3.141592653589793 / 180
local ROOT = 8 -- level of boxes a bit larger than a tile
local TILE, HALF = 78200, 180 / 512 * DEGREE -- how high a tile is, in metres; half of how wide, in longitude
local CIRCLES = 8 -- that are tried

local EVEN, ODD = {}, {} -- of each byte, its even bits, and the odd ones
for byte = 0, 255 do
  local function at(bit) -- what `math` has is not known yet
    return (byte % (2 * bit) - byte % bit) / bit
  end
  EVEN[byte] = at(1) + at(4) * 2 + at(16) * 4 + at(64) * 8
  ODD[byte] = at(2) + at(8) * 2 + at(32) * 4 + at(128) * 8
end

-- Returns a number whose even bits are these.
local function spread(bits)
  local code, place = 0, 1
  while bits > 0 do
    code = code + bits % 2 * place
    bits = (bits - bits % 2) / 2
    place = place * 4
  end
  return code
end

-- Returns how far a point (in degrees) is from where `from` says.
local function distance(from, lat, lon)
  lat = lat * DEGREE
  local up, aside = sine((lat - from.lat) / 2), sine((lon * DEGREE - from.lon) / 2)
  local half = up * up + from.cos * cosine(lat) * aside * aside
  return half < 1 and 2 * GLOBE * arcsine(half ^ 0.5) or 2 * GLOBE * arcsine(1)
end

-- Pushes those of some cells (with their scores) of a box that are far and near enough, each with its distance.
local function push_cells(heap, from, read, level, row, column, first)
  local least, reach = from.least, from.reach
  local sides, high, wide = 2 ^ (BITS - level), NORTH / 2 ^ BITS, EAST / 2 ^ BITS
  from.looked = from.looked + #read / 2
  for n = 1, #read, 2 do
    local rest, up, aside, place = read[n + 1] - first, row * sides, column * sides, 1
    while rest > 0 do
      local byte = rest % 256
      up, aside, place = up + EVEN[byte] * place, aside + ODD[byte] * place, place * 16
      rest = (rest - byte) / 256
    end
    local metres = distance(from, (2 * up + 1) * high - NORTH, (2 * aside + 1) * wide - EAST)
    if metres >= least and metres <= reach then
      push(heap, { metres, read[n] })
    end
  end
end

-- Reads a box, or cuts it up.
local function open_box(heap, from, level, row, column, first)
  local last = first + 4 ^ (BITS - level) - 1
  local read = call('ZRANGE', from.cells, first, last, 'BYSCORE', 'LIMIT', 0, LEAF + 1, 'WITHSCORES')
  if #read <= 2 * LEAF or level == BITS then
    return push_cells(heap, from, read, level, row, column, first)
  end
  for half = 0, 3 do
    from.push_box(heap, from, level + 1, 2 * row + half % 2, 2 * column + (half - half % 2) / 2, first)
  end
end

-- Pushes a box, if somebody in it may be far and near enough; opens it where a page begins in it: it comes first.
local function push_box(heap, from, level, row, column, first)
  local sides = 2 ^ level
  local high, wide = NORTH / sides, EAST / sides -- half of it
  local lat, lon = (2 * row + 1) * high - NORTH, (2 * column + 1) * wide - EAST
  local edge = (lat < 0 and -lat or lat) - high -- the nearer to the equator
  local broad = edge > 0 and wide * cosine(edge * DEGREE) or wide
  local radius = DEGREE * GLOBE * (high * high + broad * broad) ^ 0.5 * 1.001 -- of a circle around it
  local middle = distance(from, lat, lon)
  if middle + radius < from.least or middle - radius > from.reach then
    return
  end
  local size = 4 ^ (BITS - level)
  first = first + (row % 2 + column % 2 * 2) * size
  if first + size <= from.start then
    return
  end
  if from.looked >= LOOKED then -- only while boxes are opened at once: those come in the order of scores
    from.rest = from.rest or first
    return
  end
  if middle - radius <= from.least then
    return open_box(heap, from, level, row, column, first)
  end
  push(heap, { middle - radius, level, row, column, first })
end

-- Pops until there is a cell, cutting up boxes. Returns its distance and name, or how far away all that is left is, if
-- that is farther than `most`, or nothing.
local function next_cell(heap, from, most)
  while #heap > 0 and heap[1][1] <= most do
    local metres, level, row, column, first = several(pop(heap))
    if not row then
      return metres, level
    end
    open_box(heap, from, level, row, column, first)
  end
  return heap[1] and heap[1][1]
end

-- Pushes the cells within a circle around a point in or beside the tile that holds at least so many, and how far away
-- all others are. Where a page begins at the point itself, boxes have nothing to leave out. Tells whether there is such
-- a circle that holds no crowd, either: reading it is bounded.
local function push_circle(heap, from, want, cells, is_inside)
  local crowd, before = 100 + 2 * want, 0
  local radius = (cells < crowd or not is_inside) and 3 * TILE or TILE / 2 * (want / cells) ^ 0.5
  for _ = 1, CIRCLES do
    radius = least_of(radius, from.reach)
    local found = call('GEOSEARCH', from.cells, 'FROMLONLAT', from.lon / DEGREE, from.lat / DEGREE, 'BYRADIUS', radius,
      'm', 'ASC', 'COUNT', crowd, 'ANY', 'WITHDIST')
    local is_all = radius >= from.reach or radius >= 3 * TILE
    if #found < crowd and (#found >= want or is_all) then
      for n = 1, #found do
        push(heap, { found[n][2] + 0, found[n][1] })
      end
      if not is_all then
        push(heap, { radius })
      end
      return true
    end
    local factor = #found == crowd and 0.5 or 2
    -- Half of what holds a crowd holds too few; or it is empty here, and the next one might reach into a crowd.
    local is_far = factor == 2 and cells > LOOKED and cells * (4 * radius / TILE) ^ 2 > crowd
    if factor * before == 1 or is_far or not is_inside then
      break
    end
    radius, before = radius * factor, factor
  end
  return false
end

-- Returns a heap of all that is in a tile. `want` tells how many are wanted from the point itself on.
local function heap_of(from, south, north, want)
  local heap, sides, cells = {}, 2 ^ ROOT, call('ZCARD', from.cells)
  if want and cells > 0 then
    local up, aside = from.lat / DEGREE, from.lon < 0 and -from.lon or from.lon
    local high, is_inside = north - south, up >= south and up < north and aside <= HALF
    -- A circle reads all that its geohashes hold, also where it only touches the tile: of a crowd, boxes read less.
    local is_small = cells <= LOOKED and up >= south - high and up < north + high and aside <= 3 * HALF
    if (is_inside or is_small) and push_circle(heap, from, want, cells, is_inside) then
      return heap
    end
  end
  if cells <= LEAF then
    push_cells(heap, from, call('ZRANGE', from.cells, 0, -1, 'WITHSCORES'), 0, 0, 0, 0)
    return heap
  end
  local function row(lat)
    return most_of(0, least_of(sides - 1, floor((lat + NORTH) / (2 * NORTH) * sides)))
  end
  for aside = sides / 2 - 1, sides / 2 do -- in the order of scores
    for up = row(south - 0.001), row(north + 0.001) do -- what is kept is off a little
      local above = spread((up - up % 2) / 2) + 2 * spread((aside - aside % 2) / 2) -- but the last bit of each
      push_box(heap, from, ROOT, up, aside, above * 4 ^ (BITS - ROOT + 1))
    end
  end
  from.looked = -ENDLESS -- what is opened from here on is as much as is wanted
  return heap
end

-- KEYS cells, people, ends | ARGV now, lat, lon, south, north, reach, least, after, want, slack, start.
--
-- The cells around a point from `least` metres on, the nearest first, each with the ids in it: so many cells that there
-- are `want` people in them, or all within `reach`. Distances of Redis are right to within `slack`: of a cell at `least`
-- as well as it knows, both who is first and who comes behind the id `after` are told. Returns up to which distance
-- this is all there is ("" for all within reach; "-1" where there is more to sweep first); from which score on nothing was
-- looked at, to be asked for with another call ("" if all was; `start` is where this one begins); then cell, ids, ….
local function barker_near(keys, args)
  if sweep(keys, args[1]) then
    return { '-1', '' }
  end
  if not call then
    know()
  end
  local least, want, slack = args[7] + 0, args[9] + 0, args[10] + 0
  local from = { cells = keys[1], push_box = push_box, least = least - slack, reach = args[6] + 0 }
  from.start, from.looked = args[11] + 0, 0
  from.lat, from.lon, from.cos = args[2] * DEGREE, args[3] * DEGREE, cosine(args[2] * DEGREE)
  local is_first = least == 0 and args[8] == '' and from.start == 0
  local heap = heap_of(from, args[4] + 0, args[5] + 0, is_first and want)
  local answer, count, most = { '', from.rest and string.format('%.0f', from.rest) or '' }, 0, ENDLESS
  while true do
    local metres, cell = next_cell(heap, from, most)
    if not cell then
      answer[1] = metres and tostring(metres - slack) or ''
      return answer
    end
    local ids = in_cell(keys, cell, '', want)
    answer[#answer + 1] = cell
    if args[8] ~= '' and metres - least <= slack and least - metres <= slack then
      for _, id in ipairs(in_cell(keys, cell, args[8], want)) do
        ids[#ids + 1] = id
      end
    elseif is_first or metres > least then
      count = count + #ids
    end
    answer[#answer + 1] = ids
    if count >= want and most == ENDLESS then
      most = metres + 2 * slack
    end
  end
end

redis.register_function('barker_near', barker_near)
