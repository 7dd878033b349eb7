-- Description: What the SPF, DMARC and MX records of a domain say about its mail
-- Version: 1.0.3
-- License: GPL-3.0
-- Source: domains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc7208
-- Limits: three questions a domain

local problem -- why something could not be looked up, the first of them

-- The answers, and whether there is no such name, which is an answer. Where it could not look: nil, and whether nobody said
-- even that.
local function ask(name, kind)
    local reply = dns(name, { record=kind })
    local why = last_err()
    clear_err()
    local is_silent = why ~= nil
    if not why and reply['error'] ~= 'NXDomain' then
        why = reply['error']
    end
    if why then
        problem = problem or 'cannot look up the ' .. kind .. ' records of ' .. name .. ': ' .. why
        return nil, false, is_silent
    end
    return reply['answers'], reply['error'] ~= nil, false
end

local function text_of(name)
    local answers, is_gone, is_silent = ask(name, 'TXT')
    if not answers then
        return nil, false, is_silent
    end
    local out, n = {}, 0
    local i = 1
    while answers[i] do
        local bytes = answers[i][2]['TXT']
        local text = bytes and utf8_decode(bytes)
        clear_err()
        if text then
            n = n + 1
            out[n] = text
        end
        i = i + 1
    end
    return out, is_gone, false
end

-- The first one that begins with a version.
local function record(list, version)
    for i = 1, #list do
        if list[i]:match('^%s*([^%s;]*)'):lower() == version then
            return list[i]
        end
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
    for mail in text:gmatch('[Mm][Aa][Ii][Ll][Tt][Oo]:([^,;!%s]+)') do
        mail = url_unescape(mail)
        if last_err() then
            clear_err()
        elseif mail:find('^[^@%s%c]+@[%w._\128-\255-]+%.[%w\128-\255-]+$') then
            db_add('email', { value=mail })
            if last_err() then return end
        end
    end
end

local function look_at_servers(domain)
    local answers = ask(domain, 'MX')
    local i = 1
    while answers and answers[i] do
        local mx = answers[i][2]['MX']
        if mx and mx[2] ~= '.' then
            add_host(mx[2])
            if last_err() then return end
        end
        i = i + 1
    end
end

-- Whether there is no such domain, and whether nobody answers at all.
local function look_at_spf(domain)
    local texts, is_gone, is_silent = text_of(domain)
    if is_gone then
        info(domain .. ' does not exist')
    elseif texts then
        local spf = record(texts, 'v=spf1')
        if spf then
            take_spf(spf)
        else
            info('no SPF record: anybody may send as ' .. domain)
        end
    end
    return is_gone, is_silent
end

local function look_at_dmarc(domain)
    local texts = text_of('_dmarc.' .. domain)
    if not texts then
        return
    end
    local dmarc = record(texts, 'v=dmarc1')
    if not dmarc then
        info('no DMARC record')
        return
    end
    take_dmarc(dmarc)
    if last_err() then return end
    -- "sp=none" is of its subdomains
    if dmarc:lower():find('[;%s]p%s*=%s*none') then
        info('DMARC only watches: p=none')
    end
end

function run(arg)
    local is_gone, is_silent = look_at_spf(arg['value'])
    -- the other two would wait as long
    if last_err() or is_gone then return end
    if is_silent then return problem end
    look_at_dmarc(arg['value'])
    if last_err() then return end
    look_at_servers(arg['value'])
    if last_err() then return end
    return problem
end
