-- Description: Fetches the icon of a site, keeps it as an image and logs its hashes
-- Version: 1.0.1
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

function run(arg)
    local url = icon_url(arg)
    if last_err() then return end

    local reply = http_send(http_request(session, 'GET', url, { timeout=10000, follow_redirects=3, into_blob=true }))
    if last_err() then
        local problem = last_err()
        clear_err()
        return url .. ': ' .. problem
    end
    if reply['status'] ~= 200 then
        debug(url .. ': ' .. reply['status'])
        return
    end

    local blob = reply['blob']
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
    info(url .. ' ' .. blob)
end
