/* add: rows by hand. Images are in add_image.c. */
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "line/cmd.h"
#include "line/typed.h"
#include "model/scope.h"
#include "program/suffix.h"
#include "rows/add_image.h"
#include "stream/addr.h"
#include "term/term.h"
#include "url/ip.h"
#include "url/url.h"
#include "value/quote.h"

#define OPERANDS 3

struct add_opts {
	bool dry_run, has_stdin;
};

/* One row that is being added, and what it stands on. */
struct add {
	struct program *p;
	const struct db_author *author;
	struct pool *pool;
	struct json fields;
	struct str word[OPERANDS]; /* p NULL: not given */
};

struct operand {
	const char *field; /* of the model; NULL: `prepare` reads it */
	const char *question;
	bool may_be_empty;
};

/* A family that can be added. */
struct addable {
	const char *family;
	const char *operands;
	struct operand operand[OPERANDS];
	bool from_stdin, needs_suffixes;

	/* Refuses what a person cannot have meant. */
	int (*check)(struct add *add, struct err *err);

	/* Fills in what does not come from an operand as it is; may be NULL. */
	int (*prepare)(struct add *add, struct err *err);

	/* A line of stdin is two operands, with this between; '\0': one. */
	char between;

	/* From files, in place of all that; NULL: it is not. */
	int (*add_files)(struct program *p, const struct str *path, size_t n,
	    bool dry_run, struct err *err);
};

static void
set_field(struct add *add, const char *field, struct json value)
{
	(void)json_set(add->pool, &add->fields, str_of(field), value);
}

static int store_row(struct add *add, const char *family, struct json fields,
    int32_t *id, struct err *err);

/* A domain by its name; out of scope is an error. */
static int
store_domain(struct add *add, struct str name, int32_t *id, struct err *err)
{
	struct json fields = json_map();

	(void)json_set(add->pool, &fields, STR("value"), json_str(name));
	return store_row(add, "domain", fields, id, err);
}

static int
store_subdomain(struct add *add, struct str name, int32_t *id, struct err *err)
{
	struct json fields = json_map();
	struct str domain;
	int32_t domain_id;

	if (suffix_domain(add->p, name, &domain, err) == -1 ||
	    store_domain(add, domain, &domain_id, err) == -1)
		return -1;
	(void)json_set(add->pool, &fields, STR("domain_id"),
	    json_int(domain_id));
	(void)json_set(add->pool, &fields, STR("value"), json_str(name));
	return store_row(add, "subdomain", fields, id, err);
}

static int
prepare_domain(struct add *add, struct err *err)
{
	struct str name = add->word[0], domain;

	if (suffix_domain(add->p, name, &domain, err) == -1)
		return -1;
	if (!str_eq(name, domain))
		return err_set(err,
		    "%.*s has a subdomain part: add it as a subdomain",
		    STR_ARG(name));
	return 0;
}

static int
prepare_subdomain(struct add *add, struct err *err)
{
	struct str domain;
	int32_t id;

	if (suffix_domain(add->p, add->word[0], &domain, err) == -1 ||
	    store_domain(add, domain, &id, err) == -1)
		return -1;
	set_field(add, "domain_id", json_int(id));
	return 0;
}

static int
prepare_url(struct add *add, struct err *err)
{
	struct url url;
	int32_t id;

	if (url_parse(add->pool, add->word[0], NULL, &url, err) == -1)
		return -1;
	if (url.host_kind != URL_HOST_DOMAIN || url.host.n == 0)
		return err_set(err, "the host of a url must be a name");
	if (store_subdomain(add, url.host, &id, err) == -1)
		return -1;
	set_field(add, "subdomain_id", json_int(id));
	return 0;
}

