#include "ipc/child_options.h"

#include "base/mem.h"
#include "base/num.h"
#include "ipc/needs.h"
#include "stream/addr.h"

#define MOST_FD    1023
#define FIRST_FD   3
#define DOC_COLUMN 40

const struct child_option child_option_rows[] = {
	{ "spare", NULL, CHILD_OPTION_FLAG, AT(child_options, is_spare),
	    "complete the jail before the start line is read" },
	{ "needs", "NAME,NAME", CHILD_OPTION_NEEDS, AT(child_options, needs),
	    "plugins and data to load; \"none\" and \"all\" are names too" },
	{ "fetch", NULL, CHILD_OPTION_FLAG, AT(child_options, is_fetching),
	    "no module: do errands for the host" },
	{ "replay", NULL, CHILD_OPTION_FLAG, AT(child_options, is_replaying),
	    "no network: what came from outside is asked of the host" },
	{ "repl", NULL, CHILD_OPTION_FLAG, AT(child_options, is_repl),
	    "chunks of Lua come one by one, behind the module" },
	{ "control-fd", "NUMBER", CHILD_OPTION_FD,
	    AT(child_options, control_fd),
	    "the socket between our host and the broker" },
	{ "born", "UID:GID", CHILD_OPTION_BIRTH, AT(child_options, born),
	    "process 1 of namespaces that our host made; no outer half" },
	{ "ahead-fd", "NUMBER", CHILD_OPTION_FD, AT(child_options, ahead_fd),
	    "what was read of standard input by the program before" },
	{ "proxy", "IP:PORT", CHILD_OPTION_ADDR, AT(child_options, proxy),
	    "the SOCKS5 proxy of the broker" },
	{ "name-server", "IP:PORT", CHILD_OPTION_ADDRS,
	    AT(child_options, name_server), "one of its name servers" },
	{ "evidence", "off|digest|full", CHILD_OPTION_EVIDENCE,
	    AT(child_options, evidence),
	    "events about what it asks of the outside" },
	{ "limit", "NAME=VALUE", CHILD_OPTION_TEXTS, AT(child_options, limit),
	    "an amount that the run may use" },
	{ "allow-net", "WORD", CHILD_OPTION_TEXTS, AT(child_options, allow_net),
	    "addresses that the module may be connected to" },
	{ "deny-net", "WORD", CHILD_OPTION_TEXTS, AT(child_options, deny_net),
	    "addresses that it may not" },
	{ "sandbox-allow-missing", "LAYER", CHILD_OPTION_TEXTS,
	    AT(child_options, allow_missing),
	    "run even without this layer of the jail: filesystem, all" },
	{ "sandbox-audit", NULL, CHILD_OPTION_FLAG, AT(child_options, audit),
	    "NO PROTECTION: report what would be refused, and allow it" },
	{ NULL },
};

static void *
option_member(const struct child_options *o, const struct child_option *row)
{
	return (char *)o + row->at;
}

static int
check_limits(struct child_options *o, struct err *err)
{
	limits_init(&o->limits);
	for (size_t i = 0; i < o->limit.n; i++) {
		if (limits_set(&o->limits, o->limit.text[i], err) == -1)
			return -1;
	}
	return 0;
}

static int
check_missing(struct child_options *o, struct err *err)
{
	static const struct {
		const char *name;
		unsigned bit;
	} layer[] = {
		{ "filesystem", CHILD_MISSING_FILESYSTEM },
		{ "all", CHILD_MISSING_ALL },
	};

	o->missing = 0;
	for (size_t i = 0; i < o->allow_missing.n; i++) {
		struct str name = o->allow_missing.text[i];
		unsigned bit = 0;

		for (size_t k = 0; k < ARRAY_SIZE(layer); k++) {
			if (str_is(name, layer[k].name))
				bit = layer[k].bit;
		}
		if (bit == 0)
			return err_set(err,
			    "no layer that could be missing: \"%.*s\" "
			    "(filesystem, all)",
			    STR_ARG(name));
		o->missing |= bit;
	}
	return 0;
}

static int
check_fetching(const struct child_options *o, struct err *err)
{
	const unsigned needs = NEED_NET | NEED_BROKER;

	if (!o->is_fetching || (o->is_spare && o->needs == needs))
		return 0;
	return err_set(err, "--fetch goes with --spare and --needs=net,broker");
}

static int
check_evidence(const struct child_options *o, struct err *err)
{
	if (o->evidence == EVIDENCE_OFF)
		return 0;
	if (!o->is_spare)
		return err_set(err,
		    "evidence is for our own parent: --evidence goes with "
		    "--spare");
	if (o->is_fetching || o->is_replaying)
		return err_set(err,
		    "only what a module asks of the network is evidence: "
		    "--evidence goes with neither --fetch nor --replay");
	return 0;
}

