-- Description: Hosts out of the name servers, mail servers and, where it is allowed, the whole zone of a domain
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: loud

-- Options: nameserver=192.0.2.1:53 (ask this one for the zone)

local seen = {}

local function add(arg, name)
    name = name:lower():gsub('%.$', '')
    if seen[name] or name == arg['value'] or name:find('*', 1, true) then
        return
    end
    seen[name] = true
    if name:sub(-#arg['value'] - 1) == '.' .. arg['value'] then
        db_add('subdomain', { domain_id=arg['id'], value=name })
    end
end

-- The names in the values of records, and their owners.
local function take(arg, reply)
    local i = 1
    while reply['answers'][i] do
        local owner, value = reply['answers'][i][1], reply['answers'][i][2]
        add(arg, owner)
        if last_err() then return end
        local target = value['NS'] or value['CNAME']
        if value['MX'] then target = value['MX'][2] end
        if value['SRV'] then target = value['SRV'][1] end
        if target then
            add(arg, target)
            if last_err() then return end
        end
        i = i + 1
    end
    return i - 1
end

local function ask(arg, options)
    local reply = dns(arg['value'], options)
    if last_err() then
        debug(options['record'] .. ': ' .. last_err())
        clear_err()
        return
    end
    if reply['error'] then
        debug(options['record'] .. ': ' .. reply['error'])
        return
    end
    return take(arg, reply)
end

function run(arg)
    ask(arg, { record='NS' })
    if last_err() then return end
    ask(arg, { record='MX' })
    if last_err() then return end

    local zone = { record='AXFR', tcp=true, timeout=10000 }
    if getopt('nameserver') then
        zone['nameserver'] = getopt('nameserver')
        local n = ask(arg, zone)
        if n and n > 0 then
            warn('the name server gives the whole zone away: ' .. n .. ' records')
        end
    end
end
