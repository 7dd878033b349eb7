#include "lua/syntax.h"

#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

static void show(struct buf *out, const struct syntax_node *node);

static void
show_list(struct buf *out, const struct syntax_list *list, const char *name)
{
	if (list->n == 0)
		return;
	buf_printf(out, " %s[", name);
	for (const struct syntax_node *node = list->first; node != NULL;
	     node = node->next) {
		if (node != list->first)
			buf_add_char(out, ' ');
		show(out, node);
	}
	buf_add_char(out, ']');
}

static const char *const kind_names[SYNTAX_KINDS] = {
	[SYNTAX_NIL] = "nil",
	[SYNTAX_FALSE] = "false",
	[SYNTAX_TRUE] = "true",
	[SYNTAX_INTEGER] = "int",
	[SYNTAX_FLOAT] = "float",
	[SYNTAX_STRING] = "str",
	[SYNTAX_DOTS] = "...",
	[SYNTAX_NAME] = "name",
	[SYNTAX_INDEX] = "index",
	[SYNTAX_CALL] = "call",
	[SYNTAX_METHOD] = "method",
	[SYNTAX_FUNCTION] = "function",
	[SYNTAX_TABLE] = "table",
	[SYNTAX_BINARY] = "binary",
	[SYNTAX_UNARY] = "unary",
	[SYNTAX_PAREN] = "paren",
	[SYNTAX_FIELD] = "field",
	[SYNTAX_BINDING] = "bind",
	[SYNTAX_CLAUSE] = "clause",
	[SYNTAX_LOCAL] = "local",
	[SYNTAX_LOCAL_FUNCTION] = "local-function",
	[SYNTAX_FUNCTION_NAMED] = "named",
	[SYNTAX_ASSIGN] = "assign",
	[SYNTAX_RUN] = "run",
	[SYNTAX_DO] = "do",
	[SYNTAX_WHILE] = "while",
	[SYNTAX_REPEAT] = "repeat",
	[SYNTAX_IF] = "if",
	[SYNTAX_FOR] = "for",
	[SYNTAX_FOR_IN] = "for-in",
	[SYNTAX_RETURN] = "return",
	[SYNTAX_BREAK] = "break",
	[SYNTAX_GOTO] = "goto",
	[SYNTAX_LABEL] = "label",
};

static bool
has_text(enum syntax_kind kind)
{
	return kind == SYNTAX_STRING || kind == SYNTAX_NAME ||
	       kind == SYNTAX_METHOD || kind == SYNTAX_BINDING ||
	       kind == SYNTAX_GOTO || kind == SYNTAX_LABEL;
}

static void
show(struct buf *out, const struct syntax_node *node)
{
	buf_printf(out, "(%s", kind_names[node->kind]);
	if (has_text(node->kind))
		buf_printf(out, ":%.*s", STR_ARG(node->text));
	if (node->local != NULL)
		buf_printf(out, "#%u", node->local->index);
	if (node->kind == SYNTAX_INTEGER)
		buf_printf(out, ":%lld", (long long)node->integer);
	if (node->kind == SYNTAX_FLOAT)
		buf_printf(out, ":%.17g", node->number);
	if (node->op != OP_NONE)
		buf_printf(out, " %s", syntax_op_text(node->op));
	if (node->is_vararg)
		buf_add(out, STR(" vararg"));
	if (node->left != NULL) {
		buf_add_char(out, ' ');
		show(out, node->left);
	}
	show_list(out, &node->list, "");
	if (node->right != NULL) {
		buf_add_char(out, ' ');
		show(out, node->right);
	}
	show_list(out, &node->values, "=");
	show_list(out, &node->body, "do");
	buf_add_char(out, ')');
}

static struct str
shown(struct pool *pool, struct str text)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct syntax tree;

	if (syntax_read(pool, text, &tree, NULL, &err) == -1)
		return pool_copy(pool, err_join(pool, &err));
	for (const struct syntax_node *node = tree.main->body.first;
	     node != NULL; node = node->next)
		show(&out, node);
	return buf_str(&out);
}