/* "192.0.2.1:80", "[::1]:53" */
static int
prepare_port(struct add *add, struct err *err)
{
	struct json fields = json_map();
	char text[ADDR_TEXT_MAX];
	struct addr addr;
	int32_t id;

	if (addr_read(add->word[1], &addr, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	(void)json_set(add->pool, &fields, STR("value"),
	    json_str(pool_copy(add->pool, str_of(addr_ip_text(&addr, text)))));
	if (store_row(add, "ipaddr", fields, &id, err) == -1)
		return -1;
	set_field(add, "ip_addr_id", json_int(id));
	set_field(add, "ip_addr", fields.map.member[0].value);
	set_field(add, "port", json_int(addr.port));
	return 0;
}

static int
prepare_network(struct add *add, struct err *err)
{
	static const char *const field[] = { NULL, "latitude", "longitude" };

	for (size_t i = 1; i < OPERANDS; i++) {
		double d;

		if (add->word[i].p == NULL || add->word[i].n == 0)
			continue;
		if (num_read_double(add->word[i], &d) == -1)
			return err_usage(err, "%s is a number, not '%.*s'",
			    field[i], STR_ARG(add->word[i]));
		if (!(d >= -90.0 * (double)i && d <= 90.0 * (double)i))
			return err_usage(err,
			    "%s is from -%d to %d, not '%.*s'", field[i],
			    (int)(90 * i), (int)(90 * i),
			    STR_ARG(add->word[i]));
		set_field(add, field[i], json_double(d));
	}
	return 0;
}

/*
 * What a person types is checked here, and only here: rows of modules stay as
 * the reference program has them.
 */
static int
check_domain(struct add *add, struct err *err)
{
	return typed_name(add->word[0], "domain", err);
}

static int
check_subdomain(struct add *add, struct err *err)
{
	return typed_name(add->word[0], "subdomain", err);
}

/* The status that the reference program has for it. */
static int
check_ipaddr(struct add *add, struct err *err)
{
	if (typed_ip(add->word[0], err) == 0)
		return 0;
	return err_set_kind(err, ERR_USAGE);
}

static int
check_url(struct add *add, struct err *err)
{
	return typed_url(add->word[0], err);
}

static int
check_email(struct add *add, struct err *err)
{
	return typed_email(add->word[0], err);
}

static int
check_device(struct add *add, struct err *err)
{
	return typed_mac(add->word[0], err);
}

static int
check_text(struct add *add, struct err *err)
{
	return typed_text(add->word[0], "the value", err);
}

static int
check_word(struct add *add, struct err *err)
{
	return typed_word(add->word[0], "the value", err);
}

static int
check_account(struct add *add, struct err *err)
{
	if (typed_text(add->word[0], "the service", err) == -1)
		return -1;
	return typed_text(add->word[1], "the username", err);
}

static const struct addable addables[] = {
	{ "domain", "DOMAIN", { { "value", "Domain", false } }, true, true,
	    check_domain, prepare_domain },
	{ "subdomain", "SUBDOMAIN", { { "value", "Subdomain", false } }, true,
	    true, check_subdomain, prepare_subdomain },
	{ "ipaddr", "IPADDR", { { "value", "IP address", false } }, true, false,
	    check_ipaddr, NULL },
	{ "url", "URL", { { "value", "URL", false } }, true, true, check_url,
	    prepare_url },
	{ "email", "EMAIL", { { "value", "Email", false } }, true, false,
	    check_email, NULL },
	{ "phonenumber", "NUMBER [NAME]",
	    { { "value", "Phone Number", false }, { "name", "Name", true } },
	    true, false, check_text, NULL },
	{ "device", "MAC [NAME]",
	    { { "value", "Mac address", false }, { "name", "Name", true } },
	    false, false, check_device, NULL },
	{ "network", "NAME [LATITUDE [LONGITUDE]]",
	    { { "value", "Network", false }, { NULL, "Latitude", true },
		{ NULL, "Longitude", true } },
	    false, false, check_text, prepare_network },
	{ "account", "SERVICE USERNAME",
	    { { "service", "Service", false },
		{ "username", "Username", false } },
	    false, false, check_account, NULL },
	{ "breach", "NAME", { { "value", "Name", false } }, false, false,
	    check_text, NULL },
	{ "netblock", "CIDR", { { "value", "IP network", false } }, false,
	    false, check_text, NULL },
	{ "port", "PROTOCOL IP:PORT",
	    { { "protocol", "Protocol (tcp/udp)", false },
		{ NULL, "IP:Port", false } },
	    true, false, check_word, prepare_port, .between = '/' },
	{ "cryptoaddr", "ADDRESS", { { "value", "Address", false } }, true,
	    false, check_word, NULL },
	{ "person", "NAME", { { "value", "Name", false } }, true, false,
	    check_text, NULL },
	{ "organisation", "NAME", { { "value", "Name", false } }, true, false,
	    check_text, NULL },
	{ "image", "PATH...", .add_files = add_images },
	{ .family = NULL },
};

static const struct addable *
addable_by_family(struct str family)
{
	for (size_t i = 0; addables[i].family != NULL; i++) {
		if (str_is(family, addables[i].family))
			return &addables[i];
	}
	return NULL;
}

/* A row that another one stands on. */
static int
store_row(struct add *add, const char *family, struct json fields, int32_t *id,
    struct err *err)
{
	const struct model *model = model_by_family(str_of(family));
	struct db_result result;
	struct row row;

	if (row_read_insert(&row, model, &fields, add->pool, err) == -1 ||
	    db_insert(add->p->db, add->author, &row, NULL, add->pool, &result,
		err) == -1)
		return -1;
	if (result.reply.kind == REPLY_NONE || result.is_scoped_out)
		return err_set(err, "%s %.*s is out of scope", family,
		    STR_ARG(row_label(&row, add->pool)));
	*id = (int32_t)result.reply.id;
	return 0;
}

/* Nothing else can be stored, printed and looked for again. */
static int
check_utf8(const struct str *word, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < OPERANDS; i++) {
		struct str shown;

		if (utf8_is_valid(word[i]))
			continue;
		shown = utf8_lossy(&pool, word[i]);
		return err_set(err, "'%.*s' is no UTF-8", STR_ARG(shown));
	}
	return 0;
}

/* No module will run on it, and who typed it may not know. */
static void
say_out(const struct add *add, const struct row *row, bool is_new)
{
	const struct scope_rule *rule = scope_find(db_scope(add->p->db), row);
	autopool struct pool pool = POOL_NONE;
	struct str label = term_safe(&pool, row_label(row, &pool)), value;
	struct buf by = BUF_IN(&pool);

	if (rule != NULL && !rule->is_in) {
		value = quote_text(&pool, rule->value);
		buf_printf(&by, ", by the rule noscope %s %.*s",
		    scope_type_name(rule->type), STR_ARG(value));
	}
	term_line(TERM_WARN, "%.*s %s out of scope%s", STR_ARG(label),
	    is_new ? "was added" : "is there,", buf_cstr(&by));
}

/* 1: a new row; 0: it was there; -1. */
static int
add_row(struct add *add, const struct addable *family, struct err *err)
{
	const struct model *model = model_by_family(str_of(family->family));
	struct db_result result;
	struct row row;

	add->fields = json_map();
	for (size_t i = 0; i < OPERANDS; i++) {
		if (family->operand[i].field != NULL &&
		    add->word[i].n + (i == 0) != 0)
			set_field(add, family->operand[i].field,
			    json_str(add->word[i].p != NULL ? add->word[i]
							    : STR("")));
	}
	if (check_utf8(add->word, err) == -1 || family->check(add, err) == -1 ||
	    (family->prepare != NULL && family->prepare(add, err) == -1))
		return -1;
	if (row_read_insert(&row, model, &add->fields, add->pool, err) == -1 ||
	    db_insert(add->p->db, add->author, &row, NULL, add->pool, &result,
		err) == -1)
		return -1;
	if (result.reply.kind == REPLY_NONE || result.is_scoped_out)
		say_out(add, &row, result.reply.kind == REPLY_INSERTED);
	return result.reply.kind == REPLY_INSERTED;
}

/*
 * One of several, each a group of its own. author NULL: a dry run does
 * everything, and then takes all of it back.
 */
static int
add_one(struct program *p, const struct addable *family,
    const struct db_author *author, const struct str *word, struct pool *pool,
    struct err *err)
{
	struct add add = { .p = p, .author = author, .pool = pool };
	int status;

	memcpy(add.word, word, sizeof(add.word));
	if (db_begin(p->db, err) == -1)
		return -1;
	status = add_row(&add, family, err);
	if (status == -1) {
		(void)db_rollback(p->db, NULL);
		return -1;
	}
	if ((author == NULL ? db_rollback(p->db, err)
			    : db_commit(p->db, err)) == -1)
		return -1;
	return status;
}

/* One that was typed: the command as a whole is the group. */
static int
add_typed(struct program *p, const struct addable *family,
    const struct str *word, struct pool *pool, struct err *err)
{
	struct str typed[1 + OPERANDS] = { str_of(family->family) };
	struct db_author author;
	struct add add = { .p = p, .author = &author, .pool = pool };
	size_t n = 1;

	for (size_t i = 0; i < OPERANDS && word[i].p != NULL; i++)
		typed[n++] = word[i];
	memcpy(add.word, word, sizeof(add.word));
	if (db_command_begin_group(p->db, "add", typed, n, &author, err) == -1)
		return -1;
	return db_command_end_group(p->db, &author, add_row(&add, family, err),
	    err);
}

/* What is missing is asked for; the optional ones only if the first is, too. */
static int
ask_fields(const struct addable *family, struct pool *pool, struct str *word,
    struct err *err)
{
	bool all = word[0].p == NULL;

	for (size_t i = 0; i < OPERANDS; i++) {
		const struct operand *operand = &family->operand[i];

		if (operand->question == NULL || word[i].p != NULL ||
		    (operand->may_be_empty && !all))
			continue;
		if (term_ask(pool, operand->question, &word[i], err) == -1)
			return -1;
	}
	return 0;
}

/* "tcp/192.0.2.1:80" is two operands. */
static void
split_line(const struct addable *family, struct str line, struct str *word)
{
	word[0] = line;
	word[1] = word[2] = STR_NONE;
	if (family->between != '\0') {
		word[1] = line;
		word[0] = str_cut(&word[1], family->between);
		if (word[1].p == NULL)
			word[1] = STR("");
	}
}

static void
say_added(const struct addable *family, struct str line)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = quote_text(&pool, line);

	term_line(TERM_INFO, "Adding %s %.*s", family->family, STR_ARG(text));
}

