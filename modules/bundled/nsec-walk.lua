-- Description: All names of a signed zone, along its NSEC records
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: loud

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc4034
-- Limits: one question for each name of the zone; zones with NSEC3, or with records that are made up when they are asked for, cannot be walked
-- Option: nameserver, ask this one, as 192.0.2.1:53: one of the domain itself follows the chain where others do not
-- Option: max = 1000, names that are asked for

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local most = whole('max', '1000')

-- The records, or why it could not ask. A name that does not exist is an answer.
local function ask(name, kind)
    local options = { record=kind, typed=true, timeout=10000 }
    options['nameserver'] = getopt('nameserver')
    local reply = dns(name, options)
    local problem = last_err()
    clear_err()
    if not problem and reply['error'] and reply['error'] ~= 'NXDomain' then
        problem = reply['error']
    end
    if problem then
        return nil, 'cannot ask for ' .. kind .. ' of ' .. name .. ': ' .. problem
    end
    return reply
end

-- The record of this very name, not that of an alias.
local function record_of(reply, name, kind)
    local answers = reply['answers']
    local i = 1
    while answers[i] do
        if answers[i][2][kind] and answers[i][1]:lower() == name then
            return answers[i][2][kind]
        end
        i = i + 1
    end
end

local function add(arg, name)
    if name == arg['value'] or name:find('*', 1, true) then
        return
    end
    db_add('subdomain', { domain_id=arg['id'], value=name })
end

-- Why a chain cannot be entered.
local function look_for_others(domain)
    local reply, problem = ask(domain, 'NSEC3PARAM')
    if problem then
        return problem
    end
    if record_of(reply, domain, 'NSEC3PARAM') then
        info(domain .. ' has NSEC3: its names are hashed, there is nothing to walk along')
    else
        info(domain .. ' has no NSEC: it is not signed, or its name servers keep it')
    end
end

-- "\000.www.example.com" comes right behind www.example.com, so it says nothing (RFC 4470, and what is called black lies);
-- the other one has a label that nobody would write.
local function is_made_up(name, text)
    return text:find('^\\000%.') or text:find('\\000', 1, true) or text:find('^[!~]') or text:find('^[^.]-~%.')
        or name == text
end

local function within(domain, name)
    return name == domain or name:sub(-#domain - 1) == '.' .. domain
end

-- A name counts once it has answered: one that was made up for the record in front does not exist.
local function walk(arg)
    local domain = arg['value']
    local name, seen, n = domain, {}, 0
    while n < most do
        local reply, problem = ask(name, 'NSEC')
        if problem then
            return problem
        end
        n = n + 1
        if reply['error'] then
            if n > 1 then
                info('the chain of ' .. domain .. ' leads to ' .. name .. ', which does not exist: its records are made up')
            else
                info(domain .. ' does not exist')
            end
            return
        end
        local record = record_of(reply, name, 'NSEC')
        if not record and n == 1 then
            return look_for_others(domain)
        end
        add(arg, name)
        if last_err() then return end
        if not record then
            warn('the chain ends at ' .. name .. ', which is a zone of its own: what comes behind it was not seen')
            return
        end
        seen[name] = true
        local following = record['next']:lower():gsub('%.$', '')
        if following == domain then
            info(domain .. ' can be walked: ' .. strval(n):gsub('%.0$', '') .. ' names')
            return
        end
        if is_made_up(name, following) then
            info('the NSEC records of ' .. domain .. ' are made up when they are asked for: there is nothing to walk along')
            return
        end
        if not within(domain, following) then
            warn('the chain leaves ' .. domain .. ' at ' .. name .. ', which is a zone of its own')
            return
        end
        if seen[following] then
            return 'the chain goes round: ' .. following .. ' follows ' .. name
        end
        name = following
    end
    warn('more than ' .. strval(most):gsub('%.0$', '') .. ' names: the rest was not asked for; see the option max')
end

function run(arg)
    if last_err() then return end
    return walk(arg)
end
