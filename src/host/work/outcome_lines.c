/* outcome_lines: what could not be looked at, in words, with the way out. */
#include <errno.h>

#include "base/mem.h"
#include "gate/egress.h"
#include "gate/socks5.h"
#include "name/dns.h"
#include "work/outcome.h"

/* "1 connection", "2 connections" */
static void
add_count(struct buf *out, const struct outcome_row *row, const char *thing)
{
	buf_printf(out, "%zu %s%s ", row->n, thing, row->n == 1 ? "" : "s");
}

/* What was tried, as a thing to count. */
static const char *
thing_of(const struct outcome_row *row)
{
	return row->what == OUTCOME_LOOKUP     ? "look-up"
	       : row->what == OUTCOME_EVENT    ? "question"
	       : row->what == OUTCOME_EXCHANGE ? "request"
	                                       : "connection";
}

/* The system's words start with a capital. */
static void
add_errno(struct buf *out, uint32_t error)
{
	const char *text =
	    error != 0 && error < 4096 ? strerror((int)error) : "no way there";
	bool is_word = text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a';

	buf_add_char(out, is_word ? (char)(text[0] + 'a' - 'A') : text[0]);
	buf_add(out, str_of(text + 1));
}

static void
add_server(struct buf *out, const char *before, const struct addr *server)
{
	char text[ADDR_TEXT_MAX];

	if (server->port != 0)
		buf_printf(out, "%s%s", before, addr_text(server, text));
}

/* What is refused, and the word that would allow it; NULL: none would. */
static const struct {
	const char *what, *word;
} classes[EGRESS_CLASSES] = {
	[EGRESS_PUBLIC] = { "public", NULL },
	[EGRESS_LOCAL] = { "local", "local" },
	[EGRESS_METADATA] = { "metadata", "metadata" },
	[EGRESS_LINK_LOCAL] = { "link-local", "private" },
	[EGRESS_PRIVATE] = { "private", "private" },
	[EGRESS_RESERVED] = { "reserved", "reserved" },
	[EGRESS_MULTICAST] = { "multicast", "multicast" },
	[EGRESS_NAME] = { "name", NULL },
	[EGRESS_LOCAL_NAME] = { "local name: no proxy is asked for those",
	    NULL },
	[EGRESS_DENIED] = { "denied by --deny-net or network.deny", NULL },
	[EGRESS_PROXIED] = { "it would go around the proxy", NULL },
};

static void
say_policy(struct buf *out, const struct outcome_row *row)
{
	add_count(out, row, thing_of(row));
	buf_printf(out, "refused by the network policy (%s)",
	    classes[row->detail].what);
}

/* "3 connections to a.example:443 refused: its text does not name it" */
static void
say_permission(struct buf *out, const struct outcome_row *row)
{
	static const char *const why[EGRESS_CLASSES] = {
		[EGRESS_UNNAMED] = "the module's text does not name it",
		[EGRESS_NO_LOOKUPS] = "the module's text looks no names up",
		[EGRESS_TAKEN] = "denied by sn0int permissions",
		[EGRESS_OFFLINE] = "the module's header says it is offline",
	};

	add_count(out, row,
	    row->detail == EGRESS_NO_LOOKUPS ? "look-up" : thing_of(row));
	if (row->file[0] != '\0')
		buf_printf(out, "%s %s ",
		    row->what == OUTCOME_EVENT ? "for" : "to", row->file);
	buf_printf(out, "refused: %s",
	    row->what == OUTCOME_EVENT && row->detail == EGRESS_UNNAMED
		? "the module's text does not do that"
		: why[row->detail]);
}

/* The command that allows it. */
static void
add_permission(struct buf *out, const struct outcome_row *row,
    const char *module)
{
	const char *what = row->what == OUTCOME_EVENT ? "" : "net=";

	if (row->detail == EGRESS_TAKEN)
		buf_printf(out, " %s, which takes it back with --forget",
		    module);
	else if (row->detail == EGRESS_NO_LOOKUPS)
		buf_printf(out,
		    "; allow with: sn0int permissions %s --allow dns", module);
	else if (row->detail == EGRESS_UNNAMED && row->file[0] != '\0')
		buf_printf(out,
		    "; allow with: sn0int permissions %s --allow %s%s", module,
		    what, row->file);
}

/* What a person can do about it: a delivery has no command line. */
static void
add_way_out(struct buf *out, const struct outcome_row *row, bool is_inner,
    const char *module)
{
	const char *word =
	    row->cause == OUTCOME_POLICY ? classes[row->detail].word : NULL;

	if (row->cause == OUTCOME_PERMISSION)
		add_permission(out, row, module);

	if (word != NULL && is_inner)
		buf_printf(out, "; allow with \"%s\" in notify.allow", word);
	else if (word != NULL)
		buf_printf(out, "; allow with --allow-net %s", word);
}

static void
say_limit(struct buf *out, const struct outcome_row *row)
{
	add_count(out, row, thing_of(row));
	buf_add(out, STR("refused: a target has no more (limit connections); "
			 "raise it with --limit connections=NUMBER"));
}

