-- Description: Fetches the icon of a site, keeps it as an image and logs its hashes (MurmurHash3, too)
-- Version: 1.2.0
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

-- Page: https://blog.shodan.io/deep-dive-http-favicon/
-- Limits: one request a site

local session = http_mksession()

local MOST_BYTES = 5000000

local function icon_url(arg)
    if not arg['body'] then
        return url_join(arg['value'], '/favicon.ico')
    end
    local link = html_select(utf8_decode(arg['body']), 'link[rel~="icon"][href]')
    local url = link and not last_err() and url_join(arg['value'], link['attrs']['href'])
    if last_err() then
        clear_err()
        return url_join(arg['value'], '/favicon.ico')
    end
    return url
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

local function is_page(kind, bytes)
    local head = {}
    for i = 1, 100 do
        head[i] = bytes[i]
    end
    head = text_decode(head, 'windows-1252'):lower()
    return kind:lower():find('html', 1, true) or head:find('^%s*<!doctype html') or head:find('^%s*<html')
end

-- What stands there; nil if there is nothing, or only the page with which many sites answer everything.
local function get(url)
    local reply = http_send(http_request(session, 'GET', url, { timeout=10000, follow_redirects=3, binary=true }))
    if last_err() then
        local problem = last_err()
        clear_err()
        return set_err(url:sub(1, 300) .. ': ' .. problem)
    end
    local status, bytes = reply['status'], reply['binary']
    if status == 404 or status == 410 then
        debug(url .. ': there is none')
    elseif status ~= 200 then
        local wait = reply['headers']['retry-after']
        set_err(url:sub(1, 300) .. ': status ' .. strval(status):gsub('%.0$', '') .. (wait and ', try again after ' .. wait:sub(1, 40) or ''))
    elseif #bytes > MOST_BYTES then
        set_err(url:sub(1, 300) .. ' is longer than ' .. MOST_BYTES .. ' bytes')
    elseif #bytes == 0 or is_page(reply['headers']['content-type'] or '', bytes) then
        debug(url .. ' is no image')
    else
        return bytes
    end
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

    if url:find('^data:') then
        if url:find(',$') then
            debug(arg['value'] .. ' says that it has none')
            return
        end
        return arg['value'] .. ': its icon stands in the page itself, where it is not looked at'
    end
    local bytes = get(url)
    if last_err() or not bytes then return end

    local blob = create_blob(bytes)
    if last_err() then return end
    local img = img_load(blob)
    local hashes = img and { img_ahash(blob), img_dhash(blob), img_phash(blob) }
    if last_err() then
        local problem = last_err()
        clear_err()
        return url:sub(1, 300) .. ' is no image that can be read: ' .. problem
    end
    db_add('image', {
        value=blob,
        filename=url_parse(url)['path']:match('([^/]+)$') or 'favicon.ico',
        mime=img['mime'],
        width=img['width'],
        height=img['height'],
        ahash=hashes[1],
        dhash=hashes[2],
        phash=hashes[3],
    })
    if last_err() then return end

    local hash = strval(favicon_hash(bytes)):gsub('%.0$', '')
    info(url .. ' ' .. blob .. ' mmh3 ' .. hash)
    -- when a site shows an icon for the first time
    db_activity({
        topic='bundled/favicon-hash',
        time=sn0int_time(),
        uniq=url .. ' ' .. hash,
        content={ url=url, image=blob, mmh3=hash },
    })
end
