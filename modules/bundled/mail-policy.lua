-- Description: What a domain says about its mail: SPF with what it includes, DMARC, TLS reports, MTA-STS, BIMI, MX, DANE
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: normal

-- Page: https://www.rfc-editor.org/rfc/rfc7208
-- Limits: up to 20 questions for SPF, one for each mail server, one page over HTTPS
-- Option: policy, URL of the MTA-STS policy, in place of https://mta-sts.DOMAIN/.well-known/mta-sts.txt
-- Option: selector = default, of BIMI

local problem -- why something could not be asked for, the first of them
local findings, seen = {}, {}
local policies = {} -- what it has, for the activity

local function finding(text)
    findings[#findings + 1] = text
    info(text)
end

local function fail(text)
    debug(text)
    problem = problem or text
end

-- The answers, and whether there is such a name; nil where it could not ask. A name that does not exist is an answer.
local function ask(name, kind)
    local reply = dns(name, { record=kind, typed=true })
    local why = last_err()
    clear_err()
    if not why and reply['error'] and reply['error'] ~= 'NXDomain' then
        why = reply['error']
    end
    if why then
        fail('cannot look up the ' .. kind .. ' records of ' .. name .. ': ' .. why)
        return
    end
    return reply['answers'], reply['error'] == nil
end

-- The texts that begin with a version; nil where it could not ask.
local function texts_of(name, version)
    local answers, is_there = ask(name, 'TXT')
    if not answers then
        return
    end
    local out, n = {}, 0
    local i = 1
    while answers[i] do
        local text = answers[i][2]['TXT'] and utf8_decode(answers[i][2]['TXT'])
        clear_err()
        if text and text:match('^%s*([^%s;]*)'):lower() == version then
            n = n + 1
            out[n] = text
        end
        i = i + 1
    end
    return out, is_there
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

local function count_text(n)
    return (strval(n):gsub('%.0$', ''))
end

-- RFC 7208, 4.6.4: these ask, and after ten of them it is an error
local asking = { include=true, a=true, mx=true, ptr=true, exists=true, redirect=true }

-- Of one record: how many questions it takes, how deep it goes, whether all of it was seen.
local function look_at_spf(domain, text, depth, path)
    local n, deepest, is_whole, redirect, all = 0, depth, true, nil, nil
    local function follow(name, by)
        if name:find('%', 1, true) then
            return -- what it is depends on the mail
        end
        if path[name] then
            finding('SPF of ' .. domain .. ': ' .. by .. ' ' .. name .. ' goes round')
            return
        end
        if n > 20 or depth >= 10 then
            is_whole = false
            return
        end
        local records = texts_of(name, 'v=spf1')
        if not records then
            is_whole = false
            return
        end
        if not records[1] then
            finding('SPF of ' .. domain .. ': ' .. by .. ' ' .. name .. ', which has no SPF record')
            return
        end
        path[name] = true
        local more, deep, whole = look_at_spf(name, records[1], depth + 1, path)
        path[name] = nil
        n = n + more
        deepest = deep > deepest and deep or deepest
        is_whole = is_whole and whole
    end
    for word in text:gmatch('%S+') do
        local sign, kind, value = word:lower():match('^([+?~-]?)([%w_-]+)[:=]?(.*)$')
        if kind and asking[kind] then
            n = n + 1
        end
        if kind == 'include' then
            follow(value:gsub('%.$', ''), 'includes')
        elseif kind == 'redirect' then
            redirect = value:gsub('%.$', '')
        elseif kind == 'all' then
            all = sign
        end
    end
    if redirect and not all then
        follow(redirect, 'is that of')
    end
    if depth == 0 then
        policies['spf_all'] = all or (redirect and 'redirect') or 'none'
        if all == '+' or all == '' then
            finding('SPF of ' .. domain .. ' lets anybody send: +all')
        elseif all == '?' or not all and not redirect then
            finding('SPF of ' .. domain .. ' says nothing of others: no -all, no ~all')
        end
    end
    return n, deepest, is_whole
end

local function take_spf(domain, records)
    if not records[1] then
        finding('no SPF record: anybody may send as ' .. domain)
        return
    end
    if records[2] then
        finding('more than one SPF record of ' .. domain .. ': none of them counts')
        return
    end
    policies['spf'] = records[1]
    local n, depth, is_whole = look_at_spf(domain, records[1], 0, { [domain]=true })
    -- it can only be more
    if n > 10 then
        finding('SPF of ' .. domain .. ' takes ' .. (is_whole and '' or 'at least ') .. count_text(n) .. ' look-ups: more than 10 are an error')
    end
    if is_whole then
        policies['spf_lookups'], policies['spf_depth'] = n, depth
    end
end

-- "p=none; rua=mailto:a@b!10m,mailto:c@d": the value of a tag
local function tag(text, name)
    for part in text:gmatch('[^;]+') do
        local key, value = part:match('^%s*([%w_]+)%s*=%s*(.-)%s*$')
        if key and key:lower() == name then
            return value
        end
    end
end

local function add_mails(list)
    for uri in (list or ''):gmatch('[^,%s]+') do
        local mail = uri:match('^[Mm][Aa][Ii][Ll][Tt][Oo]:([^!?]+)')
        if mail then
            mail = url_unescape(mail)
            if last_err() then
                clear_err()
                mail = ''
            end
            mail = mail:lower()
            if mail:find('^[^%s@]+@[^%s@]+%.[^%s@.]+$') and not seen[mail] then
                seen[mail] = true
                db_add('email', { value=mail })
                if last_err() then return end
            end
        end
    end
end

-- RFC 7489, 6.3
local function take_dmarc(domain)
    local records = texts_of('_dmarc.' .. domain, 'v=dmarc1')
    if not records then
        return
    end
    local text = records[1]
    if not text then
        finding('no DMARC record of ' .. domain)
        return
    end
    if records[2] then
        finding('more than one DMARC record of ' .. domain .. ': none of them counts')
        return
    end
    policies['dmarc'] = text
    local wanted = (tag(text, 'p') or ''):lower()
    if wanted == 'none' then
        finding('DMARC of ' .. domain .. ' only watches: p=none')
    elseif wanted ~= 'quarantine' and wanted ~= 'reject' then
        finding('DMARC of ' .. domain .. ' has no policy')
    end
    if (tag(text, 'sp') or ''):lower() == 'none' and wanted ~= 'none' then
        finding('DMARC of ' .. domain .. ' only watches subdomains: sp=none')
    end
    add_mails(tag(text, 'rua'))
    if last_err() then return end
    add_mails(tag(text, 'ruf'))
end

-- RFC 8460, 3
local function take_reports(domain)
    local records = texts_of('_smtp._tls.' .. domain, 'v=tlsrptv1')
    if records and records[1] then
        policies['tlsrpt'] = records[1]
        add_mails(tag(records[1], 'rua'))
    end
end

local function take_bimi(domain)
    local name = (getopt('selector') or 'default') .. '._bimi.' .. domain
    local records = texts_of(name, 'v=bimi1')
    if records and records[1] then
        policies['bimi'] = records[1]
    end
end

local function add_host(name)
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

-- The mail servers; nil where it could not ask.
local function take_servers(domain)
    local answers = ask(domain, 'MX')
    if not answers then
        return
    end
    local out, n = {}, 0
    local i = 1
    while answers[i] and n < 20 do
        local mx = answers[i][2]['MX']
        local name = mx and mx[2]:lower():gsub('%.$', '')
        if mx and name == '' then
            policies['mx'] = 'none' -- RFC 7505
        elseif mx and not seen[name] then
            seen[name] = true
            n = n + 1
            out[n] = name
            add_host(name)
            if last_err() then return end
        end
        i = i + 1
    end
    if n > 0 then
        policies['mx'] = sorted(out)
    end
    return out
end

-- RFC 7672; whether anybody may trust them (DNSSEC) is not seen from here
local function take_dane(servers)
    local with, without, first = 0, 0, nil
    for i = 1, #servers do
        local answers = ask('_25._tcp.' .. servers[i], 'TLSA')
        if not answers then
            return
        end
        local n, k = 0, 1
        while answers[k] do
            if answers[k][2]['TLSA'] then n = n + 1 end
            k = k + 1
        end
        if n > 0 then
            with = with + 1
        else
            without, first = without + 1, first or servers[i]
        end
    end
    if with + without == 0 then
        return
    end
    policies['dane'] = count_text(with) .. ' of ' .. count_text(with + without)
    if with > 0 and without > 0 then
        finding('DANE is not on all mail servers: none on ' .. first)
    end
end

-- RFC 8461, 4.1: "*.example.com" is one label more
local function is_covered(server, patterns)
    for i = 1, #patterns do
        local pattern = patterns[i]
        if pattern == server or pattern:sub(1, 2) == '*.' and server:gsub('^[^.]+', '') == pattern:sub(2) then
            return true
        end
    end
    return false
end

local function take_policy(domain, text, servers)
    local patterns, mode = {}, nil
    if not text:match('^%s*version%s*:%s*STSv1%s') then
        finding('the MTA-STS policy of ' .. domain .. ' is none: it does not begin with its version')
        return
    end
    for line in text:gmatch('[^\r\n]+') do
        local key, value = line:match('^%s*([%w_]+)%s*:%s*(.-)%s*$')
        if key == 'mode' then
            mode = mode or value
        elseif key == 'mx' then
            patterns[#patterns + 1] = value:lower():gsub('%.$', '')
        end
    end
    policies['mta_sts_mode'] = mode
    if mode == 'none' or mode == 'testing' then
        finding('MTA-STS of ' .. domain .. ' keeps nobody from anything: mode ' .. mode)
    elseif mode ~= 'enforce' then
        finding('the MTA-STS policy of ' .. domain .. ' has no mode')
    end
    for i = 1, #(mode ~= 'none' and servers or {}) do
        if not is_covered(servers[i], patterns) then
            finding('MTA-STS of ' .. domain .. ' does not know the mail server ' .. servers[i])
        end
    end
end

-- RFC 8461, 3.3: no redirect is followed
local function fetch_policy(domain, servers)
    local url = getopt('policy') or 'https://mta-sts.' .. domain .. '/.well-known/mta-sts.txt'
    local reply = http_send(http_request(http_mksession(), 'GET', url, { timeout=10000 }))
    if last_err() then
        fail(url .. ': ' .. last_err())
        clear_err()
        return
    end
    local status = reply['status']
    if status == 200 then
        if (reply['headers']['content-type'] or ''):lower():find('html', 1, true) then
            finding('the MTA-STS policy of ' .. domain .. ' is a page')
        else
            take_policy(domain, reply['text'], servers)
        end
    elseif status == 404 or status == 410 or status >= 300 and status < 400 then
        finding('MTA-STS of ' .. domain .. ' has no policy: status ' .. count_text(status))
    else
        fail(url .. ': status ' .. count_text(status))
    end
end

local function take_sts(domain, servers)
    local records = texts_of('_mta-sts.' .. domain, 'v=stsv1')
    if records and records[1] then
        policies['mta_sts'] = records[1]
        add_host('mta-sts.' .. domain)
        if last_err() then return end
        fetch_policy(domain, servers)
    end
end

local function note(domain)
    local content = { domain=domain, policies=policies, findings=findings }
    -- what is as it was is no event
    db_activity({ topic='bundled/mail-policy', time=sn0int_time(), uniq=domain .. ' ' .. strval(murmur3(json_encode(content))), content=content })
end

function run(arg)
    local domain = arg['value']
    local records, is_there = texts_of(domain, 'v=spf1')
    if records and not is_there then
        info(domain .. ' does not exist')
        return
    end
    if records then
        take_spf(domain, records)
    end
    take_dmarc(domain)
    if last_err() then return end
    take_reports(domain)
    if last_err() then return end
    take_bimi(domain)
    local servers = take_servers(domain)
    if last_err() then return end
    take_dane(servers or {})
    take_sts(domain, servers or {})
    if last_err() then return end
    -- half of it would look like another policy
    if not problem then
        note(domain)
    end
    return problem
end
