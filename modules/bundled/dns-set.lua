-- Description: What the name servers say of a domain: addresses and their names, hosts, services, mail addresses
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: domains
-- Stealth: normal

-- Page: https://www.rfc-editor.org/rfc/rfc1035
-- Limits: about 40 questions a domain
-- Option: max = 20, addresses whose names (PTR) are asked for

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local most = whole('max', '20')

-- RFC 2782; the names that are registered and in use
local services = {
    '_sip._tcp', '_sip._udp', '_sips._tcp', '_sipfederationtls._tcp', '_h323cs._tcp', '_stun._udp', '_turn._udp',
    '_xmpp-client._tcp', '_xmpp-server._tcp', '_matrix._tcp', '_matrix-fed._tcp', '_submission._tcp', '_submissions._tcp',
    '_imap._tcp', '_imaps._tcp', '_pop3s._tcp', '_autodiscover._tcp', '_caldavs._tcp', '_carddavs._tcp', '_ldap._tcp',
    '_gc._tcp', '_kerberos._tcp', '_kerberos._udp', '_kpasswd._udp', '_minecraft._tcp',
}

local problem -- why something could not be asked for, the first of them
local seen = {}

-- The answers, and whether there is no such name, which is an answer. Where it could not ask: nil, and whether nobody said even that.
local function ask(name, kind)
    local reply = dns(name, { record=kind, typed=true })
    local why = last_err()
    clear_err()
    local is_silent = why ~= nil
    if not why and reply['error'] and reply['error'] ~= 'NXDomain' then
        why = reply['error']
    end
    if why then
        problem = problem or 'cannot ask for ' .. kind .. ' of ' .. name .. ': ' .. why
        return nil, false, is_silent
    end
    return reply['answers'], reply['error'] ~= nil, false
end

-- Each value of a kind, and the aliases on the way to it.
local function each(answers, kind, take)
    local i = 1
    while answers and answers[i] do
        local value = answers[i][2]
        if value[kind] then
            take(value[kind])
        elseif value['CNAME'] then
            take(nil, value['CNAME'])
        end
        if last_err() then return end
        i = i + 1
    end
end

-- Servers answer in any order, which is no other state.
local function sorted(list)
    for i = 2, #list do
        local k = i
        while k > 1 and list[k] < list[k - 1] do
            list[k], list[k - 1] = list[k - 1], list[k]
            k = k - 1
        end
    end
    return list
end

local ids = {}

local function add_host(name)
    name = name:lower():gsub('%.$', '')
    -- "mail", "localhost": of some network, no domain; "*.foo.com": no name; "192.0.2.1": an address
    if seen[name] or not name:find('.', 1, true) or name:find('[^%w._\128-\255-]') or name:find('%.arpa$') or name:find('%.%d+$') then
        return
    end
    seen[name] = true
    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        clear_err()
        return
    end
    ids[domain] = ids[domain] or db_add('domain', { value=domain })
    if ids[domain] and not last_err() and domain ~= name then
        db_add('subdomain', { domain_id=ids[domain], value=name })
    end
end

local function add_mail(mail)
    mail = mail:lower()
    if not seen[mail] and mail:find('^[^%s@]+@[^%s@]+%.[^%s@.]+$') then
        seen[mail] = true
        db_add('email', { value=mail })
    end
end

-- RFC 1035, 8: the first dot that is not escaped stands for the @
local function add_rname(rname)
    local user, host = rname:gsub('\\%.', '\1'):match('^([^.]+)%.(.+)%.$')
    if user then
        add_mail(user:gsub('\1', '.') .. '@' .. host)
    end
end

local reverse = 0

