-- Description: Open ports and names of addresses, as Shodan saw them last (InternetDB)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://internetdb.shodan.io/docs
-- Limits: for no commercial use; made anew once a week; it does not say whether a port is of TCP or UDP, and TCP is noted
-- Option: server = https://internetdb.shodan.io, where to ask

local server = getopt('server') or 'https://internetdb.shodan.io'
local seen = {}

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function list(x)
    return ('%s'):format(x):match('^table') and x or {}
end

local function add_name(name)
    name = name:lower()
    if seen[name] or name:find('[^%w._-]') or name:find('%.arpa$') or name:find('%.%d+$') or name:find('..', 1, true) or not name:find('.', 1, true) then return end
    seen[name] = true
    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        clear_err()
        return
    end
    local id = db_add('domain', { value=domain })
    if id and not last_err() and name ~= domain then
        db_add('subdomain', { domain_id=id, value=name })
    end
end

local function add_port(arg, port)
    local n = ('%s'):format(port):match('^(%d+)%.?0?$')
    if not n or seen[n] or #n > 5 then return end
    seen[n] = true
    local number = intval(n)
    if number < 1 or number > 65535 then return end
    db_add('port', {
        ip_addr_id=arg['id'],
        ip_addr=arg['value'],
        port=number,
        protocol='tcp',
        status='open',
    })
end

-- "cpes: a, b; tags: c"
local function words_of(answer, key)
    local items, out = list(answer[key]), nil
    for i = 1, #items do
        if text(items[i]) then out = ((out and out .. ', ' or key .. ': ') .. items[i]):sub(1, 1000) end
    end
    return out
end

-- a description that is there stays
local function describe(arg, answer)
    local out
    for i = 1, 3 do
        local words = words_of(answer, ({ 'tags', 'cpes', 'vulns' })[i])
        if words then out = (out and out .. '; ' or '') .. words end
    end
    if out and not arg['description'] then
        db_update('ipaddr', arg, { description=out })
    end
end

local function ask(arg)
    ratelimit_throttle('internetdb.shodan.io', 1, 1000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/' .. arg['value'], {
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 and reply['text']:find('No information available', 1, true) then
        return debug('nothing is known about it')
    end
    if reply['status'] ~= 200 then
        local wait = reply['headers']['retry-after']
        return set_err('InternetDB answers ' .. reply['status'] .. (wait and ', retry after ' .. wait:sub(1, 40) .. ' s' or ''))
    end
    local answer = reply['text']:match('^%s*{') and json_decode(reply['text'])
    if last_err() then return end
    if not answer or answer['ip'] ~= arg['value'] then
        return set_err('no answer about it: ' .. reply['text']:sub(1, 100):gsub('[^ -~]+', ' '))
    end
    return answer
end

function run(arg)
    local answer = ask(arg)
    if last_err() or not answer then return end
    local ports, names = list(answer['ports']), list(answer['hostnames'])
    for i = 1, #ports do
        add_port(arg, ports[i])
        if last_err() then return end
    end
    for i = 1, #names do
        if i > 10000 then return warn('there are more than 10000 names of ' .. arg['value']) end
        if text(names[i]) then add_name(names[i]) end
        if last_err() then return end
    end
    describe(arg, answer)
end
