-- Description: Fetches the icon of a site, keeps it as an image and logs its hashes (MurmurHash3, too)
-- Version: 1.1.0
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

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

-- MurmurHash3 of 32 bits, as a signed number.
local function mmh3(text)
    local h, last = 0, #text - #text % 4
    local function scramble(k)
        k = k * 0xcc9e2d51 & 0xffffffff
        k = (k << 15 | k >> 17) & 0xffffffff
        return k * 0x1b873593 & 0xffffffff
    end
    for i = 1, last, 4 do
        local a, b, c, d = text:byte(i, i + 3)
        h = h ~ scramble(a | b << 8 | c << 16 | d << 24)
        h = (h << 13 | h >> 19) & 0xffffffff
        h = h * 5 + 0xe6546b64 & 0xffffffff
    end
    local a, b, c = text:byte(last + 1, #text)
    h = h ~ scramble((a or 0) | (b or 0) << 8 | (c or 0) << 16) ~ #text
    h = (h ~ h >> 16) * 0x85ebca6b & 0xffffffff
    h = (h ~ h >> 13) * 0xc2b2ae35 & 0xffffffff
    h = h ~ h >> 16
    return h < 0x80000000 and h or h - 0x100000000
end

-- As search engines of hosts index it (http.favicon.hash): of the base64 text in lines of 76.
local function favicon_hash(bytes)
    return mmh3((base64_encode(bytes):gsub(('.'):rep(76), '%0\n'):gsub('[^\n]$', '%0\n')))
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
