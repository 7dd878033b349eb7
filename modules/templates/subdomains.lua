-- Description: What a server on a port of each subdomain says first
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Option: port = 22, where it listens

-- A port; an error of the run otherwise.
local function port_of(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?$') and intval(value) < 65536 then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 to 65535, not ' .. value)
end

-- the addresses of a name; nil and an error if nobody could be asked
local function addresses(name)
    local reply = dns(name, { record='A' })
    if last_err() then return end
    -- that there is no such name is an answer, another code is none
    if reply['error'] and reply['error'] ~= 'NXDomain' then
        return set_err('cannot look up ' .. name .. ': ' .. reply['error'])
    end
    local out = {}
    for i = 1, #reply['answers'] do
        local ip = reply['answers'][i][2]['A']
        if ip then out[#out + 1] = ip end
    end
    return out
end

local function greeting(ip, port)
    local sock = sock_connect(ip, port, { connect_timeout=5, read_timeout=5, write_timeout=5 })
    if last_err() then return end
    local line = sock_recvline(sock)
    if last_err() then return end
    return line:match('^[^\r\n]*'):sub(1, 200)
end

function run(arg)
    local port = port_of('port', '22')
    if last_err() then return end
    local ips = addresses(arg['value'])
    if last_err() then return end
    for i = 1, #ips do
        local banner = greeting(ips[i], port)
        if last_err() then return end
        local id = db_add('ipaddr', { value=ips[i] })
        if last_err() then return end
        if id then
            db_add('port', { ip_addr_id=id, ip_addr=ips[i], port=port, protocol='tcp', status='open', banner=banner })
        end
        if last_err() then return end
    end
end
