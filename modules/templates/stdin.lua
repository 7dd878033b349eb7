-- Description: Addresses and names out of lines "ADDRESS NAME" of standard input
-- Version: 0.1.0
-- License: GPL-3.0
-- Stealth: offline

local function add(ip, name)
    local domain = psl_domain_from_dns_name(name)
    if last_err() then return end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return end
    local subdomain_id = db_add('subdomain', { domain_id=domain_id, value=name })
    if last_err() then return end
    local ip_id = db_add('ipaddr', { value=ip })
    if last_err() or not subdomain_id or not ip_id then return end
    db_add('subdomain-ipaddr', { subdomain_id=subdomain_id, ip_addr_id=ip_id })
end

function run()
    local n = 0
    local line = stdin_read_line()
    while line and not last_err() do
        n = n + 1
        local ip, name = line:match('^(%S+)%s+(%S+)%s*$')
        if ip then
            add(ip, name:lower())
            -- one bad line does not end it
            if last_err() then
                warn('line ' .. n .. ': ' .. last_err())
                clear_err()
            end
        elseif line:match('%S') then
            warn('line ' .. n .. ' is no address and name')
        end
        line = stdin_read_line()
    end
end