static int
check_replaying(const struct child_options *o, struct err *err)
{
	if (!o->is_replaying ||
	    (o->is_spare && !o->is_fetching && (o->needs & NEED_BROKER) == 0))
		return 0;
	return err_set(err,
	    "--replay goes with --spare, and without --needs=broker");
}

static int
check_repl(const struct child_options *o, struct err *err)
{
	if (!o->is_repl || (o->is_spare && !o->is_fetching && !o->is_replaying))
		return 0;
	return err_set(err,
	    "--repl goes with --spare, and neither with --fetch nor --replay");
}

static int
check_broker(const struct child_options *o, struct err *err)
{
	if (o->control_fd != -1 &&
	    (!o->is_spare || (o->needs & NEED_BROKER) == 0))
		return err_set(err,
		    "--control-fd goes with --spare and --needs=broker");
	if (o->control_fd == -1 && o->is_spare && (o->needs & NEED_BROKER) != 0)
		return err_set(err,
		    "the broker of a spare is told what to do: --control-fd");
	if (o->control_fd == -1 &&
	    (o->proxy.p != NULL || o->name_server.n != 0))
		return err_set(err,
		    "--proxy and --name-server go with --control-fd: any other "
		    "parent names them in the start line");
	return 0;
}

static int
check_birth(const struct child_options *o, struct err *err)
{
	if (!o->born.is_nested ||
	    (o->is_spare && (o->needs & NEED_BROKER) == 0 && !o->audit))
		return 0;
	return err_set(err,
	    "--born goes with --spare, without a broker and --sandbox-audit");
}

int
child_options_check(struct child_options *o, struct err *err)
{
	if (check_limits(o, err) == -1 || check_missing(o, err) == -1)
		return -1;
	if (o->allow_net.n != 0)
		o->has_allow_net = true;
	if (o->is_spare && !o->has_needs)
		return err_set(err,
		    "a spare cannot look what it needs: --needs");
	if (o->is_spare && o->ahead_fd >= FIRST_FD)
		return err_set(err,
		    "a spare has read nothing before: --ahead-fd");
	if (check_evidence(o, err) == -1 || check_fetching(o, err) == -1 ||
	    check_replaying(o, err) == -1 || check_repl(o, err) == -1 ||
	    check_birth(o, err) == -1)
		return -1;
	return check_broker(o, err);
}

/* Words to come. */
struct words {
	const char **word;
	size_t n;
	struct pool *pool;
};

static void
add_word(struct words *w, const char *word)
{
	w->word = pool_push(w->pool, w->word, w->n, sizeof(*w->word));
	w->word[w->n++] = word;
}

static void
add_option(struct words *w, const struct child_option *row, struct str value)
{
	add_word(w,
	    pool_printf(w->pool, "--%s=%.*s", row->name, STR_ARG(value)));
}

static void
write_option(const struct child_options *o, const struct child_option *row,
    struct words *w)
{
	const struct slot_texts *texts = option_member(o, row);
	const struct str *addr = option_member(o, row);
	struct buf value = BUF_IN(w->pool);

	switch (row->kind) {
	case CHILD_OPTION_FLAG:
		if (*(bool *)option_member(o, row))
			add_word(w, pool_printf(w->pool, "--%s", row->name));
		return;
	case CHILD_OPTION_NEEDS:
		needs_write(&value, o->needs);
		if (o->has_needs)
			add_option(w, row, buf_str(&value));
		return;
	case CHILD_OPTION_EVIDENCE:
		if (o->evidence != EVIDENCE_OFF)
			add_option(w, row, str_of(evidence_name(o->evidence)));
		return;
	case CHILD_OPTION_FD:
		buf_add_int(&value, *(int *)option_member(o, row));
		if (*(int *)option_member(o, row) >= FIRST_FD)
			add_option(w, row, buf_str(&value));
		return;
	case CHILD_OPTION_BIRTH:
		buf_printf(&value, "%lu:%lu", (unsigned long)o->born.uid,
		    (unsigned long)o->born.gid);
		if (o->born.is_nested)
			add_option(w, row, buf_str(&value));
		return;
	case CHILD_OPTION_ADDR:
		if (addr->p != NULL)
			add_option(w, row, *addr);
		return;
	case CHILD_OPTION_ADDRS:
	case CHILD_OPTION_TEXTS:
		for (size_t i = 0; i < texts->n; i++)
			add_option(w, row, texts->text[i]);
		return;
	}
}

const char **
child_options_write(const struct child_options *o, struct pool *pool)
{
	struct words w = { .pool = pool };

	for (const struct child_option *row = child_option_rows;
	     row->name != NULL; row++)
		write_option(o, row, &w);
	add_word(&w, "--");
	add_word(&w, o->name);
	add_word(&w, NULL);
	return w.word;
}

