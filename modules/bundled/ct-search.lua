-- Description: Subdomains out of certificate transparency logs (crt.sh)
-- Version: 1.1.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://cert.imfht.com/crt-sh-api
-- Limits: about 5 requests a minute; an answer takes up to a minute, and an empty one may mean that it was asked too often
-- Option: server = https://crt.sh, where to search

local server = getopt('server') or 'https://crt.sh'
local seen = {}

-- the names of a certificate, '' of what is none
local function names_of(cert)
    local names = ('%s'):format(cert):match('^table') and cert['name_value']
    return ('%s'):format(names) == names and names or ''
end

-- name_value has names, wildcards and mail addresses of all that is in the certificate
local function add(arg, name)
    name = name:lower():gsub('^%*%.', '')
    if seen[name] then return end
    seen[name] = true
    if name:sub(-#arg['value'] - 1) == '.' .. arg['value'] then
        if not name:find('[^%w._\128-\255-]') then
            db_add('subdomain', { domain_id=arg['id'], value=name })
        end
    elseif name:match('^[^%s%c@]+@(.+)$') == arg['value'] then
        db_add('email', { value=name })
    end
end

function run(arg)
    ratelimit_throttle('crt.sh', 5, 60000)
    local session = http_mksession()
    local req = http_request(session, 'GET', server .. '/', {
        query={ q='%.' .. arg['value'], output='json' },
        timeout=90000,
    })
    local reply = http_fetch(req)
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:match('^%s*%[') then
        return 'no list of certificates: ' .. reply['text']:sub(1, 100)
    end
    local certs = json_decode(reply['text'])
    if last_err() then return end
    if not certs[1] then
        return 'crt.sh answers with an empty list: it knows none, or it was asked too often'
    end

    local named = 0
    for i = 1, #certs do
        local names = names_of(certs[i])
        if names ~= '' then named = named + 1 end
        for name in names:gmatch('[^\n]+') do
            add(arg, name)
            if last_err() then return end
        end
    end
    if named == 0 then return 'certificates without names: ' .. reply['text']:sub(1, 100) end
    debug(named .. ' certificates')
end
