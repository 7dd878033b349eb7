-- Description: Hosts out of the name servers, mail servers and, where it is allowed, the whole zone of a domain
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: loud

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc5936
-- Limits: transfers are asked for only with the option nameserver, and mostly refused
-- Option: nameserver, ask this one for the zone, as 192.0.2.1:53, not those of the domain

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

-- The number of records, and why it could not ask. A name that does not exist
-- and a zone that is kept are answers.
local function ask(arg, options)
    local reply = dns(arg['value'], options)
    local problem = last_err()
    clear_err()
    if not problem then
        problem = reply['error']
        if problem == 'NXDomain' or (problem and options['record'] == 'AXFR') then
            debug(options['record'] .. ': ' .. problem)
            return 0
        end
    end
    if problem then
        return 0, 'cannot ask for ' .. options['record'] .. ' of ' .. arg['value'] .. ': ' .. problem
    end
    return take(arg, reply)
end

function run(arg)
    local _, problem = ask(arg, { record='NS' })
    if last_err() then return end
    local _, other = ask(arg, { record='MX' })
    if last_err() then return end
    problem = problem or other

    local zone = { record='AXFR', tcp=true, timeout=10000 }
    if getopt('nameserver') then
        zone['nameserver'] = getopt('nameserver')
        local n, kept = ask(arg, zone)
        problem = problem or kept
        if n and n > 0 then
            warn('the name server gives the whole zone away: ' .. n .. ' records')
        end
    end
    return problem
end