/* Their errors may be far above, and the status is the reference program's. */
static void
say_refused(size_t refused, size_t lines)
{
	if (refused != 0)
		term_line(TERM_WARN, "%zu of %zu lines were not added", refused,
		    lines);
}

/*
 * Each line is on its own: one that is refused does not stop the rest. A list
 * that cannot be read or a database that takes no rows does.
 */
static int
add_lines(struct program *p, const struct addable *family,
    struct db_author *author, struct err *err)
{
	size_t lines = 0, refused = 0;

	for (;;) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err why = ERR_NONE;
		struct str line, word[OPERANDS];
		int status = term_input(&pool, &line, err);

		if (status != 1) {
			say_refused(refused, lines);
			return status;
		}
		if (line.n == 0)
			continue;
		lines++;
		split_line(family, line, word);
		if (author != NULL)
			author->sequence++;
		status = add_one(p, family, author, word, &pool, &why);
		if (status == -1 && db_has_failed(p->db)) {
			err_move(err, &why);
			return err_wrap(err, "cannot store %.*s",
			    STR_ARG(line));
		}
		if (status == -1) {
			term_line(TERM_ERROR, "Error: %s", err_cstr(&why));
			refused++;
		}
		if (status == 1)
			say_added(family, line);
	}
}

static int
add_stdin(struct program *p, const struct addable *family, bool dry_run,
    struct err *err)
{
	const struct str word[] = { str_of(family->family), STR("--stdin") };
	struct db_author author;

