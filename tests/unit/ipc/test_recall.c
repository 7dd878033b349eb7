/* recall: pieces at their sizes, and what is none */
#include "ipc/recall.h"

#include "base/mem.h"

#include "check.h"

/* All bytes of the answers that were written, and how many lines. */
static struct str
read_answers(struct pool *pool, struct str lines, size_t *n)
{
	struct buf bytes = BUF_IN(pool);
	bool has_more = true;

	for (*n = 0; lines.n != 0; (*n)++) {
		struct str line = str_cut(&lines, '\n'), text;
		struct recall_answer answer;

		CHECK(has_more);
		CHECK_INT(recall_read_answer(pool, line, &answer, &text, NULL),
		    0);
		CHECK(answer.bytes.n <= RECALL_MAX_PIECE);
		CHECK_INT(answer.id, answer.has_more ? 0 : 9);
		buf_add(&bytes, answer.bytes);
		has_more = answer.has_more;
	}
	CHECK(!has_more);
	return buf_str(&bytes);
}

static void
answers_come_in_pieces(void)
{
	static const struct {
		size_t bytes, lines;
	} row[] = {
		{ 0, 1 },
		{ 1, 1 },
		{ 2, 1 },
		{ 3, 1 },
		{ 1000, 1 },
		{ RECALL_MAX_PIECE - 1, 1 },
		{ RECALL_MAX_PIECE, 1 },
		{ RECALL_MAX_PIECE + 1, 2 },
		{ RECALL_MAX_PIECE * 2, 2 },
		{ RECALL_MAX_PIECE * 5 + 7, 6 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		char *p = pool_zalloc(&pool, row[i].bytes + 1);
		struct recall_answer answer = { .id = 9 };
		struct buf out = BUF_IN(&pool);
		size_t n;

		for (size_t k = 0; k < row[i].bytes; k++)
			p[k] = (char)(k * 7);
		answer.bytes = str_view(p, row[i].bytes);
		recall_write_answers(&out, &answer);
		CHECK(str_eq(read_answers(&pool, buf_str(&out), &n),
		    answer.bytes));
		CHECK_INT(n, row[i].lines);
	}
}

static void
what_is_no_question_is_said(void)
{
	static const struct {
		const char *line, *why;
	} row[] = {
		{ "{}", "it asks for nothing of a record" },
		{ "{\"Recall\":{}}", "missing field `kind`" },
		{ "{\"Recall\":{\"kind\":\"x\"}}", "no such kind: \"x\"" },
		{ "{\"Recall\":{\"kind\":\"read\",\"id\":-1}}",
		    "invalid value: integer `-1`, expected u64" },
		{ "{\"Recall\":{\"kind\":\"dns\",\"bytes\":\"?\"}}",
		    "invalid length at 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct recall ask;

		CHECK_INT(recall_read(&pool, str_of(row[i].line), &ask, &err),
		    -1);
		CHECK_CSTR(err_cstr(&err), row[i].why);
	}
}

CHECK_MAIN(CASE(answers_come_in_pieces), CASE(what_is_no_question_is_said))
