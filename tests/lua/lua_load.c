/*
 * lua_load: the tree (lua/syntax.h) takes what luaL_loadbuffer() takes, and
 * nothing else: over files that are given, over programs that a small grammar
 * makes, and over all of these with bytes changed, cut and moved. What the two
 * may differ in is what lua/syntax.h says, and a difference in that is counted.
 *
 *	lua_load ROUNDS FILE...
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "check.h"
#include "lua/syntax.h"

static char **file;
static unsigned files;
static unsigned rounds = 200;
static uint64_t seed = 88172645463325252u;

/* xorshift: the same rounds each time */
static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

/* What only the generator of code refuses. */
static bool
is_of_the_generator(const char *said)
{
	static const char *const part[] = {
		"too many registers",
		"too many upvalues",
		"control structure too long",
		"limit is 32767",
		"too many C levels",
		"chunk has too many",
	};

	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		if (strstr(said, part[i]) != NULL)
			return true;
	}
	return false;
}

static unsigned compared, taken, beyond;

static void
compare(lua_State *L, struct str text, const char *what)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct syntax tree;
	int ours = syntax_read(&pool, text, &tree, NULL, &err);
	int theirs =
	    luaL_loadbufferx(L, text.n != 0 ? text.p : "", text.n, "x", "t");
	const char *said = theirs == LUA_OK ? "" : lua_tostring(L, -1);

	compared++;
	taken += theirs == LUA_OK;
	if ((ours == 0) == (theirs == LUA_OK)) {
		lua_settop(L, 0);
		return;
	}
	if (ours == 0 && is_of_the_generator(said)) {
		beyond++;
	} else {
		check_where(__FILE__, __LINE__, what);
		printf("#   ours: %s\n#   Lua: %s\n",
		    ours == 0 ? "taken" : err_cstr(&err),
		    theirs == LUA_OK ? "taken" : said);
		check_show("text", str_sub(text, 0, 400));
	}
	lua_settop(L, 0);
}

/* A program of the grammar, right most of the time. */
struct maker {
	struct buf out;
	unsigned depth;
};

static void
put(struct maker *m, const char *text)
{
	buf_add(&m->out, str_of(text));
	buf_add_char(&m->out, ' ');
}

static void
put_one(struct maker *m, const char *const *list, unsigned n)
{
	put(m, list[below(n)]);
}

#define ONE_OF(m, ...)                                                         \
	put_one(m, (const char *const[]){ __VA_ARGS__ },                       \
	    ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ })))

static void make_block(struct maker *m);

static void
make_name(struct maker *m)
{
	ONE_OF(m, "a", "b", "c", "d", "_ENV", "x1", "_");
}

static void
make_constant(struct maker *m)
{
	ONE_OF(m, "1", "0x1F", "0x.8p1", "3.", ".5e-3", "1e400",
	    "0xfffffffffffffffff", "9223372036854775808", "nil", "true",
	    "false", "'s\\n\\065\\x41\\u{48}\\z  '", "\"q\\\n\"", "[[l\n]]",
	    "[==[ ]] ]==]", "...", "3..2", "0x", "1e", "'\\300'",
	    "'\\u{80000000}'", "08", "0xep1", "1..2");
}

static void make_expression(struct maker *m);

static void
make_function(struct maker *m)
{
	ONE_OF(m, "()", "(a)", "(a,b)", "(a,...)", "(...)", "(a,a)", "(...,a)");
	make_block(m);
	put(m, "end");
}

static void
make_table(struct maker *m)
{
	put(m, "{");
	for (unsigned n = below(4); n != 0; n--) {
		if (below(3) == 0) {
			make_name(m);
			put(m, "=");
		} else if (below(3) == 0) {
			put(m, "[");
			make_expression(m);
			put(m, "]=");
		}
		make_expression(m);
		ONE_OF(m, ",", ";", ",", ",", "");
	}
	put(m, "}");
}

static void
make_suffixed(struct maker *m)
{
	if (below(4) == 0) {
		put(m, "(");
		make_expression(m);
		put(m, ")");
	} else {
		make_name(m);
	}
	for (unsigned n = below(3); n != 0; n--) {
		ONE_OF(m, ".a", ":b()", "()", "'s'", "{}", "[1]", "[[s]]",
		    ":c'x'", ".end", "(a,b)", ":d");
		if (below(6) == 0) {
			put(m, "(");
			make_expression(m);
			put(m, ")");
		}
	}
}