static void
each_kind_has_its_parts(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ ";;;", "" },
		{ "a = nil, true", "(assign [(name:a)] =[(nil) (true)])" },
		{ "a.b[1], c = ...",
		    "(assign [(index (index (name:a) (str:b)) (int:1)) (name:c)] =[(...)])" },
		{ "f(1, 'x')", "(run (call (name:f) [(int:1) (str:x)]))" },
		{ "f'x'{}",
		    "(run (call (call (name:f) [(str:x)]) [(table)]))" },
		{ "a.b:c(d)",
		    "(run (method:c (index (name:a) (str:b)) [(name:d)]))" },
		{ "x = {1, a = 2; [b] = c}",
		    "(assign [(name:x)] =[(table [(field (int:1)) (field (str:a) (int:2)) (field (name:b) (name:c))])])" },
		{ "local a <const>, b = 1",
		    "(local [(bind:a#0) (bind:b#1)] =[(int:1)])" },
		{ "local a = a local a = a",
		    "(local [(bind:a#0)] =[(name:a)])(local [(bind:a#1)] =[(name:a#0)])" },
		{ "local function f(a, ...) return f, a end",
		    "(local-function [(bind:f#0)] (function vararg [(bind:a#1)] do[(return =[(name:f#0) (name:a#1)])]))" },
		{ "function a.b:c(d) return self end",
		    "(named (index (index (name:a) (str:b)) (str:c)) (function [(bind:self#0) (bind:d#1)] do[(return =[(name:self#0)])]))" },
		{ "if a then b() elseif c then else return end",
		    "(if [(clause (name:a) do[(run (call (name:b)))]) (clause (name:c)) (clause do[(return)])])" },
		{ "while a do break end", "(while (name:a) do[(break)])" },
		{ "repeat local x until x",
		    "(repeat (name:x#0) do[(local [(bind:x#0)])])" },
		{ "for i = 1, 2, 3 do f(i) end",
		    "(for [(bind:i#0)] =[(int:1) (int:2) (int:3)] do[(run (call (name:f) [(name:i#0)]))])" },
		{ "for k, v in pairs(t) do end",
		    "(for-in [(bind:k#0) (bind:v#1)] =[(call (name:pairs) [(name:t)])])" },
		{ "do goto a ::a:: end", "(do do[(goto:a) (label:a)])" },
		{ "x = 1 + 2 * 3 ^ 4 ^ 5",
		    "(assign [(name:x)] =[(binary + (int:1) (binary * (int:2) (binary ^ (int:3) (binary ^ (int:4) (int:5)))))])" },
		{ "x = a .. b .. c",
		    "(assign [(name:x)] =[(binary .. (name:a) (binary .. (name:b) (name:c)))])" },
		{ "x = -a ^ 2",
		    "(assign [(name:x)] =[(unary - (binary ^ (name:a) (int:2)))])" },
		{ "x = not a == b",
		    "(assign [(name:x)] =[(binary == (unary not (name:a)) (name:b))])" },
		{ "x = (f())",
		    "(assign [(name:x)] =[(paren (call (name:f)))])" },
		{ "x = a and b or c",
		    "(assign [(name:x)] =[(binary or (binary and (name:a) (name:b)) (name:c))])" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(shown(&pool, str_of(row[i].in)), row[i].want);
	}
}

static struct syntax_node *
value_of(struct pool *pool, const char *literal)
{
	static struct syntax tree;
	autoerr struct err err = ERR_NONE;
	char *text = pool_printf(pool, "return %s", literal);

	if (syntax_read(pool, str_of(text), &tree, NULL, &err) == -1) {
		CHECK_CSTR(err_cstr(&err), literal);
		return NULL;
	}
	return tree.main->body.first->values.first;
}

