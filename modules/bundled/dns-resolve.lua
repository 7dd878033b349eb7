-- Description: Addresses of subdomains
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc1035
-- Limits: two questions a name

local function add(arg, address)
    local id = db_add('ipaddr', { value=address })
    if last_err() or not id then return end
    db_add('subdomain-ipaddr', { subdomain_id=arg['id'], ip_addr_id=id })
end

-- Whether it has some, or nil and why that is not known. That there is no such name is an answer, all other codes are
-- none. is_silent: nobody said even that.
local function resolve(arg, kind)
    local reply = dns(arg['value'], { record=kind })
    local why = last_err()
    clear_err()
    local is_silent = why ~= nil
    if not why and reply['error'] ~= 'NXDomain' then
        why = reply['error']
    end
    if why then
        return nil, 'cannot ask for ' .. kind .. ' of ' .. arg['value'] .. ': ' .. why, is_silent
    end
    if reply['error'] then
        return false
    end
    local found = false
    local i = 1
    while reply['answers'][i] do
        local address = reply['answers'][i][2][kind]
        if address then
            found = true
            add(arg, address)
            if last_err() then return end
        end
        i = i + 1
    end
    return found
end

function run(arg)
    local v4, problem, is_silent = resolve(arg, 'A')
    if last_err() then return end
    -- the other one would wait as long
    if is_silent then return problem end
    local v6, other = resolve(arg, 'AAAA')
    if last_err() then return end
    if v4 or v6 then
        db_update('subdomain', arg, { resolvable=true })
    elseif v4 == false and v6 == false then
        db_update('subdomain', arg, { resolvable=false })
    end
    if last_err() then return end
    return problem or other
end