static void
make_expression(struct maker *m)
{
	unsigned kind = below(12);

	if (++m->depth > 12 || kind < 4) {
		make_constant(m);
	} else if (kind < 7) {
		make_suffixed(m);
	} else if (kind == 7) {
		make_table(m);
	} else if (kind == 8) {
		put(m, "function");
		make_function(m);
	} else if (kind == 9) {
		ONE_OF(m, "not", "-", "#", "~", "- -", "not not");
		make_expression(m);
	} else {
		make_expression(m);
		ONE_OF(m, "+", "-", "*", "/", "//", "%", "^", "..",
		    "==", "~=", "<", "<=", ">", ">=", "and", "or", "&", "|",
		    "~", "<<", ">>", "=", "!=");
		make_expression(m);
	}
	m->depth--;
}

static void
make_local(struct maker *m)
{
	put(m, "local");
	if (below(5) == 0) {
		put(m, "function");
		make_name(m);
		make_function(m);
		return;
	}
	make_name(m);
	ONE_OF(m, "", "", "", "<const>", "<close>", "<c>", ",b", ",b<close>");
	if (below(4) != 0) {
		put(m, "=");
		make_expression(m);
	}
}

static void
make_jump(struct maker *m)
{
	ONE_OF(m, "goto p", "goto q", "::p::", "::q::", "::q:: ;", "break",
	    "goto", "do goto p end ::p::", "::r::");
}

static void
make_loop(struct maker *m)
{
	switch (below(4)) {
	case 0:
		ONE_OF(m, "for a = 1, 2 do", "for a = 1, 2, 3 do",
		    "for a in b do", "for a, b, c in d, 1 do", "for a = 1 do");
		break;
	case 1:
		put(m, "repeat");
		make_block(m);
		put(m, "until");
		make_expression(m);
		return;
	case 2:
		put(m, "while");
		make_expression(m);
		put(m, "do");
		break;
	default:
		put(m, "do");
	}
	make_block(m);
	put(m, "end");
}

static void
make_if(struct maker *m)
{
	put(m, "if");
	make_expression(m);
	put(m, "then");
	make_block(m);
	if (below(3) == 0) {
		put(m, "elseif a then");
		make_block(m);
	}
	if (below(3) == 0) {
		put(m, "else");
		make_block(m);
	}
	put(m, "end");
}

static void
make_statement(struct maker *m)
{
	switch (below(10)) {
	case 0:
	case 1:
		make_local(m);
		break;
	case 2:
		make_jump(m);
		break;
	case 3:
		make_loop(m);
		break;
	case 4:
		make_if(m);
		break;
	case 5:
		put(m, "function");
		make_name(m);
		ONE_OF(m, "", ".b", ":c", ".b.c:d", ":c.d");
		make_function(m);
		break;
	case 6:
		ONE_OF(m, ";", ";;", "return", "return 1, a;", "-- c\n",
		    "--[[ c ]]");
		break;
	case 7:
		make_suffixed(m);
		break;
	default:
		make_suffixed(m);
		ONE_OF(m, "=", ", a =", "= 1,", ", b, c.d =");
		make_expression(m);
	}
}

static void
make_block(struct maker *m)
{
	if (++m->depth <= 8) {
		for (unsigned n = below(4); n != 0; n--)
			make_statement(m);
	}
	m->depth--;
}

/* A byte changed, taken out, put in, or a piece moved. */
static void
mutate(struct buf *text)
{
	static const char bytes[] = "()[]{}'\"\\-=<>.:;,~/ \n\r\t0x9eE_a\0\xff";
	size_t at = text->n == 0 ? 0 : below((unsigned)text->n);
	size_t n = 1 + below(8);

	if (text->n == 0)
		return;
	switch (below(4)) {
	case 0:
		text->p[at] = bytes[below(sizeof(bytes))];
		break;
	case 1:
		n = n < text->n - at ? n : text->n - at;
		memmove(text->p + at, text->p + at + n, text->n - at - n);
		text->n -= n;
		break;
	case 2:
		buf_add_char(text, ' ');
		memmove(text->p + at + 1, text->p + at, text->n - at - 1);
		text->p[at] = bytes[below(sizeof(bytes))];
		break;
	default:
		n = n < text->n - at ? n : text->n - at;
		memmove(text->p + below((unsigned)(text->n - n + 1)),
		    text->p + at, n);
	}
}

static void
compare_mutated(lua_State *L, struct str text)
{
	for (unsigned i = 0; i < rounds; i++) {
		struct buf changed = BUF_NONE;

		buf_add(&changed, text);
		for (unsigned n = 1 + below(3); n != 0; n--)
			mutate(&changed);
		compare(L, buf_str(&changed), "changed");
		buf_clear(&changed);
	}
}

