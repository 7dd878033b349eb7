#include "enforce/word.h"

#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"
#include "gate/target.h"

static const char *const names[WORD_KINDS + 1] = {
	[WORD_NET] = "net",
	[WORD_DNS] = "dns",
	[WORD_FAMILY] = "family",
	[WORD_STDIN] = "stdin",
	[WORD_BLOBS] = "blobs",
	[WORD_ACTIVITY] = "activity",
	[WORD_RATELIMIT] = "ratelimit",
};

/* ":443" at the end of a name; 0 without one. */
static int
cut_port(struct str *host, uint16_t *port, struct err *err)
{
	size_t at = str_rfind_char(*host, ':');
	uint64_t n;

	*port = 0;
	if (at == STR_NPOS)
		return 0;
	if (num_read_max(str_from(*host, at + 1), UINT16_MAX, &n) == -1 ||
	    n == 0)
		return err_set(err, "no such port: %.*s", STR_ARG(*host));
	*port = (uint16_t)n;
	host->n = at;
	return 0;
}

/* Does it look like an address, or a block of them? */
static bool
is_numeric(struct str text)
{
	struct str rest = text, host = str_cut(&rest, '/');

	if (rest.p != NULL || (text.n != 0 && text.p[0] == '['))
		return true;
	if (str_find_char(host, ':') == str_rfind_char(host, ':'))
		host = str_cut(&host, ':');
	else
		return true;
	return hostname_ends_in_number(host);
}

static int
read_block(struct str text, struct permit *out, struct err *err)
{
	struct rule rule;

	if (rule_read(text, &rule, err) == -1)
		return -1;
	if (!rule.is_block)
		return err_set(err, "no such address block: %.*s",
		    STR_ARG(text));
	*out = (struct permit){ .kind = PERMIT_BLOCK,
		.port = rule.port,
		.block = rule.block };
	return 0;
}

static int
read_net(struct str text, struct pool *pool, struct permit *out,
    struct err *err)
{
	struct permit net = { .kind = PERMIT_NAME };
	struct target target;

	if (is_numeric(text))
		return read_block(text, out, err);
	if (cut_port(&text, &net.port, err) == -1)
		return -1;
	if (str_is(text, "any")) {
		net.kind = PERMIT_ANY;
		*out = net;
		return 0;
	}
	if (str_starts(text, STR("*."))) {
		net.kind = PERMIT_BELOW;
		text = str_from(text, 2);
	}
	if (target_read(text, 0, &target, err) == -1)
		return -1;
	net.name = pool_copy(pool, target_text(&target));
	*out = net;
	return 0;
}

static int
read_family(struct str text, struct word *out, struct err *err)
{
	out->model = model_by_family(text);
	if (out->model == NULL)
		out->model = model_by_table(text);
	if (out->model == NULL)
		return err_set(err, "there is no family %.*s", STR_ARG(text));
	return 0;
}

static const char *
name_at(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static int
fail_unknown(struct str text, struct err *err)
{
	struct str rest = text;
	const char *closest = closest_name(str_cut(&rest, '='), name_at, names);

	if (closest != NULL)
		return err_set(err,
		    "no such permission: %.*s, did you mean %s?", STR_ARG(text),
		    closest);
	return err_set(err,
	    "no such permission: %.*s (net=HOST:PORT, net=any, dns, "
	    "family=NAME, stdin, blobs, activity, ratelimit)",
	    STR_ARG(text));
}

int
word_read(struct str text, struct pool *pool, struct word *out, struct err *err)
{
	struct str value = text, name = str_cut(&value, '=');
	struct word word = { 0 };

	if (text.n > WORD_MAX)
		return err_set(err, "a permission of %zu bytes, more than %d",
		    text.n, WORD_MAX);
	while (word.kind < WORD_KINDS && !str_is(name, names[word.kind]))
		word.kind++;
	if (word.kind == WORD_KINDS)
		return fail_unknown(text, err);
	if (word.kind != WORD_NET && word.kind != WORD_FAMILY) {
		if (value.p != NULL)
			return err_set(err, "%.*s has no value: %.*s",
			    STR_ARG(name), STR_ARG(text));
	} else if (value.n == 0) {
		return err_set(err, "%.*s needs a value: %s", STR_ARG(name),
		    word.kind == WORD_NET ? "net=HOST:PORT" : "family=NAME");
	} else if (word.kind == WORD_NET) {
		if (read_net(value, pool, &word.net, err) == -1)
			return err_wrap(err, "not a permission: %.*s",
			    STR_ARG(text));
	} else if (read_family(value, &word, err) == -1) {
		return -1;
	}
	*out = word;
	return 0;
}

static void
write_block(struct buf *out, const struct permit *net)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr = addr_ip6(net->block.ip, 0);
	unsigned most = net->block.is_ip4 ? 32 : 128,
		 bits = net->block.bits - (128 - most);
	bool has_brackets = most == 128 && net->port != 0;

	buf_printf(out, "%s%s", has_brackets ? "[" : "",
	    addr_ip_text(&addr, text));
	if (has_brackets)
		buf_add_char(out, ']');
	if (bits != most)
		buf_printf(out, "/%u", bits);
}

static void
write_net(struct buf *out, const struct permit *net)
{
	if (net->kind == PERMIT_ANY)
		buf_add(out, STR("any"));
	else if (net->kind == PERMIT_BLOCK)
		write_block(out, net);
	else
		buf_printf(out, "%s%.*s", net->kind == PERMIT_BELOW ? "*." : "",
		    STR_ARG(net->name));
	if (net->port != 0)
		buf_printf(out, ":%u", (unsigned)net->port);
}

void
word_write(struct buf *out, const struct word *word)
{
	buf_add(out, str_of(names[word->kind]));
	if (word->kind == WORD_NET || word->kind == WORD_FAMILY)
		buf_add_char(out, '=');
	if (word->kind == WORD_NET)
		write_net(out, &word->net);
	else if (word->kind == WORD_FAMILY)
		buf_add(out, str_of(word->model->family));
}

int
word_normal(struct str text, struct pool *pool, struct str *out,
    struct err *err)
{
	struct buf normal = BUF_IN(pool);
	struct word word;

	if (word_read(text, pool, &word, err) == -1)
		return -1;
	word_write(&normal, &word);
	*out = buf_str(&normal);
	return 0;
}
