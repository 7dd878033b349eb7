#include "line/given.h"

#include "base/mem.h"
#include "stream/addr.h"

int
given_option(struct str word, struct str *key, struct str *value,
    struct err *err)
{
	*value = word;
	*key = str_cut(value, '=');
	if (value->p != NULL)
		return 0;
	return err_usage(err, "-o takes KEY=VALUE, not '%.*s'", STR_ARG(word));
}

int
given_addr(const char *option, struct str text, struct err *err)
{
	struct addr addr;

	if (addr_read(text, &addr, err) == 0)
		return 0;
	return err_usage(err, "%s takes IP:PORT, not '%.*s'", option,
	    STR_ARG(text));
}

int
given_ns(const struct opt_texts *given, struct slot_texts *ns, struct err *err)
{
	for (size_t i = 0; i < given->n; i++) {
		if (given_addr("--nameserver", given->text[i], err) == -1)
			return -1;
	}
	*ns = (struct slot_texts){ given->text, given->n };
	return 0;
}

struct slot_texts
given_behind(struct pool *pool, const struct slot_texts *config,
    const struct opt_texts *given)
{
	size_t n = config->n + given->n;
	struct str *text = pool_array(pool, n, sizeof(*text));

	for (size_t i = 0; i < n; i++)
		text[i] = i < config->n ? config->text[i]
		                        : given->text[i - config->n];
	return (struct slot_texts){ text, n };
}