static void
say_proxy(struct buf *out, const struct outcome_row *row)
{
	buf_add(out, STR("proxy"));
	add_server(out, " ", &row->server);
	buf_add(out, STR(": "));
	if ((row->detail & OUTCOME_FAULT) != 0)
		buf_add(out,
		    str_of(socks5_fault_text(row->detail & ~OUTCOME_FAULT)));
	else
		add_errno(out, row->detail);
	if (row->n == 1)
		buf_add(out, STR(", once"));
	else
		buf_printf(out, ", %zu times", row->n);
}

static void
add_name_cause(struct buf *out, const struct outcome_row *row)
{
	if (row->detail == 0) {
		buf_add(out, STR("for several reasons"));
	} else if (row->detail == OUTCOME_NAME_NOBODY) {
		buf_add(out, STR("no name server is known"));
	} else if (row->detail == OUTCOME_NAME_SILENCE) {
		buf_add(out, STR("no answer"));
		add_server(out, " from ", &row->server);
	} else if (row->detail == OUTCOME_NAME_BROKEN) {
		buf_add(out, STR("no connection"));
		add_server(out, " to ", &row->server);
	} else {
		buf_add(out, str_of(dns_rcode_name(row->detail)));
		add_server(out, " from ", &row->server);
	}
}

static void
say_name(struct buf *out, const struct outcome_row *row)
{
	if (row->detail == DNS_NXDOMAIN ||
	    row->detail == OUTCOME_NAME_NO_RECORD) {
		add_count(out, row, "connection");
		buf_add(out, row->detail == DNS_NXDOMAIN
				 ? STR("failed: the name does not exist")
				 : STR("failed: the name has no address"));
		return;
	}
	add_count(out, row, "name");
	buf_add(out, STR("could not be looked up ("));
	add_name_cause(out, row);
	buf_add_char(out, ')');
}

static void
say_failed(struct buf *out, const struct outcome_row *row)
{
	add_count(out, row, thing_of(row));
	buf_add(out, STR("failed: "));
	if (row->cause == OUTCOME_REFUSED)
		buf_add(out, STR("connection refused"));
	else if (row->cause == OUTCOME_TIMEOUT)
		buf_add(out, STR("no answer in time"));
	else if (row->cause == OUTCOME_ANSWER)
		buf_add(out, row->detail == OUTCOME_ANSWER_CUT
				 ? STR("the connection ended before the answer")
				 : STR("the answer could not be read"));
	else if (row->cause == OUTCOME_TLS)
		buf_add(out, STR("TLS broke off"));
	else
		add_errno(out, row->detail);
}

static void
say_tls(struct buf *out, const struct outcome_row *row)
{
	if (row->detail == OUTCOME_TLS_BROKEN) {
		say_failed(out, row);
		return;
	}
	add_count(out, row, "TLS handshake");
	buf_add(out, row->detail == OUTCOME_TLS_UNTRUSTED
			 ? STR("failed: the certificate is not trusted")
			 : STR("failed"));
}

static void
say_missing(struct buf *out, const struct outcome_row *row)
{
	buf_printf(out, "%s is missing or unreadable: ",
	    row->file[0] != '\0' ? row->file : "a data file");
	add_count(out, row, "target");
	buf_add(out, STR("could not look into it; see sn0int update-lists "
			 "--help"));
}

/* " (a.example and others)": the target is named elsewhere, and may be another. */
static void
add_host(struct buf *out, const struct outcome_row *row)
{
	if (row->host[0] != '\0')
		buf_printf(out, " (%s%s)", row->host,
		    row->has_others ? " and others" : "");
}

static void (*const say[OUTCOME_CAUSES])(struct buf *,
    const struct outcome_row *) = {
	[OUTCOME_POLICY] = say_policy,
	[OUTCOME_LIMIT] = say_limit,
	[OUTCOME_PROXY] = say_proxy,
	[OUTCOME_NAME] = say_name,
	[OUTCOME_REFUSED] = say_failed,
	[OUTCOME_TIMEOUT] = say_failed,
	[OUTCOME_UNREACHABLE] = say_failed,
	[OUTCOME_TLS] = say_tls,
	[OUTCOME_MISSING] = say_missing,
	[OUTCOME_ANSWER] = say_failed,
	[OUTCOME_PERMISSION] = say_permission,
};

void
outcome_lines(struct buf *out, const struct outcome_sum *sum, bool is_inner,
    const char *module)
{
	for (size_t i = 0; i < sum->n; i++) {
		say[sum->row[i].cause](out, &sum->row[i]);
		add_host(out, &sum->row[i]);
		add_way_out(out, &sum->row[i], is_inner, module);
		buf_add_char(out, '\n');
	}
	if (sum->is_cut)
		buf_printf(out,
		    "a target had more than %u outcomes: the others are not "
		    "counted\n",
		    OUTCOME_MOST);
}
