-- Description: Hosts out of the name servers, mail servers and, where it is allowed, the whole zone of a domain
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: domains
-- Stealth: loud

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc5936
-- Limits: transfers are asked for only with the option nameserver, and mostly refused
-- Option: nameserver, ask this one for the zone, as 192.0.2.1:53, not those of the domain
-- Option: max = 10000, hosts that are added

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local most = whole('max', '10000')
local seen, n_added, is_cut = {}, 0, false

local function add(arg, name)
    name = name:lower():gsub('%.$', '')
    -- "*.foo.com": no name
    if seen[name] or name:find('[^%w._\128-\255-]') then
        return
    end
    seen[name] = true
    if name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then
        return
    end
    if n_added >= most then
        is_cut = true
        return
    end
    n_added = n_added + 1
    db_add('subdomain', { domain_id=arg['id'], value=name })
end

-- The names in the values of records, and their owners.
local function take(arg, answers)
    local i = 1
    while answers[i] do
        local owner, value = answers[i][1], answers[i][2]
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

-- The answers, or nil, why it could not ask, and whether nobody said even that. A name that does not exist is an answer,
-- and so is that a zone is kept.
local function ask(arg, options)
    local reply = dns(arg['value'], options)
    local problem = last_err()
    clear_err()
    local is_silent = problem ~= nil
    if not problem then
        problem = reply['error']
        if problem == 'NXDomain' or options['record'] == 'AXFR' and (problem == 'Refused' or problem == 'NotAuth') then
            debug(options['record'] .. ': ' .. problem)
            return {}
        end
    end
    if problem then
        return nil, 'cannot ask for ' .. options['record'] .. ' of ' .. arg['value'] .. ': ' .. problem, is_silent
    end
    return reply['answers']
end

local function look(arg, kind)
    local answers, problem, is_silent = ask(arg, { record=kind })
    take(arg, answers or {})
    return problem, is_silent
end

local function transfer(arg)
    local answers, problem = ask(arg, { record='AXFR', tcp=true, timeout=10000, nameserver=getopt('nameserver') })
    -- some answer another question, from what they know
    if not answers or not answers[1] or not answers[1][2]['SOA'] then
        return problem
    end
    local n = take(arg, answers)
    if last_err() then return end
    warn('the name server gives the whole zone away: ' .. n .. ' records')
end

function run(arg)
    if last_err() then return end
    local problem, is_silent = look(arg, 'NS')
    if last_err() then return end
    -- the next one would wait as long
    if not is_silent then
        local other = look(arg, 'MX')
        if last_err() then return end
        problem = problem or other
    end
    if getopt('nameserver') then
        local kept = transfer(arg)
        if last_err() then return end
        problem = problem or kept
    end
    if is_cut then
        warn('more than ' .. strval(most):gsub('%.0$', '') .. ' hosts: the rest was passed over; see the option max')
    end
    return problem
end
