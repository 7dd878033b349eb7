-- Description: Addresses of subdomains
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc1035
-- Limits: two questions a name

-- true or false, or nil where the servers did not say
local function resolve(arg, kind)
    local reply = dns(arg['value'], { record=kind })
    if last_err() then return end
    if reply['error'] == 'NXDomain' then
        return false
    end
    if reply['error'] then
        debug(kind .. ': ' .. reply['error'])
        return
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
    if v4 or v6 then
        db_update('subdomain', arg, { resolvable=true })
    elseif v4 == false and v6 == false then
        db_update('subdomain', arg, { resolvable=false })
    end
end
