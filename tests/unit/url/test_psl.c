/* psl: the public suffix list */
#include "url/psl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "file.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define SYSTEM_LIST "/usr/share/publicsuffix/public_suffix_list.dat"

static const char sample[] = "// a comment with ä\n"
			     "\n"
			     "com\n"
			     "uk and more words\n"
			     "co.uk\r\n"
			     "  \t\n"
			     "*.ck\n"
			     "!www.ck\n"
			     "jp\n"
			     "*.kawasaki.jp\n"
			     "!city.kawasaki.jp\n"
			     "cn\n"
			     "公司.cn\n"
			     "Upper.CASE\n"
			     "// ===BEGIN PRIVATE DOMAINS===\n"
			     "github.io\n"
			     "*.a.b.c.d\n"
			     "last.line";

static struct psl *
sample_list(void)
{
	return psl_new(STR(sample), NULL);
}

struct row {
	const char *name, *suffix, *domain;
};

static void
check_rows(const struct row *row, size_t n)
{
	struct psl *psl = sample_list();

	for (size_t i = 0; i < n; i++) {
		struct psl_name out = { STR_NONE, STR_NONE };

		CHECK_INT(psl_split(psl, str_of(row[i].name), &out, NULL), 0);
		CHECK_STR(out.suffix, row[i].suffix);
		CHECK_STR(out.domain, row[i].domain);
	}
	psl_free(psl);
}