static void
strings_are_decoded(void)
{
	static const struct {
		const char *in;
		struct str want;
	} row[] = {
		{ "''", { "", 0 } },
		{ "'\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\''",
		    { "\a\b\f\n\r\t\v\\\"'", 10 } },
		{ "'\\65\\065\\0\\2551'", { "AA\0\3771", 5 } },
		{ "'\\x41\\xfF'", { "A\377", 2 } },
		{ "'\\u{41}\\u{20AC}\\u{10FFFF}'",
		    { "A\342\202\254\364\217\277\277", 8 } },
		{ "'\\u{7FFFFFFF}\\u{0}'",
		    { "\375\277\277\277\277\277\0", 7 } },
		{ "'a\\z  \n\t b\\\nc\\\r\nd'", { "ab\nc\nd", 6 } },
		{ "[[\nx\r\ny]]", { "x\ny", 3 } },
		{ "[==[]]]=]]==]", { "]]]=]", 5 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct syntax_node *node = value_of(&pool, row[i].in);

		CHECK(node != NULL && node->kind == SYNTAX_STRING);
		if (node != NULL)
			CHECK_BYTES(node->text, row[i].want);
	}
}

static void
numbers_are_integers_where_they_fit(void)
{
	static const struct {
		const char *in;
		int64_t want;
	} row[] = {
		{ "0", 0 },
		{ "08", 8 },
		{ "9223372036854775807", INT64_MAX },
		{ "0xffffffffffffffff", -1 },
		{ "0x1ffffffffffffffff", -1 },
		{ "0XaB", 171 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct syntax_node *node = value_of(&pool, row[i].in);

		CHECK(node != NULL && node->kind == SYNTAX_INTEGER);
		if (node != NULL)
			CHECK_INT(node->integer, row[i].want);
	}
}

static void
other_numbers_are_floats(void)
{
	static const struct {
		const char *in;
		double want;
	} row[] = {
		{ "9223372036854775808", 9223372036854775808.0 },
		{ "5.", 5 },
		{ ".5", 0.5 },
		{ "5.e1", 50 },
		{ "3e-2", 0.03 },
		{ "1e999", HUGE_VAL },
		{ "0x.8", 0.5 },
		{ "0xA.8p1", 21 },
		{ "0x1p-1074", 0x1p-1074 },
		{ "0x1fffffffffffff8p0", 0x1fffffffffffff8p0 },
		{ "0x10000000000000801.p0", 0x1.0000000000001p64 },
		{ "0x1p99999999999", HUGE_VAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct syntax_node *node = value_of(&pool, row[i].in);

		CHECK(node != NULL && node->kind == SYNTAX_FLOAT);
		if (node != NULL && node->number != row[i].want)
			CHECK_CSTR(pool_printf(&pool, "%a", node->number),
			    row[i].in);
	}
}

static void
faults_say_where_and_what(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "if a x", "1:6: 'then' expected near 'x'" },
		{ "f(\n\n1",
		    "3:2: ')' expected (to close '(' at line 1) near <eof>" },
		{ "function f()\n",
		    "2:1: 'end' expected (to close 'function' at line 1) near <eof>" },
		{ "x = 'a\n'", "1:5: unfinished string" },
		{ "x = '\\q'", "1:7: invalid escape sequence" },
		{ "x = '\\300'", "1:10: decimal escape too large" },
		{ "\n --[[ x", "2:4: unfinished long comment near <eof>" },
		{ "x = 3..2", "1:5: malformed number near '3..2'" },
		{ "x = [=x", "1:5: invalid long string delimiter near '[=x'" },
		{ "1 = x", "1:1: unexpected symbol near '1'" },
		{ "f() = 1", "1:5: syntax error near '='" },
		{ "(a) = 1", "1:5: syntax error near '='" },
		{ "a.b", "1:4: syntax error near <eof>" },
		{ "x = a b", "1:8: syntax error near <eof>" },
		{ "break", "1:1: break outside a loop near 'break'" },
		{ "goto a", "1:1: no visible label 'a' for goto" },
		{ "goto a local b ::a:: b()",
		    "1:1: goto 'a' jumps into the scope of local 'b'" },
		{ "::a::\n::a::", "1:1: label 'a' already defined on line 2" },
		{ "local a <const> = 1; a = 2",
		    "1:22: attempt to assign to const variable 'a'" },
		{ "local a <x>", "1:10: unknown attribute 'x'" },
		{ "local a <close>, b <close>",
		    "1:27: multiple to-be-closed variables in local list near <eof>" },
		{ "function f() return ... end",
		    "1:21: cannot use '...' outside a vararg function near '...'" },
		{ "x = }", "1:5: unexpected symbol near '}'" },
		{ "end", "1:1: <eof> expected near 'end'" },
		{ "return 1 x()", "1:10: <eof> expected near 'x'" },
		{ "local 1", "1:7: <name> expected near '1'" },
		{ "#!/bin/lua", "1:1: unexpected symbol near '#'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(shown(&pool, str_of(row[i].in)), row[i].want);
	}
}

struct seen {
	const char *source;
	unsigned line, column;
	unsigned n;
};

static bool
note_place(struct syntax_node *node, void *ctx)
{
	struct seen *seen = ctx;

	if (str_is(node->source, seen->source)) {
		seen->n++;
		CHECK_INT(node->line, seen->line);
		CHECK_INT(node->column, seen->column);
	}
	return true;
}

static void
nodes_know_their_source(void)
{
	static const char text[] =
	    "local a = 1 -- x\n\n  f(a .. 'b', {\n\tc = d.e\n})\nx:y ( 2 )";
	struct seen row[] = {
		{ "f(a .. 'b', {\n\tc = d.e\n})", 3, 3, 0 },
		{ "a .. 'b'", 3, 5, 0 },
		{ "'b'", 3, 10, 0 },
		{ "c = d.e", 4, 2, 0 },
		{ "d.e", 4, 6, 0 },
		{ "x:y ( 2 )", 6, 1, 0 },
		{ "2", 6, 7, 0 },
		{ "local a = 1", 1, 1, 0 },
	};
	autopool struct pool pool = POOL_NONE;
	struct syntax tree;

	CHECK_INT(syntax_read(&pool, STR(text), &tree, NULL, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		syntax_walk(tree.main, note_place, &row[i]);
		if (row[i].n == 0)
			CHECK_CSTR("not found", row[i].source);
	}
	CHECK_BYTES(tree.main->source, STR(text));
}

static void
comments_are_kept(void)
{
	autopool struct pool pool = POOL_NONE;
	struct syntax tree;

	CHECK_INT(
	    syntax_read(&pool,
		STR("-- Reaches: a\n  --[[ b\n]] x = 1 -- c\r\n--[==d\n--\n--[=[e]=]"),
		&tree, NULL, NULL),
	    0);
	CHECK_INT(tree.comments, 6);
	if (tree.comments != 6)
		return;
	CHECK_STR(tree.comment[0].text, " Reaches: a");
	CHECK(tree.comment[0].is_alone && !tree.comment[0].is_long);
	CHECK_STR(tree.comment[1].text, " b\n");
	CHECK(tree.comment[1].is_long && tree.comment[1].is_alone);
	CHECK_INT(tree.comment[1].column, 3);
	CHECK_STR(tree.comment[2].text, " c");
	CHECK(!tree.comment[2].is_alone);
	CHECK_INT(tree.comment[2].line, 3);
	CHECK_STR(tree.comment[3].text, "[==d");
	CHECK_STR(tree.comment[4].text, "");
	CHECK_STR(tree.comment[5].text, "e");
}

static void
locals_know_how_they_are_used(void)
{
	autopool struct pool pool = POOL_NONE;
	struct syntax tree;
	const struct syntax_node *list;

	CHECK_INT(
	    syntax_read(&pool,
		STR("local a, b, c = 1 b = 2 function f(d) return c, d end return a"),
		&tree, NULL, NULL),
	    0);
	list = tree.main->body.first;
	CHECK_INT(tree.locals, 4);
	CHECK_INT(tree.functions, 2);
	CHECK_INT(list->list.first->local->writes, 0);
	CHECK_INT(list->list.first->local->reads, 1);
	CHECK_INT(syntax_at(&list->list, 1)->local->writes, 1);
	CHECK_INT(syntax_at(&list->list, 1)->local->reads, 0);
	CHECK(syntax_at(&list->list, 2)->local->is_captured);
	CHECK(!list->list.first->local->is_captured);
	CHECK(syntax_at(&list->list, 3) == NULL);
	CHECK(list->list.first->local->function == tree.main);
}

static struct str
repeated(struct pool *pool, const char *begin, const char *text, size_t n)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(begin));
	for (size_t i = 0; i < n; i++)
		buf_add(&out, str_of(text));
	return buf_str(&out);
}

static void
limits_are_met(void)
{
	static const struct {
		const char *begin, *text;
		size_t most;
	} row[] = {
		{ "f", "()", SYNTAX_MAX_HEIGHT - 3 },
		{ "x = 1", " + 1", SYNTAX_MAX_HEIGHT - 3 },
		{ "", "f()", SYNTAX_MAX_NODES / 3 - 1 },
		{ "--", "12345678", SYNTAX_MAX_BYTES / 8 - 1 },
	};
	struct syntax tree;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str good, bad;

		good = repeated(&pool, row[i].begin, row[i].text, row[i].most);
		bad =
		    repeated(&pool, row[i].begin, row[i].text, row[i].most + 2);
		if (syntax_read(&pool, good, &tree, NULL, &err) == -1)
			CHECK_CSTR(err_cstr(&err), row[i].text);
		CHECK_INT(syntax_read(&pool, bad, &tree, NULL, &err), -1);
		CHECK(str_find(err_text(&err), STR("limit is")) != STR_NPOS);
	}
}

/* What would take the square of its size, if each search began at the start. */
static void
many_of_a_kind_take_no_longer(void)
{
	static const char *const part[][3] = {
		{ "a", " = b", " " },
		{ "::l", ":: f", "() " },
		{ "do goto e", " ::e", ":: end " },
		{ "do local a", " = a", " end " },
	};
	struct syntax tree;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		for (size_t k = 0; k < 50000; k++)
			buf_printf(&out, "%s%zu%s%zu%s", part[i][0], k,
			    part[i][1], k, part[i][2]);
		CHECK_INT(syntax_read(&pool, buf_str(&out), &tree, NULL, NULL),
		    0);
	}
}

CHECK_MAIN(CASE(each_kind_has_its_parts), CASE(strings_are_decoded),
    CASE(numbers_are_integers_where_they_fit), CASE(other_numbers_are_floats),
    CASE(faults_say_where_and_what), CASE(nodes_know_their_source),
    CASE(comments_are_kept), CASE(locals_know_how_they_are_used),
    CASE(limits_are_met), CASE(many_of_a_kind_take_no_longer))
