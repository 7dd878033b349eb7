-- Description: What the SPF, DMARC and MX records of a domain say about its mail
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: domains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc7208
-- Limits: three questions a domain

-- The answers, and why there are none: a name that does not exist is an answer,
-- silence and every other code are not.
local function ask(name, kind)
    local reply = dns(name, { record=kind })
    local problem = last_err()
    clear_err()
    if not problem and reply['error'] and reply['error'] ~= 'NXDomain' then
        problem = reply['error']
    end
    if problem then
        return nil, 'cannot look up the ' .. kind .. ' records of ' .. name .. ': ' .. problem
    end
    return reply['answers']
end

local function text_of(name)
    local answers, problem = ask(name, 'TXT')
    if problem then
        return nil, problem
    end
    local out, n = {}, 0
    local i = 1
    while answers[i] do
        local bytes = answers[i][2]['TXT']
        if bytes then
            n = n + 1
            out[n] = utf8_decode(bytes)
            clear_err()
        end
        i = i + 1
    end
    return out
end

local function record(list, head)
    local i = 1
    while list[i] do
        if list[i]:sub(1, #head):lower() == head then
            return list[i]
        end
        i = i + 1
    end
end

local function add_host(name)
    name = name:lower():gsub('%.$', '')
    -- "mail", "localhost": of some network, no domain; "*.foo.com": no name; "192.0.2.1": an address
    if not name:find('.', 1, true) or name:find('[^%w._\128-\255-]') or name:find('%.%d+$') then
        return
    end
    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        clear_err()
        return
    end
    local id = db_add('domain', { value=domain })
    if id and not last_err() and domain ~= name then
        db_add('subdomain', { domain_id=id, value=name })
    end
end

-- RFC 7208, 5: who may send
local function take_spf(text)
    for word in text:gmatch('%S+') do
        local include = word:match('^[+?~-]?include:([%w%._-]+)$') or word:match('^redirect=([%w%._-]+)$')
        local block = word:match('^[+?~-]?ip[46]:(%S+)$')
        if include then
            add_host(include)
        elseif block then
            db_add('netblock', { value=block, description='sends mail (SPF)' })
        end
        if last_err() then
            debug(word .. ': ' .. last_err())
            clear_err()
        end
    end
end

-- RFC 7489, 6.2: who gets the reports
local function take_dmarc(text)
    for mail in text:gmatch('mailto:([^,;!%s]+)') do
        if mail:find('^[^@]+@[^@]+%.[^@.]+$') then
            db_add('email', { value=mail })
            if last_err() then return end
        end
    end
end

local function take_mx(name)
    local answers, problem = ask(name, 'MX')
    if problem then
        return problem
    end
    local i = 1
    while answers[i] do
        local mx = answers[i][2]['MX']
        if mx and mx[2] ~= '.' then
            add_host(mx[2])
            if last_err() then return end
        end
        i = i + 1
    end
end

-- Each returns why it could not look.
local function look_at_spf(domain)
    local texts, problem = text_of(domain)
    if problem then
        return problem
    end
    local spf = record(texts, 'v=spf1')
    if spf then
        take_spf(spf)
    else
        info('no SPF record: anybody may send as ' .. domain)
    end
end

local function look_at_dmarc(domain)
    local texts, problem = text_of('_dmarc.' .. domain)
    if problem then
        return problem
    end
    local dmarc = record(texts, 'v=dmarc1')
    if not dmarc then
        info('no DMARC record')
        return
    end
    take_dmarc(dmarc)
    if last_err() then return end
    if dmarc:find('p=none', 1, true) then
        info('DMARC only watches: p=none')
    end
end

function run(arg)
    local problem = look_at_spf(arg['value'])
    if last_err() then return end
    problem = look_at_dmarc(arg['value']) or problem
    if last_err() then return end
    return take_mx(arg['value']) or problem
end
