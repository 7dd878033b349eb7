-- Description: Autonomous system and announced network of an address (Team Cymru), by DNS, or by whois through a proxy
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://www.team-cymru.com/ip-asn-mapping
-- Limits: none for DNS; who asks by whois for one address after the other is locked out
-- Option: by = dns, or whois; whois, too, where a proxy forbids DNS
-- Option: server = whois.cymru.com, whom to ask by whois
-- Option: port = 43, of that server

local function trim(x)
    return x:match('^%s*(.-)%s*$')
end

-- What stands between the bars of a line; two more than there are is none.
local function fields(line)
    local out = {}
    for field in (line .. '|'):gmatch('([^|]*)|') do
        out[#out + 1] = trim(field)
    end
    return out
end

-- 192.0.2.1: 1.2.0.192.origin
local function name_of(address)
    if not address:find(':', 1, true) then
        local a, b, c, d = address:match('^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
        return a and d .. '.' .. c .. '.' .. b .. '.' .. a .. '.origin.asn.cymru.com'
    end
    local front, back = address:match('^(.-)::(.*)$')
    local function digits(part)
        local out = ''
        for group in part:gmatch('[^:]+') do
            out = out .. ('0'):rep(4 - #group) .. group:lower()
        end
        return out
    end
    local head, tail = digits(front or address), digits(back or '')
    local all = head .. ('0'):rep(32 - #head - #tail) .. tail
    if #all ~= 32 or all:find('[^%x]') then return end
    return all:reverse():gsub('.', '%1.') .. 'origin6.asn.cymru.com'
end

-- The texts of a name; nil without an error if there is no such name, which is an answer.
local function texts(name)
    local reply = dns(name, { record='TXT', timeout=20000 })
    if last_err() then return end
    if reply['error'] == 'NXDomain' then return end
    if reply['error'] then
        return set_err('cannot look up ' .. name .. ': ' .. reply['error'])
    end
    local out, answers = {}, reply['answers']
    for i = 1, #answers do
        local bytes = answers[i][2]['TXT']
        local line = bytes and utf8_decode(bytes)
        clear_err()
        out[#out + 1] = line
    end
    return out
end

-- Of several announcements the smallest network counts: "64500 64501 | 192.0.2.0/24 | US | arin | 2001-02-03"
local function smallest(lines)
    local best, asn, block = -1, nil, nil
    for i = 1, #lines do
        local parts = fields(lines[i])
        local first, length = (parts[1] or ''):match('^%d+'), (parts[2] or ''):match('^[%x.:]+/(%d%d?%d?)$')
        if first and length and intval(length) > best then
            best, asn, block = intval(length), first, parts[2]
        end
        if first and parts[1] ~= first then
            debug('announced by several: ' .. parts[1])
        end
    end
    return asn, block
end

-- number, network and name of who announces it; nothing without an error if nobody does
local function by_dns(address)
    local name = name_of(address)
    if not name then
        return set_err('no address: ' .. address)
    end
    local lines = texts(name)
    if last_err() or not lines then return end
    local asn, block = smallest(lines)
    if not asn then
        return set_err('what ' .. name .. ' says is not understood')
    end
    local about = texts('AS' .. asn .. '.asn.cymru.com')
    local owner = about and about[1] and fields(about[1])[5]
    return asn, block, owner ~= '' and owner or nil
end

-- The form for many, since the one for one address is what they lock out for.
local function by_whois(address, port)
    ratelimit_throttle('whois.cymru.com', 1, 5000)
    local sock = sock_connect(getopt('server') or 'whois.cymru.com', port, {
        connect_timeout=20, read_timeout=30, write_timeout=20,
    })
    if last_err() then return end
    sock_send(sock, 'begin\nverbose\n' .. address .. '\nend\n')
    if last_err() then return end
    local answer = utf8_decode(sock_recvall(sock))
    if last_err() then return end
    for line in answer:gmatch('[^\r\n]+') do
        local parts = fields(line)
        if parts[2] == address and parts[1] == 'NA' then return end
        if parts[2] == address and parts[7] and parts[1]:match('^%d+$') then
            local block = parts[3]:match('^[%x.:]+/%d%d?%d?$')
            return parts[1], block, parts[7] ~= '' and parts[7] ~= 'NA' and parts[7] or nil
        end
    end
    set_err('whois.cymru.com says nothing of ' .. address .. ': ' .. answer:sub(1, 100):gsub('[^ -~]+', ' '))
end

local function ask(address, port)
    if getopt('by') == 'whois' then return by_whois(address, port) end
    local asn, block, owner = by_dns(address)
    if last_err() ~= 'dns is disabled if a proxy is active' then return asn, block, owner end
    clear_err()
    return by_whois(address, port)
end

-- A port; an error of the run otherwise.
local function port_of(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?$') and intval(value) < 65536 then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 to 65535, not ' .. value)
end

function run(arg)
    local by = getopt('by') or 'dns'
    if by ~= 'dns' and by ~= 'whois' then
        return 'by is dns or whois'
    end
    local port = port_of('port', '43')
    if last_err() then return end
    local asn, block, owner = ask(arg['value'], port)
    local problem = last_err()
    clear_err()
    if not asn then
        if not problem then info('nobody announces ' .. arg['value']) end
        return problem
    end
    -- the column has no room for more, and such numbers are nobody's
    local number = #asn < 10 and intval(asn) or nil
    if #asn == 10 and asn <= '2147483647' then number = intval(asn) end
    db_update('ipaddr', arg, { asn=number, as_org=owner })
    if last_err() then return end
    if block then
        db_add('netblock', { value=block, asn=number, as_org=owner })
        if last_err() then return end
    end
    return problem
end
