-- Description: Fetches the icon of a site, keeps it as an image and logs its hashes (MurmurHash3, too)
-- Version: 1.1.0
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

-- Page: https://blog.shodan.io/deep-dive-http-favicon/
-- Limits: one request a site

local session = http_mksession()

local function icon_url(arg)
    if not arg['body'] then
        return url_join(arg['value'], '/favicon.ico')
    end
    local link = html_select(utf8_decode(arg['body']), 'link[rel~="icon"][href]')
    if last_err() then
        clear_err()
        return url_join(arg['value'], '/favicon.ico')
    end
    return url_join(arg['value'], link['attrs']['href'])
end

-- As search engines of hosts index it (http.favicon.hash): of the base64 text in lines of 76.
local function favicon_hash(bytes)
    return murmur3((base64_encode(bytes):gsub(('.'):rep(76), '%0\n'):gsub('[^\n]$', '%0\n')))
end

-- A host is asked once: for its first page, which stands for the others from then on.
local function is_asked_elsewhere(arg)
    local first = url_join(arg['value'], '/')
    if last_err() then return end
    if arg['value'] == first then
        return false
    end
    local id = db_select('url', first)
    if last_err() then return end
    if id then
        return true
    end
    db_add('url', { subdomain_id=arg['subdomain_id'], value=first })
    return false
end

function run(arg)
    local is_done = is_asked_elsewhere(arg)
    if last_err() then return end
    if is_done then
        debug(arg['value'] .. ': asked for the first page of the host')
        return
    end

    local url = icon_url(arg)
    if last_err() then return end

    local reply = http_send(http_request(session, 'GET', url, { timeout=10000, follow_redirects=3, binary=true }))
    if last_err() then
        local problem = last_err()
        clear_err()
        return url .. ': ' .. problem
    end
    if reply['status'] ~= 200 then
        debug(url .. ': ' .. reply['status'])
        return
    end

    local blob = create_blob(reply['binary'])
    if last_err() then return end
    local img = img_load(blob)
    if last_err() then
        debug(url .. ' is no image: ' .. last_err())
        clear_err()
        return
    end
    db_add('image', {
        value=blob,
        filename=url_parse(url)['path']:match('([^/]+)$') or 'favicon.ico',
        mime=img['mime'],
        width=img['width'],
        height=img['height'],
        ahash=img_ahash(blob),
        dhash=img_dhash(blob),
        phash=img_phash(blob),
    })
    if last_err() then return end

    local hash = strval(favicon_hash(reply['binary'])):gsub('%.0$', '')
    info(url .. ' ' .. blob .. ' mmh3 ' .. hash)
    -- when a site shows an icon for the first time
    db_activity({
        topic='bundled/favicon-hash',
        time=sn0int_time(),
        uniq=url .. ' ' .. hash,
        content={ url=url, image=blob, mmh3=hash },
    })
end
