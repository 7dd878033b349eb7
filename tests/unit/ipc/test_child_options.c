#include "ipc/child_options.h"

#include "base/mem.h"
#include "check.h"
#include "ipc/needs.h"

#define MOST_WORDS 8

static int
read_words(struct child_options *o, const char *const *words, struct pool *pool,
    struct err *err)
{
	*o = (struct child_options)CHILD_OPTIONS_NONE;
	return child_options_read(o, (char *const *)words, pool, err);
}

static void
a_foreign_parent_gives_a_name(void)
{
	static const char *const words[] = { "a/b", NULL };
	autopool struct pool pool = POOL_NONE;
	struct child_options o;

	CHECK_INT(read_words(&o, words, &pool, NULL), 0);
	CHECK_CSTR(o.name, "a/b");
	CHECK_INT(o.control_fd, -1);
	CHECK(!o.is_spare && !o.has_needs && !o.audit && !o.has_allow_net);
	CHECK(o.limits.of[LIMIT_CPU] == limit_rows[LIMIT_CPU].value);
}

/* What is written is read back. */
static void
both_ways_agree(void)
{
	static const struct str limit[] = { { "cpu=2s", 6 },
		{ "memory=1G", 9 } };
	static const struct str missing[] = { { "filesystem", 10 } };
	static const struct str servers[] = { { "192.0.2.53:53", 13 },
		{ "[2001:db8::1]:5353", 18 } };
	static const struct str allow[] = { { "local:80", 8 } };
	autopool struct pool pool = POOL_NONE;
	struct child_options o = {
		.name = "--spare", /* a strange one */
		.is_spare = true,
		.has_needs = true,
		.needs = NEED_NET | NEED_BROKER,
		.control_fd = 3,
		.proxy = STR("127.0.0.1:9050"),
		.name_server = { servers, 2 },
		.allow_net = { allow, 1 },
		.deny_net = { allow, 1 },
		.limit = { limit, 2 },
		.allow_missing = { missing, 1 },
		.audit = true,
		.evidence = EVIDENCE_FULL,
	};
	struct child_options got;
	const char **words;

	CHECK_INT(child_options_check(&o, NULL), 0);
	words = child_options_write(&o, &pool);
	CHECK_CSTR(words[0], "--spare");
	CHECK_CSTR(words[1], "--needs=net,broker");
	CHECK_INT(read_words(&got, words, &pool, NULL), 0);
	CHECK_CSTR(got.name, "--spare");
	CHECK(got.is_spare && got.has_needs && got.audit);
	CHECK_INT(got.evidence, EVIDENCE_FULL);
	CHECK_INT(got.needs, o.needs);
	CHECK_INT(got.control_fd, 3);
	CHECK_STR(got.proxy, "127.0.0.1:9050");
	CHECK_INT(got.name_server.n, 2);
	CHECK_STR(got.name_server.text[1], "[2001:db8::1]:5353");
	CHECK_INT(got.allow_net.n, 1);
	CHECK_INT(got.deny_net.n, 1);
	CHECK_INT(got.limits.of[LIMIT_CPU], 2000);
	CHECK_INT(got.limits.of[LIMIT_MEMORY], 1 << 30);
	CHECK_INT(got.missing, CHILD_MISSING_FILESYSTEM);
}

/* Who it is outside goes with what wants no outer half. */
static void
a_birth_is_two_numbers(void)
{
	static const struct {
		const char *word, *other, *why;
	} bad[] = {
		{ "--born=1", "--spare", "must be a UID:GID" },
		{ "--born=", "--spare", "must be a UID:GID" },
		{ "--born=1:", "--spare", "must be a UID:GID" },
		{ "--born=:1", "--spare", "must be a UID:GID" },
		{ "--born=-1:1", "--spare", "must be a UID:GID" },
		{ "--born=1:2:3", "--spare", "must be a UID:GID" },
		{ "--born=4294967295:1", "--spare", "must be a UID:GID" },
		{ "--born=1:4294967296", "--spare", "must be a UID:GID" },
		{ "--born=1:1", "--needs=none", "goes with --spare" },
		{ "--born=1:1", "--sandbox-audit", "goes with --spare" },
	};
	static const char *const words[] = { "--spare", "--needs=none",
		"--born=4294967294:0", "a/b", NULL };
	autopool struct pool pool = POOL_NONE;
	struct child_options o;

	CHECK_INT(read_words(&o, words, &pool, NULL), 0);
	CHECK(o.born.is_nested && o.born.uid == 4294967294 && o.born.gid == 0);
	CHECK_CSTR(child_options_write(&o, &pool)[2], "--born=4294967294:0");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *const row[] = { bad[i].word, bad[i].other,
			"--needs=none", "a/b", NULL };
		autoerr struct err err = ERR_NONE;

		CHECK_INT(read_words(&o, row, &pool, &err), -1);
		CHECK(strstr(err_cstr(&err), bad[i].why) != NULL);
	}
}