static void
the_longest_rule_wins(void)
{
	static const struct row row[] = {
		{ "a.com", "com", "a.com" },
		{ "b.a.com", "com", "a.com" },
		{ "a.uk", "uk", "a.uk" },
		{ "c.b.a.co.uk", "co.uk", "a.co.uk" },
		{ "b.a.github.io", "github.io", "a.github.io" },
		{ "b.a.io", "io", "a.io" },
		{ "a.last.line", "last.line", "a.last.line" },
		{ "xco.uk", "uk", "xco.uk" },
		{ "b.a.words", "words", "a.words" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
wildcards_and_their_exceptions(void)
{
	static const struct row row[] = {
		{ "ck", "ck", "ck" },
		{ "b.ck", "b.ck", "b.ck" },
		{ "x.a.b.ck", "b.ck", "a.b.ck" },
		{ "www.ck", "ck", "www.ck" },
		{ "x.y.www.ck", "ck", "www.ck" },
		{ "a.b.kawasaki.jp", "b.kawasaki.jp", "a.b.kawasaki.jp" },
		{ "kawasaki.jp", "jp", "kawasaki.jp" },
		{ "x.city.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp" },
		{ "q.p.o.a.b.c.d", "o.a.b.c.d", "p.o.a.b.c.d" },
		{ "a.b.c.d", "d", "c.d" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
a_suffix_is_its_own_domain(void)
{
	static const struct row row[] = {
		{ "com", "com", "com" },
		{ "co.uk", "co.uk", "co.uk" },
		{ "localhost", "localhost", "localhost" },
		{ ".com", "com", ".com" },
		{ "a..com", "com", "a..com" },
		{ "a.b..", "a.b..", "a.b.." },
		{ "..", "..", ".." },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
names_are_cut_as_written(void)
{
	static const struct row row[] = {
		{ "WWW.EXAMPLE.CO.UK", "CO.UK", "EXAMPLE.CO.UK" },
		{ "www.example.com.", "com.", "example.com." },
		{ "foo bar.com", "com", "foo bar.com" },
		{ "x.*.example.com", "com", "example.com" },
		{ "a.upper.case", "upper.case", "a.upper.case" },
		{ "b.a.UPPER.CASE", "UPPER.CASE", "a.UPPER.CASE" },
		{ "www.食狮.公司.cn", "公司.cn", "食狮.公司.cn" },
		{ "www.xn--85x722f.XN--55qx5d.cn", "XN--55qx5d.cn",
		    "xn--85x722f.XN--55qx5d.cn" },
		{ "a.食狮.xn--55qx5d.cn", "xn--55qx5d.cn",
		    "食狮.xn--55qx5d.cn" },
		{ "a.b.\xff\xfe", "\xff\xfe", "b.\xff\xfe" },
		{ "1.2.3.4", "4", "3.4" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
an_empty_name_has_no_suffix(void)
{
	static const char *const row[] = { "", "." };
	struct psl *psl = sample_list();

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct psl_name out;

		CHECK_INT(psl_split(psl, str_of(row[i]), &out, &err), -1);
		CHECK_CSTR(err_cstr(&err), "Failed to detect suffix");
	}
	psl_free(psl);
}

static void
broken_lists_are_refused(void)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "", "no rule in it" },
		{ "// com\n", "no rule in it" },
		{ "com\n<html>\n", "line 2 is no rule: <html>" },
		{ "a..b", "line 1 is no rule: a..b" },
		{ ".a", "line 1 is no rule: .a" },
		{ "a.", "line 1 is no rule: a." },
		{ "*.", "line 1 is no rule: *." },
		{ "*", "line 1 is no rule: *" },
		{ "!", "line 1 is no rule: !" },
		{ "!com", "line 1 is no rule: !com" },
		{ "a.*.b", "line 1 is no rule: a.*.b" },
		{ "1.2.3.4.5.6.7.8.9.a.b.c.d.e.f.g.h",
		    "line 1 is no rule: 1.2.3.4.5.6.7.8.9.a.b.c.d.e.f.g.h" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK(psl_new(str_of(row[i].text), &err) == NULL);
		CHECK_CSTR(err_cstr(&err), row[i].want);
	}
}

static void
long_lists_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	char *text = pool_alloc(&pool, PSL_MAX_BYTES + 1);
	struct psl *psl;

	memset(text, '\n', PSL_MAX_BYTES + 1);
	memcpy(text, "com", 3);
	CHECK(psl_new(str_view(text, PSL_MAX_BYTES + 1), &err) == NULL);
	CHECK_CSTR(err_cstr(&err), "list is too long: 16777217 bytes");
	psl = psl_new(str_view(text, PSL_MAX_BYTES), NULL);
	CHECK(psl != NULL);
	psl_free(psl);
	memset(text, 'a', PSL_MAX_RULE + 1);
	CHECK(psl_new(str_view(text, PSL_MAX_RULE + 1), &err) == NULL);
	psl = psl_new(str_view(text, PSL_MAX_RULE), NULL);
	CHECK(psl != NULL);
	psl_free(psl);
}

/* libpsl, which only this test knows. */
struct oracle {
	void *library, *list;
	const char *(*registrable)(const void *list, const char *name);
	void (*end)(void *list);
};

static bool
oracle_open(struct oracle *oracle)
{
	void *(*load)(const char *path);

	oracle->library = dlopen("libpsl.so.5", RTLD_NOW | RTLD_LOCAL);
	if (oracle->library == NULL)
		return false;
	*(void **)&load = dlsym(oracle->library, "psl_load_file");
	*(void **)&oracle->registrable =
	    dlsym(oracle->library, "psl_registrable_domain");
	*(void **)&oracle->end = dlsym(oracle->library, "psl_free");
	oracle->list = load(SYSTEM_LIST);
	return oracle->list != NULL;
}

static void
compare(const struct psl *psl, const struct oracle *oracle, const char *name)
{
	const char *want = oracle->registrable(oracle->list, name);
	struct psl_name out;

	CHECK_INT(psl_split(psl, str_of(name), &out, NULL), 0);
	CHECK_STR(out.domain, want != NULL ? want : name);
}

/* Names around each rule of the list. */
static void
compare_list(const struct psl *psl, const struct oracle *oracle,
    struct str list)
{
	static const char *const prefix[] = { "", "b.", "a.b.", "www.", "x." };
	autopool struct pool pool = POOL_NONE;

	while (list.n != 0 && check_failed < 20) {
		struct str line = str_trim(str_cut(&list, '\n'));
		size_t i = 0;

		if (line.n == 0 || line.p[0] == '/')
			continue;
		if (line.p[0] == '!')
			line = str_from(line, 1);
		/* libpsl takes *.x for a rule x as well; the algorithm does
		 * not */
		if (line.p[0] == '*') {
			line = str_from(line, 2);
			i = 1;
		}
		for (; i < ARRAY_SIZE(prefix); i++)
			compare(psl, oracle,
			    pool_printf(&pool, "%s%.*s", prefix[i],
				STR_ARG(line)));
		pool_reset(&pool);
	}
}

static void
libpsl_says_the_same(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str list = file_read_path(&pool, SYSTEM_LIST);
	struct oracle oracle;
	struct psl *psl;

	if (list.p == NULL)
		CHECK_SKIP("there is no " SYSTEM_LIST);
	if (!oracle_open(&oracle))
		CHECK_SKIP("libpsl is not installed");
	psl = psl_new(list, NULL);
	CHECK(psl != NULL);
	if (psl == NULL)
		return;
	compare_list(psl, &oracle, list);
	psl_free(psl);
	oracle.end(oracle.list);
}

CHECK_MAIN(CASE(the_longest_rule_wins), CASE(wildcards_and_their_exceptions),
    CASE(a_suffix_is_its_own_domain), CASE(names_are_cut_as_written),
    CASE(an_empty_name_has_no_suffix), CASE(broken_lists_are_refused),
    CASE(long_lists_are_refused), CASE(libpsl_says_the_same))
