-- Description: Paths out of robots.txt, and contacts out of security.txt (RFC 9116)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc9309
-- Limits: two or three requests a site

local session = http_mksession()

local problem -- why a file could not be asked for

local function get(url)
    local reply = http_send(http_request(session, 'GET', url, { timeout=10000, follow_redirects=2 }))
    if last_err() then
        problem = url .. ': ' .. last_err()
        clear_err()
        return
    end
    -- many sites answer everything with a page
    if reply['status'] ~= 200 or (reply['headers']['content-type'] or ''):find('html', 1, true) then
        return
    end
    return reply['text']
end

-- The map of another site is not this one's.
local function take_map(arg, base, map)
    local url = url_join(base, map)
    if last_err() then return end
    if url_parse(url)['host'] == url_parse(base)['host'] then
        db_add('url', { subdomain_id=arg['subdomain_id'], value=url })
    end
end

local function take_robots(arg, base, text)
    for line in text:gmatch('[^\r\n]+') do
        local path = line:match('^%s*[DdAa][%a]+low:%s*(/[^%s#]*)')
        local map = line:match('^%s*[Ss]itemap:%s*(%S+)')
        if path and path ~= '/' and not path:find('[*$]') then
            db_add('url', { subdomain_id=arg['subdomain_id'], value=url_join(base, path) })
        elseif map then
            take_map(arg, base, map)
        end
        if last_err() then
            debug('not a path: ' .. line)
            clear_err()
        end
    end
end

local function take_security(text)
    for line in text:gmatch('[^\r\n]+') do
        local mail = line:match('^%s*[Cc]ontact:%s*[Mm]ailto:([^%s?]+)')
        if mail then
            db_add('email', { value=url_unescape(mail) })
            if last_err() then return end
        end
    end
end

function run(arg)
    local base = url_join(arg['value'], '/')
    if last_err() then return end
    -- once a site is enough
    if url_parse(arg['value'])['path'] ~= '/' then
        return
    end

    local robots = get(url_join(base, '/robots.txt'))
    if robots then
        take_robots(arg, base, robots)
    end
    local security = get(url_join(base, '/.well-known/security.txt')) or get(url_join(base, '/security.txt'))
    if security then
        take_security(security)
    end
    return problem
end