static void
an_operand_may_be_the_next_word(void)
{
	static const char *const words[] = { "--allow-net", "public",
		"--allow-net=10.0.0.0/8", "--needs", "none", "a/b", NULL };
	autopool struct pool pool = POOL_NONE;
	struct child_options o;

	CHECK_INT(read_words(&o, words, &pool, NULL), 0);
	CHECK_INT(o.allow_net.n, 2);
	CHECK_STR(o.allow_net.text[0], "public");
	CHECK_STR(o.allow_net.text[1], "10.0.0.0/8");
	CHECK(o.has_needs && o.needs == 0);
}

static void
errors_are_sentences(void)
{
	static const struct {
		const char *words[MOST_WORDS];
		const char *want;
	} row[] = {
		{ { NULL }, "the sandbox takes one label" },
		{ { "a", "b", NULL }, "the sandbox takes one label" },
		{ { "--spare", NULL }, "the sandbox takes one label" },
		{ { "--speed=1", "a", NULL }, "no such option: \"--speed=1\"" },
		{ { "--spare=1", "a", NULL }, "--spare takes no value" },
		{ { "--limit", NULL }, "--limit needs a value: NAME=VALUE" },
		{ { "--limit=cpuu=1", "a", NULL },
		    "no such limit: \"cpuu\", did you mean cpu?" },
		{ { "--evidence=ful", "a", NULL },
		    "no such evidence: \"ful\", did you mean full?" },
		{ { "--evidence=full", "--spare", "--needs=net", "--replay",
		      "a", NULL },
		    "only what a module asks of the network is evidence: "
		    "--evidence goes with neither --fetch nor --replay" },
		{ { "--evidence=full", "a", NULL },
		    "evidence is for our own parent: --evidence goes with "
		    "--spare" },
		{ { "--repl", "a", NULL },
		    "--repl goes with --spare, and neither with --fetch nor "
		    "--replay" },
		{ { "--repl", "--spare", "--needs=all", "--replay", "a", NULL },
		    "--replay goes with --spare, and without --needs=broker" },
		{ { "--repl", "--spare", "--needs=none", "--replay", "a",
		      NULL },
		    "--repl goes with --spare, and neither with --fetch nor "
		    "--replay" },
		{ { "--needs=net,,", "a", NULL }, "no such need: \"\"" },
		{ { "--needs=", "a", NULL }, "no such need: \"\"" },
		{ { "--control-fd=2", "a", NULL },
		    "--control-fd must be 3 to 1023, not \"2\"" },
		{ { "--control-fd=3x", "a", NULL },
		    "--control-fd must be 3 to 1023, not \"3x\"" },
		{ { "--sandbox-allow-missing=filter", "a", NULL },
		    "no layer that could be missing: \"filter\" "
		    "(filesystem, all)" },
		{ { "--spare", "a", NULL },
		    "a spare cannot look what it needs: --needs" },
		{ { "--spare", "--needs=broker", "a", NULL },
		    "the broker of a spare is told what to do: --control-fd" },
		{ { "--control-fd=3", "a", NULL },
		    "--control-fd goes with --spare and --needs=broker" },
		{ { "--control-fd=3", "--spare", "--needs=net", "a", NULL },
		    "--control-fd goes with --spare and --needs=broker" },
		{ { "--proxy=192.0.2.1:1", "a", NULL },
		    "--proxy and --name-server go with --control-fd: any other "
		    "parent names them in the start line" },
		{ { "--name-server=192.0.2.1:1", "a", NULL },
		    "--proxy and --name-server go with --control-fd: any other "
		    "parent names them in the start line" },
		{ { "--proxy=192.0.2.1", "a", NULL },
		    "--proxy must be an IP:PORT, not \"192.0.2.1\"" },
		{ { "--name-server=ns:53", "a", NULL },
		    "--name-server must be an IP:PORT, not \"ns:53\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct child_options o;

		CHECK_INT(read_words(&o, row[i].words, &pool, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

static void
every_need_has_a_name(void)
{
	for (unsigned bit = 1; bit < NEED_ALL; bit <<= 1) {
		struct buf text = BUF_NONE;
		unsigned got = 0;

		needs_write(&text, bit);
		CHECK_INT(needs_read(buf_str(&text), &got, NULL), 0);
		CHECK_INT(got, bit);
		buf_clear(&text);
	}
}

static void
every_option_has_its_help(void)
{
	struct buf text = BUF_NONE;

	child_options_help(&text);
	for (const struct child_option *row = child_option_rows;
	     row->name != NULL; row++) {
		CHECK(row->doc != NULL);
		CHECK(str_find(buf_str(&text), str_of(row->name)) != STR_NPOS);
	}
	buf_clear(&text);
}

CHECK_MAIN(CASE(a_foreign_parent_gives_a_name), CASE(both_ways_agree),
    CASE(a_birth_is_two_numbers), CASE(an_operand_may_be_the_next_word),
    CASE(errors_are_sentences), CASE(every_need_has_a_name),
    CASE(every_option_has_its_help))
