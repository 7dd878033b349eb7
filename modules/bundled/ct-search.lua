-- Description: Subdomains out of certificate transparency logs (crt.sh)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Option: server=https://crt.sh where to search

local server = getopt('server') or 'https://crt.sh'
local seen = {}

local function add(domain_id, domain, name)
    name = name:lower():gsub('^%*%.', '')
    if seen[name] or name:find('[^%w._\128-\255-]') then
        return
    end
    seen[name] = true
    if name == domain or name:sub(-#domain - 1) ~= '.' .. domain then
        return
    end
    db_add('subdomain', { domain_id=domain_id, value=name })
end

function run(arg)
    local session = http_mksession()
    local req = http_request(session, 'GET', server .. '/', {
        query={ q='%.' .. arg['value'], output='json' },
        timeout=60000,
    })
    local reply = http_fetch(req)
    if last_err() then return end
    -- an error may come with status 200
    local certs = json_decode(reply['text'])
    if last_err() then return end
    if not reply['text']:match('^%s*%[') then
        return 'no list of certificates: ' .. reply['text']:sub(1, 100)
    end

    local i = 1
    while certs[i] do
        local names = certs[i]['name_value'] or ''
        for name in names:gmatch('[^\n]+') do
            add(arg['id'], arg['value'], name)
            if last_err() then return end
        end
        i = i + 1
    end
    debug((i - 1) .. ' certificates')
end
