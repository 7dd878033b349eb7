/* encoding_sniff: what documents say about themselves */
#include "text/encoding_sniff.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

static const char *
name_of(const char *type, struct str bytes)
{
	const struct encoding *e = encoding_sniff(str_of(type), bytes);

	return e != NULL ? encoding_name(e) : "";
}

struct row {
	const char *type, *bytes, *want;
};

static void
check_all(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		CHECK_STR(str_of(name_of(row[i].type, str_of(row[i].bytes))),
		    row[i].want);
}

static void
the_media_type_comes_first(void)
{
	static const struct row row[] = {
		{ "text/html; charset=windows-1251", "<meta charset=l2>",
		    "windows-1251" },
		{ "text/plain;Charset=\"KOI8-R\"", "", "KOI8-R" },
		{ "text/plain; x=y; charset = latin1 ; z", "", "windows-1252" },
		{ "text/html;charset=utf-16le", "", "UTF-16LE" },
		{ "text/html;charset=nobody", "<meta charset=l2>",
		    "ISO-8859-2" },
		{ "text/html;charset", "<meta charset=l2>", "ISO-8859-2" },
		{ "text/html;charset=\"", "", "" },
		{ "charset=l2", "", "" },
		{ "", "", "" },
	};

	check_all(row, ARRAY_SIZE(row));
}

static void
a_page_says_it_in_a_meta(void)
{
	static const struct row row[] = {
		{ "text/html", "<meta charset=windows-1251>", "windows-1251" },
		{ "TEXT/HTML ; q", "<META\fCHARSET = 'l2'/>", "ISO-8859-2" },
		{ "", "<html><head a=\"<meta charset=l3>\"><meta charset=l2>",
		    "ISO-8859-2" },
		{ "", "<!--><meta charset=l2>", "ISO-8859-2" },
		{ "", "<!-- <meta charset=l3> --><meta charset=l2>",
		    "ISO-8859-2" },
		{ "", "<!-- <meta charset=l3>", "" },
		{ "", "<!x <meta charset=l3>", "" },
		{ "", "</x <meta charset=l3>", "" },
		{ "", "<?x <meta charset=l3><meta/charset=l2>", "ISO-8859-2" },
		{ "", "</ <meta charset=l3>", "" },
		{ "", "< <meta charset=l3>", "ISO-8859-3" },
		{ "", "<metal charset=l2>", "" },
		{ "", "<meta charset=nobody><meta charset=l2>", "ISO-8859-2" },
		{ "", "<meta charset=l2 charset=l3>", "ISO-8859-2" },
		{ "", "<meta =charset=l2>", "" },
		{ "", "<meta charset=utf-16>", "UTF-8" },
		{ "", "<meta charset=x-user-defined>", "windows-1252" },
		{ "",
		    "<meta http-equiv=Content-Type "
		    "content='text/html; charset=euc-kr'>",
		    "EUC-KR" },
		{ "",
		    "<meta content=\"charset charset = 'big5' \" "
		    "http-equiv=\"content-type\">",
		    "Big5" },
		{ "", "<meta http-equiv=content-type content='charset=\"l2'>",
		    "" },
		{ "", "<meta content='text/html; charset=l2'>", "" },
		{ "", "<meta http-equiv=refresh content='charset=l2'>", "" },
		{ "", "<meta charset=l2", "" },
		{ "", "<meta charset='l2", "" },
		{ "", "<meta charset=l2 x='", "" },
		{ "", "<p x='><meta charset=l2>", "" },
		{ "", "<meta charset", "" },
		{ "", "<meta", "" },
		{ "", "<", "" },
		{ "text/plain", "<meta charset=l2>", "" },
		{ "application/xhtml+xml", "<meta charset=l2>", "" },
	};

	check_all(row, ARRAY_SIZE(row));
}

static void
xml_says_it_in_its_declaration(void)
{
	static const char declared[] =
	    "<?xml version='1.0' encoding='iso-8859-5'?><x/>";
	static const struct row row[] = {
		{ "text/xml", declared, "ISO-8859-5" },
		{ "application/xml", declared, "ISO-8859-5" },
		{ "application/rss+xml; v=2", declared, "ISO-8859-5" },
		{ "", declared, "ISO-8859-5" },
		{ "text/html", declared, "ISO-8859-5" },
		{ "text/plain", declared, "" },
		{ "text/xml", " <?xml encoding='l2'?>", "" },
		{ "text/xml", "<?xml encoding=l2?>", "" },
		{ "text/xml", "<?xml encoding='l2'", "" },
		{ "text/xml", "<?xml version='1.0'?><x encoding='l2'>", "" },
		{ "text/xml", "<?xml encoding='UTF-16'?>", "UTF-8" },
	};

	check_all(row, ARRAY_SIZE(row));
}

/* Only the start of it counts, NUL says nothing. */
static void
the_end_is_where_it_is(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf page = BUF_IN(&pool);
	static const char meta[] = "<meta charset=l2>";

	while (page.n + sizeof(meta) - 1 < ENCODING_SNIFF_BYTES)
		buf_add_char(&page, page.n % 7 == 0 ? '\0' : '<');
	buf_add(&page, str_of(meta));
	CHECK_STR(str_of(name_of("", buf_str(&page))), "ISO-8859-2");
	CHECK_STR(str_of(name_of("", str_from(buf_str(&page), 1))),
	    "ISO-8859-2");
	page.n -= sizeof(meta) - 1;
	buf_add(&page, STR("<"));
	buf_add(&page, str_of(meta));
	CHECK_STR(str_of(name_of("", buf_str(&page))), "");
}

CHECK_MAIN(CASE(the_media_type_comes_first), CASE(a_page_says_it_in_a_meta),
    CASE(xml_says_it_in_its_declaration), CASE(the_end_is_where_it_is))
