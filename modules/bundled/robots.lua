-- Description: Paths out of robots.txt, and contacts out of security.txt (RFC 9116)
-- Version: 1.1.1
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc9309
-- Limits: two or three requests a site
-- Option: max = 1000, addresses out of robots.txt

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local session = http_mksession()

local MOST_BYTES = 512000 -- RFC 9309, 2.5: what has to be read at least; it is all that is read here

local problem -- why a file could not be looked at, the first of them
local seen = {}
local most, taken = 0, 0

local function number(n)
    return (strval(n):gsub('%.0$', ''))
end

local function is_page(reply)
    local head = reply['text']:sub(1, 500):lower()
    return (reply['headers']['content-type'] or ''):lower():find('html', 1, true) or head:find('^%s*<!doctype html') or head:find('^%s*<html')
end

-- The text of a file; nil if there is none, or it could not be looked at. `lines` are those that one has; a text with
-- nothing in it is a file, too. false: nobody could be asked.
local function get(url, lines)
    local reply = http_send(http_request(session, 'GET', url, { timeout=10000, follow_redirects=2 }))
    if last_err() then
        problem = problem or url .. ': ' .. last_err()
        clear_err()
        return false
    end
    local status = reply['status']
    if status == 404 or status == 410 then
        return
    end
    if status ~= 200 then
        local wait = reply['headers']['retry-after']
        problem = problem or url .. ': status ' .. number(status) .. (wait and ', try again after ' .. wait:sub(1, 40) or '')
        return
    end
    -- many sites answer everything with a page
    if is_page(reply) then
        debug(url .. ': a page')
        return
    end
    local text = reply['text']:gsub('^\239\187\191', '')
    if #text > MOST_BYTES then
        warn(url .. ' is longer than ' .. MOST_BYTES .. ' bytes: the rest was not read')
        text = text:sub(1, MOST_BYTES)
    end
    local is_blank = true
    for line in text:gmatch('[^\r\n]+') do
        local key = line:match('^%s*([%a-]+)%s*:')
        if key and lines[key:lower()] then
            return text
        end
        is_blank = is_blank and (line:find('^%s*$') or line:find('^%s*#')) ~= nil
    end
    if not is_blank then
        problem = problem or url .. ': what it gives is neither such a file nor a page'
    end
end

local function add_url(arg, url)
    if seen[url] then return end
    seen[url] = true
    taken = taken + 1
    if taken > most then
        warn('more than ' .. number(most) .. ' addresses: the rest was passed over; see the option max')
    else
        db_add('url', { subdomain_id=arg['subdomain_id'], value=url })
    end
end

local function take_robots(arg, base, text)
    local host = url_parse(base)['host']
    for line in text:gmatch('[^\r\n]+') do
        local key, value = line:match('^%s*([%a-]+)%s*:%s*([^%s#]*)')
        key = key and key:lower()
        local url
        if (key == 'allow' or key == 'disallow') and value:find('^/.') and not value:find('[*$]') then
            -- "//a/b" is a path here, and no host
            url = url_join(base, base:sub(1, -2) .. value)
        elseif key == 'sitemap' and value ~= '' then
            url = url_join(base, value)
        end
        if last_err() then
            debug('no address: ' .. line:sub(1, 200))
            clear_err()
        -- the map of another site is not this one's
        elseif url and url:find('^https?://') and url_parse(url)['host'] == host then
            add_url(arg, url)
            if last_err() or taken > most then return end
        end
    end
end

local function take_security(text)
    for line in text:gmatch('[^\r\n]+') do
        local mail = line:match('^%s*[Cc][Oo][Nn][Tt][Aa][Cc][Tt]:%s*[Mm][Aa][Ii][Ll][Tt][Oo]:([^%s?]+)')
        mail = mail and url_unescape(mail)
        clear_err()
        if mail and mail:find('^[^%s@<>"%c]+@[%w._\128-\255-]+%.[%w\128-\255-]+$') and not seen[mail] then
            seen[mail] = true
            db_add('email', { value=mail })
            if last_err() then return end
        end
    end
end

local ROBOTS = { ['user-agent']=true, allow=true, disallow=true, sitemap=true }
local SECURITY = { contact=true }

function run(arg)
    most = whole('max', '1000')
    if last_err() then return end
    local base = url_join(arg['value'], '/')
    if last_err() then return end
    -- once a site is enough
    if url_parse(arg['value'])['path'] ~= '/' then
        debug('only the first page of a site is asked for')
        return
    end

    local robots = get(url_join(base, '/robots.txt'), ROBOTS)
    if robots == false then
        return problem
    end
    if robots then
        take_robots(arg, base, robots)
        if last_err() then return end
    end
    local security = get(url_join(base, '/.well-known/security.txt'), SECURITY) or get(url_join(base, '/security.txt'), SECURITY)
    if security then
        take_security(security)
        if last_err() then return end
    end
    return problem
end