static struct str
contents(struct pool *pool, const char *path)
{
	FILE *in = fopen(path, "rb");
	struct buf out = BUF_IN(pool);
	size_t n = 1;

	CHECK(in != NULL);
	while (in != NULL && n != 0) {
		n = fread(buf_room(&out, 4096), 1, 4096, in);
		out.n += n;
	}
	if (in != NULL)
		(void)fclose(in);
	return buf_str(&out);
}

static void
files_are_taken_alike(void)
{
	lua_State *L = luaL_newstate();

	for (unsigned i = 0; i < files; i++) {
		autopool struct pool pool = POOL_NONE;
		struct str text = contents(&pool, file[i]);

		compare(L, text, file[i]);
		compare_mutated(L, text);
	}
	printf("# %u files: %u texts compared, %u taken\n", files, compared,
	    taken);
	CHECK(taken >= files);
	lua_close(L);
}

static void
made_programs_are_taken_alike(void)
{
	lua_State *L = luaL_newstate();

	compared = taken = 0;
	for (unsigned i = 0; i < 50 * rounds; i++) {
		autopool struct pool pool = POOL_NONE;
		struct maker m = { BUF_IN(&pool), 0 };
		bool is_changed = below(3) == 0;

		for (unsigned n = 1 + below(4); n != 0; n--)
			make_statement(&m);
		if (is_changed)
			mutate(&m.out);
		compare(L, buf_str(&m.out), "made");
	}
	printf("# %u texts compared, %u taken\n", compared, taken);
	CHECK(taken > compared / 20 && taken < compared);
	lua_close(L);
}

/* text, n times */
static struct str
times(struct pool *pool, const char *begin, const char *text, unsigned n,
    const char *middle, const char *other, const char *end)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(begin));
	for (unsigned i = 0; i < n; i++)
		buf_add(&out, str_of(text));
	buf_add(&out, str_of(middle));
	for (unsigned i = 0; i < n; i++)
		buf_add(&out, str_of(other));
	buf_add(&out, str_of(end));
	return buf_str(&out);
}

/* Lua's own limits are ours, to the level. */
static void
limits_are_met_alike(void)
{
	static const struct {
		const char *begin, *text, *middle, *other, *end;
	} row[] = {
		{ "x = ", "(", "1", ")", "" },
		{ "x = ", "{", "", "}", "" },
		{ "x = ", "not ", "1", "", "" },
		{ "x = ", "a .. ", "1", "", "" },
		{ "x = ", "2 ^ ", "1", "", "" },
		{ "", "do ", "", "end ", "" },
		{ "", "while a do ", "break ", "end ", "" },
		{ "x = ", "function() return ", "1", " end", "" },
		{ "", "if a then ", "", "end ", "" },
		{ "", "repeat ", "", "until a ", "" },
		{ "a", ", a", " = 1", "", "" },
		{ "x = ", "f(", "", ")", "" },
		{ "x = ", "a[", "1", "]", "" },
		{ "", "::l", "::", "", "" },
		{ "", "local a ", "", "", "" },
		{ "local a", ", a", "", "", "" },
		{ "for a in b do ", "local a ", "", "", "end" },
		{ "for a = 1, 2 do ", "local a ", "", "", "end" },
		{ "for a", ", a", " in b do ", "", "end" },
		{ "function f(a", ", a", ") ", "", "end" },
		{ "function f:g(a", ", a", ") ", "", "end" },
		{ "local function f() ", "local a ", "", "", "end" },
		{ "", "do local a end ", "", "", "" },
		{ "", "; ", "", "", "" },
		{ "x = 1", " + 1", "", "", "" },
		{ "f", "()", "", "", "" },
	};
	static const unsigned count[] = { 0, 1, 2, 3, 60, 62, 63, 64, 65, 66,
		97, 98, 99, 100, 101, 189, 190, 191, 192, 193, 194, 195, 196,
		197, 198, 199, 200, 201, 202, 203, 900 };
	lua_State *L = luaL_newstate();

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(count); k++) {
			autopool struct pool pool = POOL_NONE;

			compare(L,
			    times(&pool, row[i].begin, row[i].text, count[k],
				row[i].middle, row[i].other, row[i].end),
			    row[i].text);
		}
	}
	lua_close(L);
}

int
main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		CASE(files_are_taken_alike),
		CASE(made_programs_are_taken_alike),
		CASE(limits_are_met_alike),
	};
	uint64_t n = 0;

	if (argc > 1 && num_read_max(str_of(argv[1]), 1000000, &n) == 0)
		rounds = (unsigned)n;
	file = argv + 2;
	files = argc > 2 ? (unsigned)argc - 2 : 0;
	return check_run(cases, ARRAY_SIZE(cases));
}
