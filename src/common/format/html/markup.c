/* Comments and document types. */
#include "base/mem.h"
#include "html/lexer.h"

static struct str
rest_of(const struct html_lexer *l)
{
	return str_view(l->p + l->at, l->n - l->at);
}

/* Takes n bytes of the rest as a comment, and moves on by `all` bytes. */
static void
take_comment(struct html_lexer *l, struct html_token *t, size_t n, size_t all)
{
	struct str rest = rest_of(l);

	t->kind = TOKEN_COMMENT;
	t->text = n != 0 ? html_lexer_clean(l, str_sub(rest, 0, n)) : STR("");
	l->at += all < rest.n ? all : rest.n;
}

/* 13.2.5.41: up to the next ">" */
static void
lex_bogus(struct html_lexer *l, struct html_token *t)
{
	size_t n = str_find_char(rest_of(l), '>');

	if (n == STR_NPOS)
		n = l->n - l->at;
	take_comment(l, t, n, n + 1);
}

/* What of an unfinished end belongs to a comment that the page ends in. */
static size_t
without_end(struct str text)
{
	static const char *const end[] = { "--!", "--", "-" };

	for (size_t i = 0; i < ARRAY_SIZE(end); i++) {
		if (str_ends(text, str_of(end[i])))
			return text.n - strlen(end[i]);
	}
	return text.n;
}

/* Behind "<!--". */
static void
lex_comment(struct html_lexer *l, struct html_token *t)
{
	struct str rest = rest_of(l);
	size_t at = 0, next;

	if (str_starts(rest, STR(">")) || str_starts(rest, STR("->"))) {
		take_comment(l, t, 0, rest.p[0] == '>' ? 1 : 2);
		return;
	}
	while ((next = str_find(str_from(rest, at), STR("--"))) != STR_NPOS) {
		struct str end;

		at += next;
		end = str_sub(rest, at, 4);
		if (str_starts(end, STR("-->")) || str_is(end, "--!>")) {
			take_comment(l, t, at, at + (end.p[2] == '!' ? 4 : 3));
			return;
		}
		at++;
	}
	take_comment(l, t, without_end(rest), rest.n);
}

/* Public identifiers of quirks mode. Source: 13.2.6.4.1 */
static const char *const quirky[] = {
	"+//silmaril//dtd html pro v0r11 19970101//",
	"-//as//dtd html 3.0 aswedit + extensions//",
	"-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
	"-//ietf//dtd html 2.0 level 1//",
	"-//ietf//dtd html 2.0 level 2//",
	"-//ietf//dtd html 2.0 strict level 1//",
	"-//ietf//dtd html 2.0 strict level 2//",
	"-//ietf//dtd html 2.0 strict//",
	"-//ietf//dtd html 2.0//",
	"-//ietf//dtd html 2.1e//",
	"-//ietf//dtd html 3.0//",
	"-//ietf//dtd html 3.2 final//",
	"-//ietf//dtd html 3.2//",
	"-//ietf//dtd html 3//",
	"-//ietf//dtd html level 0//",
	"-//ietf//dtd html level 1//",
	"-//ietf//dtd html level 2//",
	"-//ietf//dtd html level 3//",
	"-//ietf//dtd html strict level 0//",
	"-//ietf//dtd html strict level 1//",
	"-//ietf//dtd html strict level 2//",
	"-//ietf//dtd html strict level 3//",
	"-//ietf//dtd html strict//",
	"-//ietf//dtd html//",
	"-//metrius//dtd metrius presentational//",
	"-//microsoft//dtd internet explorer 2.0 html strict//",
	"-//microsoft//dtd internet explorer 2.0 html//",
	"-//microsoft//dtd internet explorer 2.0 tables//",
	"-//microsoft//dtd internet explorer 3.0 html strict//",
	"-//microsoft//dtd internet explorer 3.0 html//",
	"-//microsoft//dtd internet explorer 3.0 tables//",
	"-//netscape comm. corp.//dtd html//",
	"-//netscape comm. corp.//dtd strict html//",
	"-//o'reilly and associates//dtd html 2.0//",
	"-//o'reilly and associates//dtd html extended 1.0//",
	"-//o'reilly and associates//dtd html extended relaxed 1.0//",
	"-//sq//dtd html 2.0 hotmetal + extensions//",
	"-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
	"-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//",
	"-//spyglass//dtd html 2.0 extended//",
	"-//sun microsystems corp.//dtd hotjava html//",
	"-//sun microsystems corp.//dtd hotjava strict html//",
	"-//w3c//dtd html 3 1995-03-24//",
	"-//w3c//dtd html 3.2 draft//",
	"-//w3c//dtd html 3.2 final//",
	"-//w3c//dtd html 3.2//",
	"-//w3c//dtd html 3.2s draft//",
	"-//w3c//dtd html 4.0 frameset//",
	"-//w3c//dtd html 4.0 transitional//",
	"-//w3c//dtd html experimental 19960712//",
	"-//w3c//dtd html experimental 970421//",
	"-//w3c//dtd w3 html//",
	"-//w3o//dtd w3 html 3.0//",
	"-//webtechs//dtd mozilla html 2.0//",
	"-//webtechs//dtd mozilla html//",
};

