/*
 * A key is granted to a text. One that comes after it and may nothing more keeps
 * it: so an update that mends a typing error asks nobody. What the old text might
 * is stored, for the text itself is gone by then.
 */
#include "enforce/consent.h"
#include "enforce/enforce.h"
#include "reach/reach.h"

int
enforce_note_granted(const struct program *p, const struct module *module,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct permissions now;
	struct consent_change change = { .module = module->id,
		.sha256 = module_sha256(module, &pool) };
	struct json may;

	reach_module(&pool, module, &now);
	may = permissions_json(&pool, &now);
	change.may = &may;
	return consent_change(p->paths.permissions, &change, err);
}

int
enforce_may_keep(const struct program *p, const struct module *module,
    struct str granted, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct permissions was, now;
	const struct json *may;
	struct json all;

	/* what nobody keeps it to says nothing of what it does */
	if (p->config.permissions_kind == PERMISSIONS_OFF || granted.p == NULL)
		return 0;
	if (consent_load(p->paths.permissions, &pool, &all, err) == -1)
		return -1;
	may = consent_may(&all, module->id, granted);
	if (may == NULL || permissions_read(&pool, may, &was, err) == -1)
		return may == NULL ? 0 : -1;
	reach_module(&pool, module, &now);
	return permissions_compare(&was, &now, NULL) != PERMISSIONS_GREW;
}