static const struct child_option *
option_by_name(struct str name)
{
	for (const struct child_option *row = child_option_rows;
	     row->name != NULL; row++) {
		if (str_is(name, row->name))
			return row;
	}
	return NULL;
}

static void
add_text(struct slot_texts *texts, struct pool *pool, struct str text)
{
	struct str *all = pool_array(pool, texts->n + 1, sizeof(*all));

	if (texts->n != 0)
		memcpy(all, texts->text, texts->n * sizeof(*all));
	all[texts->n] = text;
	texts->text = all;
	texts->n++;
}

static int
read_fd(struct child_options *o, const struct child_option *row,
    struct str value, struct err *err)
{
	uint64_t fd;

	if (num_read_max(value, MOST_FD, &fd) == -1 || fd < FIRST_FD)
		return err_set(err, "--%s must be %d to %d, not \"%.*s\"",
		    row->name, FIRST_FD, MOST_FD, STR_ARG(value));
	*(int *)option_member(o, row) = (int)fd;
	return 0;
}

int
child_birth_read(struct child_birth *born, struct str text, struct err *err)
{
	struct str gid = text;
	struct str uid = str_cut(&gid, ':');
	uint64_t n[2];

	/* the highest number stands for nobody at all */
	if (num_read_max(uid, UINT32_MAX - 1, &n[0]) == -1 || gid.p == NULL ||
	    num_read_max(gid, UINT32_MAX - 1, &n[1]) == -1)
		return err_set(err, "--born must be a UID:GID, not \"%.*s\"",
		    STR_ARG(text));
	*born = (struct child_birth){ true, (uid_t)n[0], (gid_t)n[1] };
	return 0;
}

static int
check_addr(const struct child_option *row, struct str value, struct err *err)
{
	struct addr addr;

	if (addr_read(value, &addr, NULL) == 0)
		return 0;
	return err_set(err, "--%s must be an IP:PORT, not \"%.*s\"", row->name,
	    STR_ARG(value));
}

static int
read_option(struct child_options *o, const struct child_option *row,
    struct str value, struct pool *pool, struct err *err)
{
	switch (row->kind) {
	case CHILD_OPTION_FLAG:
		*(bool *)option_member(o, row) = true;
		return 0;
	case CHILD_OPTION_NEEDS:
		o->has_needs = true;
		return needs_read(value, &o->needs, err);
	case CHILD_OPTION_EVIDENCE:
		return evidence_by_name(value, &o->evidence, err);
	case CHILD_OPTION_FD:
		return read_fd(o, row, value, err);
	case CHILD_OPTION_BIRTH:
		return child_birth_read(&o->born, value, err);
	case CHILD_OPTION_ADDR:
		if (check_addr(row, value, err) == -1)
			return -1;
		*(struct str *)option_member(o, row) = value;
		return 0;
	case CHILD_OPTION_ADDRS:
		if (check_addr(row, value, err) == -1)
			return -1;
		add_text(option_member(o, row), pool, value);
		return 0;
	case CHILD_OPTION_TEXTS:
		add_text(option_member(o, row), pool, value);
		return 0;
	}
	return 0;
}

/* The option at *word, with its operand there or in the next one. */
static int
read_word(struct child_options *o, char *const **word, struct pool *pool,
    struct err *err)
{
	struct str value = str_from(str_of(**word), 2);
	struct str name = str_cut(&value, '=');
	const struct child_option *row = option_by_name(name);

	if (row == NULL)
		return err_set(err, "no such option: \"%s\"", **word);
	if (row->operand == NULL && value.p != NULL)
		return err_set(err, "--%s takes no value", row->name);
	if (row->operand != NULL && value.p == NULL) {
		if ((*word)[1] == NULL)
			return err_set(err, "--%s needs a value: %s", row->name,
			    row->operand);
		value = str_of(*++*word);
	}
	return read_option(o, row, value, pool, err);
}

int
child_options_read(struct child_options *o, char *const *word,
    struct pool *pool, struct err *err)
{
	for (; *word != NULL && strncmp(*word, "--", 2) == 0; word++) {
		if ((*word)[2] == '\0') {
			word++;
			break;
		}
		if (read_word(o, &word, pool, err) == -1)
			return -1;
	}
	if (*word == NULL || word[1] != NULL)
		return err_set(err, "the sandbox takes one label");
	o->name = *word;
	return child_options_check(o, err);
}

void
child_options_help(struct buf *out)
{
	for (const struct child_option *row = child_option_rows;
	     row->name != NULL; row++) {
		size_t from = out->n;

		buf_printf(out, "    --%s", row->name);
		if (row->operand != NULL)
			buf_printf(out, "=%s", row->operand);
		while (out->n - from < DOC_COLUMN)
			buf_add_char(out, ' ');
		buf_printf(out, "%s\n", row->doc);
	}
}
