/* A rule and a value, two lines: a rule that decides is the one there is. */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "model/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Column of the families that have rules. */
static const struct {
	const char *family, *column, *type;
} tried[] = {
	{ "subdomain", "value", "domain" },
	{ "netblock", "value", "ip" },
	{ "port", "ip_addr", "ip" },
	{ "url", "value", "url" },
};

/* The rule, or none of it. */
static bool
decides(const struct scope *scope, size_t i, struct str text)
{
	struct row row = { .model = model_by_family(str_of(tried[i].family)) };
	struct value *value = row_value(&row, tried[i].column);
	const struct scope_rule *rule;

	value->is_set = true;
	value->text = text;
	rule = scope_find(scope, &row);
	assert(rule == NULL || rule == scope_rule_at(scope, 0));
	return rule != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = str_view((const char *)p, n);
	struct str value = str_cut(&text, '\n');

	for (size_t i = 0; i < ARRAY_SIZE(tried); i++) {
		struct scope *scope = scope_new();

		if (scope_add(scope, str_of(tried[i].type), value, true,
			NULL) == 0) {
			/* an opaque origin is not even its own */
			assert(decides(scope, i, value) || i == 3);
			decides(scope, i, text);
		}
		scope_free(scope);
	}
	return 0;
}
