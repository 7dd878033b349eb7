-- Description: Subdomains with their addresses, from HackerTarget
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Keyring-Access: hackertarget
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://hackertarget.com/ip-tools/
-- Limits: without a key a small number of questions a day for an address of yours, then "API count exceeded"
-- Option: server = https://api.hackertarget.com, where to ask
-- Option: max = 10000, take at most so many lines
-- Options: optional-key

-- keyring add hackertarget:NAME API_KEY

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://api.hackertarget.com'
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

local function add(arg, name, ip)
    name = name:lower()
    if ('.' .. name):sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    local subdomain = row('subdomain', { domain_id=arg['id'], value=name })
    ip = address(ip)
    if last_err() or not ip then return end
    local ipaddr = row('ipaddr', { value=ip })
    if last_err() or subdomain == 0 or ipaddr == 0 or ids[name .. ' ' .. ip] then return end
    ids[name .. ' ' .. ip] = db_add('subdomain-ipaddr', { subdomain_id=subdomain, ip_addr_id=ipaddr })
end

local function ask(arg)
    ratelimit_throttle('api.hackertarget.com', 1, 1000)
    local key = keyring('hackertarget')[1]
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/hostsearch/', {
        query={ q=arg['value'], apikey=key and key['secret_key'] },
        timeout=60000,
    }))
    return reply and reply['text']
end

function run(arg)
    local max = whole('max', '10000')
    if last_err() then return end
    local reply = ask(arg)
    if last_err() then return end
    -- that there is nothing, and all errors, are sentences with status 200
    if reply:lower():match('^%s*no records found') or reply:lower():match('^%s*no dns a records') then return end

    local n, odd = 0, nil
    for line in reply:gmatch('[^\r\n]+') do
        local name, ip = line:match('^([^,%s]+),([%x:.]+)%s*$')
        if not name then
            odd = odd or line
        elseif n == max then
            return warn('there are more than ' .. max .. ' names of ' .. arg['value'])
        else
            n = n + 1
            add(arg, name, ip)
            if last_err() then return end
        end
    end
    if odd or n == 0 then fail('no list of hosts', odd or reply) end
end
