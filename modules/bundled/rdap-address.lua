-- Description: Network, organisation and address for abuse of an address, out of its registry (RDAP)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Page: https://www.rfc-editor.org/rfc/rfc9083
-- Limits: each registry has its own, and answers 429; ARIN, APNIC and RIPE name no figure for RDAP
-- Option: bootstrap = https://data.iana.org/rdap, where the list of registries is
-- Option: server, the base URL of a registry, which is asked without that list

-- There are five registries of addresses, and two that they hand over to. Whoever else is named is refused.
-- Reaches: data.iana.org rdap.arin.net rdap.db.ripe.net rdap.apnic.net rdap.lacnic.net rdap.afrinic.net
-- Reaches: rdap.registro.br jpnic.rdap.apnic.net

local bootstrap = getopt('bootstrap') or 'https://data.iana.org/rdap'
local mails = {}

local function text(x)
    return ('%s'):format(x) == x and x or nil
end

-- what can be indexed, whatever it is
local function map(x)
    return not text(x) and ('%s'):format(x):match('^table') and x or {}
end

local function fail(what, came)
    set_err(what .. ': ' .. came:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- An object with the member that makes it what was asked for.
local function decode(what, body, member)
    local answer = body:match('^%s*{') and map(json_decode(body))
    if last_err() then return end
    if not answer or answer[member] == nil then
        return fail('no ' .. what, body)
    end
    return answer
end

local function request(session, url)
    return http_request(session, 'GET', url, {
        headers={ accept='application/rdap+json, application/json' }, follow_redirects=3, timeout=60000,
    })
end

local function from_hex(digits)
    local n = 0
    for digit in digits:lower():gmatch('.') do
        n = n * 16 + ('0123456789abcdef'):find(digit, 1, true) - 1
    end
    return n
end

local function groups(list, words)
    for word in words:gmatch('[^:]+') do
        local n = from_hex(word)
        list[#list + 1], list[#list + 2] = n // 256, n % 256
    end
    return list
end

-- The bytes of an address, 4 or 16; nil if it is none.
local function bytes_of(address)
    local list = {}
    if address:match('^%d+%.%d+%.%d+%.%d+$') then
        for n in address:gmatch('%d+') do
            if #n > 3 or intval(n) > 255 then return end
            list[#list + 1] = intval(n)
        end
        return list
    end
    local front, back = address:match('^([%x:]-)::([%x:]*)$')
    if address:find('%x%x%x%x%x') or not front and not address:match('^[%x:]+$') then return end
    list = groups(list, front or address)
    local rest = groups({}, back or '')
    while front and #list + #rest < 16 do list[#list + 1] = 0 end
    for i = 1, #rest do list[#list + 1] = rest[i] end
    return #list == 16 and list or nil
end

-- The length of the block if the address is in it.
local function covers(block, bytes)
    local address, length = block:match('^([^/]+)/(%d+)$')
    local first = address and bytes_of(address)
    length = length and intval(length)
    if not first or #first ~= #bytes or length > 8 * #bytes then return end
    for i = 1, #bytes do
        local bits = length - 8 * (i - 1)
        if bits <= 0 then break end
        local shift = bits < 8 and 8 - bits or 0
        if first[i] >> shift ~= bytes[i] >> shift then return end
    end
    return length
end

-- RFC 9224: services are {blocks, URLs}; of blocks the smallest one counts, of URLs that with TLS
local function registry(session, bytes)
    ratelimit_throttle('data.iana.org', 1, 1000)
    local file = #bytes == 4 and '/ipv4.json' or '/ipv6.json'
    local reply = http_fetch(http_request(session, 'GET', bootstrap .. file, { timeout=60000 }))
    if last_err() then return end
    local list = decode('list of registries', reply['text'], 'services')
    if last_err() then return end
    local services, best = map(list['services']), -1
    local found
    for i = 1, #services do
        local blocks = map(map(services[i])[1])
        for k = 1, #blocks do
            local length = covers(text(blocks[k]) or '', bytes)
            if length and length > best then
                best, found = length, map(map(services[i])[2])
            end
        end
    end
    for i = 1, found and #found or 0 do
        if (text(found[i]) or ''):match('^https://') then return found[i] end
    end
    return found and text(found[1])
end

-- RFC 7095: a card is a list of {name, parameters, type, value}
local function property(entity, name)
    local card = map(map(entity['vcardArray'])[2])
    for i = 1, #card do
        local line = map(card[i])
        local value = text(line[4]) or text(map(line[4])[1])
        if line[1] == name and value and value:find('%S') then
            return value:match('^%s*(.-)%s*$')
        end
    end
end

local function has_role(entity, role)
    local roles = map(entity['roles'])
    for i = 1, #roles do
        if roles[i] == role then return true end
    end
end

local function hidden(value)
    return value:lower():find('redacted', 1, true)
end

local function add_mail(mail)
    mail = mail and mail:lower()
    if not mail or mails[mail] or hidden(mail) then return end
    mails[mail] = true
    if mail:find("^[%w.!#$%%&'*+/=?^_{|}~-]+@[%w-]+%.[%w.-]*%w$") then
        db_add('email', { value=mail })
    end
end

-- The block from the first to the last address; nil if they are more than one.
local function block_of(first, last)
    local a, b = bytes_of(first), bytes_of(last)
    if not a or not b or #a ~= #b then return end
    local length
    for i = 1, #a do
        local differ = a[i] ~ b[i]
        if length and (a[i] ~= 0 or b[i] ~= 255) then return end
        if not length and differ ~= 0 then
            if differ & (differ + 1) ~= 0 or a[i] & differ ~= 0 then return end
            length = 8 * i
            while differ > 0 do differ, length = differ >> 1, length - 1 end
        end
    end
    return first:lower() .. '/' .. (length or 8 * #a)
end

-- as the registries write them (cidr0), or from the first and the last address
local function blocks_of(answer)
    local out, list = {}, map(answer['cidr0_cidrs'])
    for i = 1, #list do
        local block = map(list[i])
        local address = text(block['v4prefix']) or text(block['v6prefix'])
        local length = ('%s'):format(block['length']):match('^(%d%d?%d?)$')
        if address and length and bytes_of(address) and i <= 256 then
            out[#out + 1] = address:lower() .. '/' .. length
        end
    end
    local first, last = text(answer['startAddress']), text(answer['endAddress'])
    local whole = #out == 0 and first and last and block_of(first, last)
    if whole then out[1] = whole end
    return out
end

-- the organisations that it is registered to; people are passed over
local function take_entities(found, list, depth)
    list = map(list)
    for i = 1, #list do
        local entity = map(list[i])
        local name = property(entity, 'kind') == 'org' and property(entity, 'fn')
        if name and depth == 1 and has_role(entity, 'registrant') and not hidden(name) then
            found[#found + 1] = name
        end
        if has_role(entity, 'abuse') then add_mail(property(entity, 'email')) end
        if last_err() then return end
        if depth < 3 then take_entities(found, entity['entities'], depth + 1) end
        if last_err() then return end
    end
end

local function add(blocks, description, organisations)
    local ids = {}
    for i = 1, #organisations do
        ids[#ids + 1] = db_add('organisation', { value=organisations[i] })
        if last_err() then return end
    end
    for i = 1, #blocks do
        local block = db_add('netblock', { value=blocks[i], description=description })
        if last_err() then return end
        for k = 1, block and #ids or 0 do
            db_add('link', { left_family='organisation', left_row=ids[k], right_family='netblock', right_row=block, value='registrant' })
            if last_err() then return end
        end
    end
end

local function take(arg, bytes, answer)
    local name = text(answer['name'])
    local blocks, is_inside = blocks_of(answer), false
    for i = 1, #blocks do
        local length = covers(blocks[i], bytes)
        -- what a registry says of that which is not its own
        if length == 0 or name and name:find('^NON%-RIPE%-NCC%-MANAGED') then
            return info('the registry has no network of ' .. arg['value'])
        end
        is_inside = is_inside or length ~= nil
    end
    if not is_inside then
        return set_err('the answer is not about a network with ' .. arg['value'] .. ' in it')
    end
    local organisations = {}
    take_entities(organisations, answer['entities'], 1)
    if last_err() then return end
    add(blocks, name, organisations)
end

function run(arg)
    local session = http_mksession()
    local bytes = bytes_of(arg['value'])
    if not bytes then
        return 'no address: ' .. arg['value']
    end
    local base = getopt('server') or registry(session, bytes)
    if last_err() then return end
    if not base then
        return 'could not ask: no registry of ' .. arg['value'] .. ' is in the list of IANA'
    end
    local host = base:match('^%a+://([^/]+)') or base
    ratelimit_throttle(host, 1, 1000)
    local reply = http_send(request(session, base:gsub('/*$', '', 1) .. '/ip/' .. arg['value']))
    if last_err() then return end
    if reply['status'] == 404 then
        return info(host .. ' knows no network of ' .. arg['value'])
    end
    if reply['status'] ~= 200 then
        local later = reply['headers']['retry-after']
        return host .. ' answers with status ' .. reply['status'] .. (later and ', retry after ' .. later or '')
    end
    local answer = decode('record of a network', reply['text'], 'startAddress')
    if last_err() then return end
    take(arg, bytes, answer)
end
