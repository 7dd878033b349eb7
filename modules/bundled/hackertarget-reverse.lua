-- Description: Names that have an address, from HackerTarget
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Keyring-Access: hackertarget
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://hackertarget.com/ip-tools/
-- Limits: without a key a small number of questions a day for an address of yours, then "API count exceeded"
-- Option: server = https://api.hackertarget.com, where to ask
-- Option: max = 1000, take at most so many lines
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
local seen = {}

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- the name of a host in lower case, nil for what is none: an address, a wildcard, a name of reverse DNS
local function hostname(name)
    name = name:lower():gsub('%.$', '')
    if #name > 253 or name:find('[^%w._-]') or name:find('^%.') or name:find('..', 1, true) then return end
    if not name:find('%.%w*%a[%w-]*$') or name:find('%.arpa$') then return end
    return name
end

local function add(arg, name)
    if seen[name] then return end
    seen[name] = true
    -- a public suffix is nobody's domain
    local domain = psl_domain_from_dns_name('x.' .. name)
    if last_err() or domain == 'x.' .. name then return end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return end
    local id = db_add('subdomain', { domain_id=domain_id, value=name })
    if last_err() or not id then return end
    db_add('subdomain-ipaddr', { subdomain_id=id, ip_addr_id=arg['id'] })
end

local function ask(arg)
    ratelimit_throttle('api.hackertarget.com', 1, 1000)
    local key = keyring('hackertarget')[1]
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/reverseiplookup/', {
        query={ q=arg['value'], apikey=key and key['secret_key'] },
        timeout=60000,
    }))
    return reply and reply['text']
end

function run(arg)
    local max = whole('max', '1000')
    if last_err() then return end
    local reply = ask(arg)
    if last_err() then return end
    -- that there is nothing, and all errors, are sentences with status 200
    if reply:lower():match('^%s*no records found') or reply:lower():match('^%s*no dns a records') then return end

    local n, odd = 0, nil
    for line in reply:gmatch('[^\r\n]+') do
        local name = line:match('^%s*(%S+)%s*$')
        if not name or name:find('[^%w.*_-]') or not name:find('.', 1, true) then
            odd = odd or line
        elseif n == max then
            return warn('there are more than ' .. max .. ' names with ' .. arg['value'])
        elseif hostname(name) then
            n = n + 1
            add(arg, hostname(name))
            if last_err() then return end
        end
    end
    if odd or reply:match('^%s*$') then fail('no list of names', odd or reply) end
end
