-- Description: Subdomains with their addresses, from RapidDNS
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: none found; the table of https://rapiddns.io/subdomain/DOMAIN is read
-- Limits: none said; pages are made for people and may change
-- Option: server = https://rapiddns.io, where to ask
-- Option: pages = 10, ask for at most so many pages of a domain

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://rapiddns.io'
local ids = {}

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- an address as it is, nil for what is none
local function address(ip)
    local v6 = ip:find(':', 1, true)
    if ip == '' or ip:find(v6 and '[^%x:.]' or '[^%d.]') then return end
    local url = url_parse('http://' .. (v6 and '[' .. ip .. ']' or ip) .. '/')
    if not url then clear_err() return end
    return (v6 or url['host'] == ip) and ip or nil
end

-- the id of a row, 0 if it is out of scope
local function row(family, object)
    local key = family .. ' ' .. object['value']
    if not ids[key] then ids[key] = db_add(family, object) or 0 end
    return ids[key]
end

-- a name of the domain, nil for all else
local function below(arg, name)
    name = name:lower():gsub('%.$', '')
    if ('.' .. name):sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    return name
end

local function add(arg, name, value, kind)
    name = below(arg, name)
    if not name then return end
    local subdomain = row('subdomain', { domain_id=arg['id'], value=name })
    -- CNAME and others have a name there
    local ip = (kind == 'A' or kind == 'AAAA') and address(value)
    if last_err() or subdomain == 0 or not ip then return end
    local ipaddr = row('ipaddr', { value=ip })
    if last_err() or ipaddr == 0 or ids[name .. ' ' .. ip] then return end
    ids[name .. ' ' .. ip] = db_add('subdomain-ipaddr', { subdomain_id=subdomain, ip_addr_id=ipaddr })
end

-- the cells of a row without the marks in them: name, value, kind and maybe a date
local function cells(html)
    local list = {}
    for cell in html:gmatch('<td[^>]*>(.-)</td>') do
        list[#list + 1] = cell:gsub('<[^>]*>', ''):match('^%s*(.-)%s*$')
    end
    return list
end

local function ask(arg, page)
    ratelimit_throttle('rapiddns.io', 1, 2000)
    local url = server .. '/subdomain/' .. url_escape(arg['value'])
    local reply = http_fetch(http_request(http_mksession(), 'GET', url, {
        query={ full='1', page=strval(page) },
        timeout=60000,
    }))
    if last_err() then return end
    local tables = html_select_list(reply['text'], 'table tbody')
    if last_err() then return end
    -- an error may come with status 200, and so does a question whether one is human
    if not tables[1] then return fail('a page without a table', reply['text']) end
    return tables[1]['html'], reply['text']
end

-- the highest page that is linked
local function last_page(html)
    local last = 1
    for number in html:gmatch('[?&;]page=(%d+)') do
        if #number < 7 and intval(number) > last then last = intval(number) end
    end
    return last
end

function run(arg)
    local pages = whole('pages', '10')
    if last_err() then return end
    local page, last = 1, 1
    while page <= last do
        if page > pages then return warn('there are more than ' .. pages .. ' pages about ' .. arg['value']) end
        local rows, html = ask(arg, page)
        if last_err() then return end
        for line in rows:gmatch('<tr[^>]*>(.-)</tr>') do
            -- a name has 253 bytes at most: what is longer is none, and takes its time
            local cell = #line < 4000 and cells(line) or {}
            if cell[3] then add(arg, cell[1], cell[2], cell[3]) end
            if last_err() then return end
        end
        if page == 1 then last = last_page(html) end
        page = page + 1
    end
end
