-- Description: Names of hosts and e-mail addresses out of a text on standard input
-- Version: 1.0.0
-- License: GPL-3.0
-- Stealth: offline

-- Runs-In: sn0int 0.26.1
-- sn0int run -f harvest.lua --stdin < access.log
-- Option: within, only names of this domain and below it

local HOST = '(?i)\\b(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}\\b'
local MAIL = '(?i)\\b[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}\\b'

local seen = {}
local within = getopt('within')

local function is_wanted(name)
    if not within then
        return true
    end
    return name == within or name:sub(-#within - 1) == '.' .. within
end

local function add_host(name)
    name = name:lower()
    if seen[name] or not is_wanted(name) then
        return
    end
    seen[name] = true

    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        clear_err()
        return
    end
    -- a file name such as report.txt has no registrable part
    if domain == name and not name:find('%.') then
        return
    end

    local domain_id = db_add('domain', { value=domain })
    if not domain_id or last_err() or domain == name then
        return
    end
    db_add('subdomain', { domain_id=domain_id, value=name })
end

local function add_mail(address)
    address = address:lower()
    if seen[address] then
        return
    end
    seen[address] = true
    local host = address:match('@(.*)$')
    if is_wanted(host) then
        db_add('email', { value=address })
    end
    add_host(host)
end

function run()
    local lines = 0
    while true do
        local line = stdin_read_line()
        if last_err() or not line then
            break
        end
        lines = lines + 1

        local mails = regex_find_all(MAIL, line)
        local i = 1
        while mails[i] do
            add_mail(mails[i][1])
            i = i + 1
        end

        -- what stands before an @ is no host
        local hosts = regex_find_all(HOST, (line:gsub('[%w._%%+-]+@', ' ')))
        i = 1
        while hosts[i] do
            add_host(hosts[i][1])
            i = i + 1
        end
    end
    if not last_err() then
        info(lines .. ' lines read')
    end
end