	if (family->needs_suffixes && suffix_load(p, err) == -1)
		return -1;
	if (dry_run)
		return add_lines(p, family, NULL, err);
	if (db_command_begin(p->db, "add", word, ARRAY_SIZE(word), &author,
		err) == -1)
		return -1;
	return db_command_end(p->db, &author,
	    add_lines(p, family, &author, err), err);
}

static int
unexpected(const struct addable *family, struct str word, struct err *err)
{
	if (family->from_stdin)
		return err_usage(err,
		    "unexpected argument '%.*s' (add %s %s; add %s --stdin "
		    "takes more than one)",
		    STR_ARG(word), family->family, family->operands,
		    family->family);
	return err_usage(err, "unexpected argument '%.*s' (add %s %s)",
	    STR_ARG(word), family->family, family->operands);
}

static int
run_family(struct program *p, const struct addable *family,
    const struct add_opts *opts, const struct operands *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str word[OPERANDS] = { STR_NONE, STR_NONE, STR_NONE };
	int status;

	if (opts->has_stdin && !family->from_stdin)
		return err_usage(err, "%s cannot be read from stdin",
		    family->family);
	if (opts->has_stdin && in->n > 1)
		return err_usage(err,
		    "--stdin has the values, '%.*s' does not go with it",
		    STR_ARG(in->word[1]));
	if (opts->has_stdin)
		return add_stdin(p, family, opts->dry_run, err);
	for (size_t i = 1; i < in->n; i++) {
		if (i > OPERANDS || family->operand[i - 1].question == NULL)
			return unexpected(family, in->word[i], err);
		word[i - 1] = in->word[i];
	}
	if (ask_fields(family, &pool, word, err) == -1)
		return -1;
	status = opts->dry_run ? add_one(p, family, NULL, word, &pool, err)
	                       : add_typed(p, family, word, &pool, err);
	return status == -1 ? -1 : 0;
}