static bool
starts_nocase(struct str text, const char *prefix)
{
	struct str want = str_of(prefix);

	return str_eq_nocase(str_sub(text, 0, want.n), want);
}

static bool
is_quirky(struct str public, struct str system)
{
	if (str_eq_nocase(public,
		STR("-//w3o//dtd w3 html strict 3.0//en//")) ||
	    str_eq_nocase(public, STR("-/w3c/dtd html 4.0 transitional/en")) ||
	    str_eq_nocase(public, STR("html")) ||
	    str_eq_nocase(system,
		STR("http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd")))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(quirky); i++) {
		if (starts_nocase(public, quirky[i]))
			return true;
	}
	return system.p == NULL &&
	       (starts_nocase(public, "-//w3c//dtd html 4.01 frameset//") ||
		   starts_nocase(public,
		       "-//w3c//dtd html 4.01 transitional//"));
}

static struct str
trim_start(struct str text)
{
	size_t n = 0;

	while (n < text.n && html_is_space(text.p[n]))
		n++;
	return str_from(text, n);
}

/*
 * A quoted identifier at the start of *rest. False: there is none, or it does
 * not end.
 */
static bool
take_quoted(struct str *rest, struct str *out)
{
	size_t n;

	*rest = trim_start(*rest);
	if (rest->n == 0 || (rest->p[0] != '"' && rest->p[0] != '\''))
		return false;
	n = str_find_char(str_from(*rest, 1), rest->p[0]);
	if (n == STR_NPOS)
		return false;
	*out = str_sub(*rest, 1, n);
	*rest = str_from(*rest, n + 2);
	return true;
}

/* PUBLIC "..." "..." or SYSTEM "...". False: it forces quirks. */
static bool
read_identifiers(struct str rest, struct str *public, struct str *system)
{
	rest = trim_start(rest);
	if (starts_nocase(rest, "public")) {
		rest = str_from(rest, 6);
		if (!take_quoted(&rest, public))
			return false;
		rest = trim_start(rest);
		return rest.n == 0 || take_quoted(&rest, system);
	}
	if (starts_nocase(rest, "system")) {
		rest = str_from(rest, 6);
		return take_quoted(&rest, system);
	}
	return rest.n == 0;
}

/*
 * Behind "<!DOCTYPE": all there is to know is whether the page is in quirks
 * mode. It ends at the first ">", in quotes, too (13.2.5.59).
 */
static void
lex_doctype(struct html_lexer *l, struct html_token *t)
{
	struct str rest = rest_of(l), public = STR_NONE, system = STR_NONE;
	size_t n = str_find_char(rest, '>'), name = 0;
	bool is_whole = n != STR_NPOS;

	l->at = is_whole ? l->at + n + 1 : l->n;
	rest = trim_start(is_whole ? str_sub(rest, 0, n) : rest);
	while (name < rest.n && !html_is_space(rest.p[name]))
		name++;
	t->kind = TOKEN_DOCTYPE;
	t->is_quirky =
	    !is_whole || !str_eq_nocase(str_sub(rest, 0, name), STR("html")) ||
	    !read_identifiers(str_from(rest, name), &public, &system) ||
	    is_quirky(public, system);
}

/* Behind "<![CDATA[": its text is read next. */
static void
enter_cdata(struct html_lexer *l)
{
	size_t n = str_find(rest_of(l), STR("]]>"));

	l->state = LEX_CDATA;
	l->end = n == STR_NPOS ? l->n : l->at + n;
}

void
html_lexer_markup(struct html_lexer *l, struct html_token *t)
{
	struct str rest = rest_of(l);

	if (str_starts(rest, STR("/>"))) {
		l->at += 2;
	} else if (str_starts(rest, STR("!--"))) {
		l->at += 3;
		lex_comment(l, t);
	} else if (starts_nocase(rest, "!doctype")) {
		l->at += 8;
		lex_doctype(l, t);
	} else if (l->has_cdata && str_starts(rest, STR("![CDATA["))) {
		l->at += 8;
		enter_cdata(l);
	} else {
		l->at += rest.p[0] != '?';
		lex_bogus(l, t);
	}
}
