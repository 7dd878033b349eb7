-- Description: Registrant, mail addresses, name servers and dates of a domain, out of its registry (RDAP)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Page: https://www.rfc-editor.org/rfc/rfc9083
-- Limits: each registry has its own; many answer 429. Several countries have no such service, which is an error
-- Option: bootstrap = https://data.iana.org/rdap, where the list of registries is
-- Option: server, the base URL of a registry, which is asked without that list

-- The registry is whoever the list names: hundreds of hosts, and others every month. So any host is meant.

local bootstrap = getopt('bootstrap') or 'https://data.iana.org/rdap'
local mails, servers = {}, {}

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

-- RFC 9224: services are {names, URLs}; of names the longest one counts, of URLs that with TLS
local function registry(session, domain)
    ratelimit_throttle('data.iana.org', 1, 1000)
    local reply = http_fetch(http_request(session, 'GET', bootstrap .. '/dns.json', { timeout=60000 }))
    if last_err() then return end
    local list = decode('list of registries', reply['text'], 'services')
    if last_err() then return end
    local services, best = map(list['services']), ''
    local found
    for i = 1, #services do
        local names = map(map(services[i])[1])
        for k = 1, #names do
            local name = (text(names[k]) or ''):lower()
            if #name > #best and ('.' .. domain):sub(-#name - 1) == '.' .. name then
                best, found = name, map(map(services[i])[2])
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

-- What stands where something was taken away is nobody's name.
local function hidden(value)
    local words = value:lower()
    return words:find('redacted', 1, true) or words:find('privacy', 1, true) or words:find('withheld', 1, true) or
        words:find('not disclosed', 1, true) or words:find('data protected', 1, true) or words:find('whoisguard', 1, true) or
        words:find('by proxy', 1, true) or words:find('domainsbyproxy', 1, true) or words:find('masked', 1, true)
end

local function add_mail(mail)
    mail = mail and mail:lower()
    if not mail or mails[mail] or hidden(mail) then return end
    mails[mail] = true
    if mail:find("^[%w.!#$%%&'*+/=?^_{|}~-]+@[%w-]+%.[%w.-]*%w$") then
        db_add('email', { value=mail })
    end
end

local function add_registrant(arg, entity)
    local name = property(entity, 'org') or property(entity, 'kind') == 'org' and property(entity, 'fn')
    if not name or hidden(name) then return end
    local id = db_add('organisation', { value=name })
    if last_err() or not id then return end
    db_add('link', { left_family='organisation', left_row=id, right_family='domain', right_row=arg['id'], value='registrant' })
end

-- Those of an entity stand in it. Gives the name of the registrar.
local function take_entities(arg, list, depth)
    local registrar
    list = map(list)
    for i = 1, #list do
        local entity = map(list[i])
        if has_role(entity, 'registrant') then add_registrant(arg, entity) end
        if last_err() then return end
        add_mail(property(entity, 'email'))
        if last_err() then return end
        if has_role(entity, 'registrar') then registrar = registrar or property(entity, 'fn') end
        if depth < 3 then take_entities(arg, entity['entities'], depth + 1) end
        if last_err() then return end
    end
    return registrar
end

local function add_server(arg, domain, name)
    name = name:lower():gsub('%.$', '')
    if not name:find('.', 1, true) or name:find('[^%w._-]') or name:find('..', 1, true) or name:find('^%.') or name:find('%.%d+$') then
        return
    end
    if servers[name] then return end
    servers[name] = true
    if name == domain or name:sub(-#domain - 1) == '.' .. domain then
        return db_add('subdomain', { domain_id=arg['id'], value=name })
    end
    local owner = psl_domain_from_dns_name(name)
    if last_err() then
        return clear_err()
    end
    local id = db_add('domain', { value=owner })
    if id and not last_err() then
        db_add('subdomain', { domain_id=id, value=name })
    end
end

-- RFC 3339, in UTC; nil for what is none
local function stamp(time)
    local date, clock, zone = time:match('^(%d%d%d%d%-%d%d%-%d%d)[Tt ](%d%d:%d%d:%d%d)[%d.]*(.*)$')
    local seconds = date and strptime('%Y-%m-%d %H:%M:%S', date .. ' ' .. clock)
    clear_err()
    if not seconds then return end
    local sign, hours, minutes = zone:match('^([+-])(%d%d):?(%d%d)$')
    if sign then
        local offset = intval(hours) * 3600 + intval(minutes) * 60
        seconds = seconds - (sign == '-' and -offset or offset)
    elseif zone ~= '' and zone:upper() ~= 'Z' then
        return
    end
    return sn0int_time_from(seconds)
end

-- that it will expire is nothing that happened
local HAPPENED = { registration=true, reregistration=true, transfer=true, ['last changed']=true }

local function note_events(arg, events, registrar)
    for i = 1, #events do
        local event = map(events[i])
        local action, time = text(event['eventAction']), stamp(text(event['eventDate']) or '')
        if action and HAPPENED[action] and time then
            db_activity({
                topic='rdap:' .. arg['value'], time=time, uniq=arg['value'] .. ' ' .. action .. ' ' .. time,
                content={ event=action, registrar=registrar },
            })
            if last_err() then return end
        end
    end
end

local function take(arg, domain, answer)
    local registrar = take_entities(arg, answer['entities'], 1)
    if last_err() then return end
    local list = map(answer['nameservers'])
    for i = 1, #list do
        local name = text(map(list[i])['ldhName'])
        if name then add_server(arg, domain, name) end
        if last_err() then return end
    end
    note_events(arg, map(answer['events']), registrar)
end

function run(arg)
    local session = http_mksession()
    local parsed = url_parse('http://' .. arg['value'] .. '/')
    if last_err() then return end
    local domain = parsed['host']
    local base = getopt('server') or registry(session, domain)
    if last_err() then return end
    if not base then
        return 'could not ask: no registry of .' .. domain:match('[^.]*$') .. ' is in the list of IANA'
    end
    local host = base:match('^%a+://([^/]+)') or base
    ratelimit_throttle(host, 1, 1000)
    local reply = http_send(request(session, base:gsub('/*$', '', 1) .. '/domain/' .. domain))
    if last_err() then return end
    if reply['status'] == 404 then
        return info(host .. ' knows no domain ' .. domain)
    end
    if reply['status'] ~= 200 then
        local later = reply['headers']['retry-after']
        return host .. ' answers with status ' .. reply['status'] .. (later and ', retry after ' .. later or '')
    end
    local answer = decode('record of a domain', reply['text'], 'ldhName')
    if last_err() then return end
    local name = (text(answer['ldhName']) or ''):lower():gsub('%.$', '')
    if name ~= domain then
        return host .. ' answers about another domain: ' .. name:sub(1, 100)
    end
    take(arg, domain, answer)
end