local function add_names_of(address)
    local labels
    if address:find(':', 1, true) then
        return -- thirty-two questions' worth of nibbles, mostly without a name
    end
    local a, b, c, d = address:match('^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
    if not a then
        return
    end
    labels = d .. '.' .. c .. '.' .. b .. '.' .. a
    reverse = reverse + 1
    if reverse > most then
        return
    end
    local first
    each(ask(labels .. '.in-addr.arpa', 'PTR'), 'PTR', function(name)
        if name then
            first = first or name:lower():gsub('%.$', '')
            add_host(name)
        end
    end)
    return first
end

local function take_addresses(domain, kind)
    local answers, is_gone, is_silent = ask(domain, kind)
    each(answers, kind, function(address, alias)
        if alias then
            add_host(alias)
            return
        end
        if not seen[address] then
            seen[address] = true
            local name = add_names_of(address)
            if last_err() then return end
            db_add('ipaddr', { value=address, reverse_dns=name })
        end
    end)
    return is_gone, is_silent
end

-- A zone may answer to every name: what one that nobody has answers as well is no service.
local function take_services(domain)
    local everywhere = {}
    local function note(value)
        if value then everywhere[value[1]] = true end
    end
    each(ask('_no-such-service._tcp.' .. domain, 'SRV'), 'SRV', note)
    each(ask('_no-such-service._udp.' .. domain, 'SRV'), 'SRV', note)
    local n, found = 0, {}
    for i = 1, #services do
        each(ask(services[i] .. '.' .. domain, 'SRV'), 'SRV', function(value)
            if value and value[1] ~= '.' and not everywhere[value[1]] then
                n = n + 1
                found[n] = services[i] .. ' ' .. value[1]:gsub('%.$', '') .. ':' .. strval(value[2]):gsub('%.0$', '')
                add_host(value[1])
            end
        end)
        if last_err() then return end
    end
    return sorted(found)
end

local function take_texts(domain)
    local n, found = 0, {}
    each(ask(domain, 'TXT'), 'TXT', function(bytes)
        local text = bytes and utf8_decode(bytes)
        clear_err()
        if text and n < 50 then
            n = n + 1
            found[n] = text:sub(1, 300)
        end
    end)
    return sorted(found)
end

-- RFC 8659, 4: who may issue, and who is told of others
local function take_authorities(domain)
    local n, found = 0, {}
    each(ask(domain, 'CAA'), 'CAA', function(caa)
        if not caa then return end
        n = n + 1
        found[n] = caa['tag'] .. ' ' .. caa['value']
        local mail = caa['tag']:lower() == 'iodef' and caa['value']:match('^[Mm][Aa][Ii][Ll][Tt][Oo]:([^?%s]+)')
        if mail then
            add_mail(url_unescape(mail))
        end
    end)
    return sorted(found)
end

function run(arg)
    if last_err() then return end
    local domain = arg['value']
    local is_gone, is_silent = take_addresses(domain, 'A')
    if last_err() then return end
    -- the other forty would wait as long
    if is_silent then return problem end
    if is_gone then
        info(domain .. ' does not exist')
        return
    end
    take_addresses(domain, 'AAAA')
    if last_err() then return end
    each(ask(domain, 'NS'), 'NS', function(name) if name then add_host(name) end end)
    if last_err() then return end
    each(ask(domain, 'MX'), 'MX', function(mx) if mx and mx[2] ~= '.' then add_host(mx[2]) end end)
    if last_err() then return end
    each(ask(domain, 'SOA'), 'SOA', function(soa)
        if not soa then return end
        add_host(soa['mname'])
        add_rname(soa['rname'])
    end)
    if last_err() then return end
    local earlier = problem
    problem = nil
    local caa = take_authorities(domain)
    if last_err() then return end
    local texts = take_texts(domain)
    local srv = take_services(domain)
    if last_err() then return end
    -- half of it would look like another state
    if not problem and #caa + #texts + #srv > 0 then
        local content = { domain=domain, caa=caa, txt=texts, srv=srv }
        -- what is as it was is no event
        db_activity({ topic='bundled/dns-set', time=sn0int_time(), uniq=domain .. ' ' .. strval(murmur3(json_encode(content))), content=content })
        if last_err() then return end
    end
    if reverse > most then
        warn('more than ' .. strval(most):gsub('%.0$', '') .. ' addresses: names of the others were not asked for; see the option max')
    end
    return earlier or problem
end
