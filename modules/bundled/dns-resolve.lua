-- Description: Addresses of subdomains
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

local function resolve(arg, kind)
    local reply = dns(arg['value'], { record=kind })
    if last_err() then return end
    if reply['error'] then
        return reply['error'] ~= 'NXDomain'
    end

    local found = false
    local i = 1
    while reply['answers'][i] do
        local address = reply['answers'][i][2][kind]
        if address then
            found = true
            local id = db_add('ipaddr', { value=address })
            if last_err() then return end
            if id then
                db_add('subdomain-ipaddr', { subdomain_id=arg['id'], ip_addr_id=id })
                if last_err() then return end
            end
        end
        i = i + 1
    end
    return found
end

function run(arg)
    local v4 = resolve(arg, 'A')
    if last_err() then return end
    local v6 = resolve(arg, 'AAAA')
    if last_err() then return end
    db_update('subdomain', arg, { resolvable=(v4 or v6) and true or false })
end