static int
run_add(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct addable *family = addable_by_family(in->word[0]);
	const struct add_opts *opts = arg;
	const struct model *model;

	if (family == NULL)
		return cmd_family(in->word[0], false, &model, err) == -1
		           ? -1
		           : err_usage(err, "%.*s cannot be added by hand",
				 STR_ARG(in->word[0]));
	if (family->add_files == NULL)
		return run_family(p, family, opts, in, err);
	if (opts->has_stdin)
		return err_usage(err,
		    "%s cannot be read from stdin: give the paths, or a "
		    "folder",
		    family->family);
	return family->add_files(p, in->word + 1, in->n - 1, opts->dry_run,
	    err);
}

static void
complete_family(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	(void)p;
	if (before->n != 0)
		return;
	for (size_t i = 0; addables[i].family != NULL; i++)
		add(ctx, str_of(addables[i].family));
}

static const struct opt add_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(add_opts, dry_run), NULL,
	    "store nothing", 0 },
	{ 0, "stdin", OPT_FLAG, AT(add_opts, has_stdin), NULL,
	    "one value a line of standard input", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_add = {
	.name = "add",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FAMILY [VALUE...]",
	.least = 1,
	.help = "add to the workspace by hand",
	.more =
	    "FAMILY and what it takes:\n"
	    "  domain DOMAIN                         subdomain SUBDOMAIN\n"
	    "  ipaddr IPADDR                         url URL\n"
	    "  email EMAIL                           phonenumber NUMBER [NAME]\n"
	    "  device MAC [NAME]                     network NAME [LATITUDE [LONGITUDE]]\n"
	    "  account SERVICE USERNAME              breach NAME\n"
	    "  image PATH...                         netblock CIDR\n"
	    "  port PROTOCOL IP:PORT                 cryptoaddr ADDRESS\n"
	    "  person NAME                           organisation NAME\n"
	    "What is missing is asked for.",
	.opts = add_opts,
	.size = sizeof(struct add_opts),
	.run = run_add,
	.complete = complete_family,
};
