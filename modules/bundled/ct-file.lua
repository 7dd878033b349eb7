-- Description: Hosts out of a saved certificate transparency search (crt.sh, JSON) on standard input
-- Version: 1.0.2
-- License: GPL-3.0
-- Stealth: offline

-- Runs-In: sn0int 0.26.1
-- curl 'https://crt.sh/?q=example.com&output=json' > ct.json
-- sn0int run -f ct-file.lua --stdin < ct.json

local seen = {}

local function add(name)
    name = name:lower():gsub('^%*%.', '')
    -- "192.0.2.1" is an address
    if seen[name] or name:find('[^%w._\128-\255-]') or not name:find('%.') or name:find('%.%d+$') then
        return
    end
    seen[name] = true

    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        warn('not a name: ' .. name)
        clear_err()
        return
    end
    local domain_id = db_add('domain', { value=domain })
    if domain_id and not last_err() and domain ~= name then
        db_add('subdomain', { domain_id=domain_id, value=name })
    end
end

function run()
    local text = stdin_read_to_end()
    if last_err() then return end
    if not text then return 'standard input is empty' end

    local certs = json_decode(text)
    if last_err() then return end
    if not text:match('^%s*%[') then
        return 'no list of certificates: ' .. text:sub(1, 100)
    end

    local i = 1
    while certs[i] do
        local names = certs[i]['name_value'] or ''
        for name in names:gmatch('[^\n]+') do
            add(name)
            if last_err() then return end
        end
        i = i + 1
    end
    info((i - 1) .. ' certificates read')
end
