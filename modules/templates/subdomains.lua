-- Description: What a server on a port of each subdomain says first
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Option: port = 22, where it listens

-- the addresses of a name; nil and an error if nobody could be asked
local function addresses(name)
    local reply = dns(name, { record='A' })
    if last_err() then return end
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
    local port = intval(getopt('port') or '22')
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
