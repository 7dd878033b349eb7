/*
 * What openssl and ssh-keygen say is passed on, and only their exit status is
 * believed.
 */
#include "bundle/verify_seal.h"

#include "base/mem.h"
#include "date/date.h"
#include "wacz/tsp.h"

#define SIGNATURE STR("signature")
#define STAMP     STR("time stamp")

/* 1: it is good; 0: it is not; -1: nobody could tell. What is wrong is told. */
static int
ask(struct verifier *v, enum tools_verb verb, struct str word, struct str where,
    struct str *said)
{
	const struct verify_options *o = v->options;
	const struct tools_question question = {
		.part = {
		    [TOOLS_DATA] = v->package_text,
		    [TOOLS_SIGNATURE] = v->digest.sshsig,
		    [TOOLS_SIGNERS] = o->signers,
		    [TOOLS_TOKEN] = v->digest.token,
		    [TOOLS_CA] = o->ca,
		},
		.word = word,
	};
	autoerr struct err err = ERR_NONE;
	struct tools_answer answer;

	if (tools_ask(o->tools, verb, &question, &v->pool, &answer, &err) ==
	    -1) {
		verify_say_err(v, VERIFY_UNKNOWN, where, "was not checked",
		    &err);
		return -1;
	}
	*said = str_trim(answer.said);
	return answer.status == 0;
}

/* Of several lines the last, which has the verdict. */
static struct str
last_line(struct str said)
{
	size_t at = str_rfind_char(said, '\n');

	return at == STR_NPOS ? said : str_from(said, at + 1);
}

static void
verify_signer(struct verifier *v)
{
	struct str said, who;
	int status = ask(v, TOOLS_FIND, STR_NONE, SIGNATURE, &said);

	if (status == -1)
		return;
	if (status == 0) {
		verify_say(v, VERIFY_BAD, SIGNATURE,
		    "its key is none of --allowed-signers");
		return;
	}
	/* principals with commas are a list: the first one is asked for */
	who = str_cut(&said, '\n');
	who = str_cut(&who, ',');
	status = ask(v, TOOLS_VERIFY, who, SIGNATURE, &said);
	if (status == 1)
		verify_say(v, VERIFY_GOOD, SIGNATURE, "%.*s",
		    STR_ARG(last_line(said)));
	else if (status == 0)
		verify_say(v, VERIFY_BAD, SIGNATURE, "%.*s",
		    STR_ARG(last_line(said)));
}

static void
verify_any_signer(struct verifier *v)
{
	struct str said;
	int status = ask(v, TOOLS_CHECK, STR_NONE, SIGNATURE, &said);

	if (status == -1)
		return;
	verify_say(v, status == 1 ? VERIFY_GOOD : VERIFY_BAD, SIGNATURE, "%.*s",
	    STR_ARG(last_line(said)));
	if (status == 1)
		verify_say(v, VERIFY_NOTE, SIGNATURE,
		    "not checked: whose key that is (--allowed-signers FILE)");
}

/* "20261130010203Z" or with a fraction: seconds since 1970. -1: it is none. */
static int
read_time(struct str text, int64_t *unix_time, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct time_value t;
	struct str p = text;

	if (p.n < 15 || p.p[p.n - 1] != 'Z')
		return err_set(err, "'%.*s' is no time", STR_ARG(text));
	if (time_read(str_of(pool_printf(&pool, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s",
			  p.p, p.p + 4, p.p + 6, p.p + 8, p.p + 10, p.p + 12)),
		&t, err) == -1)
		return err_wrap(err, "'%.*s' is no time", STR_ARG(text));
	*unix_time = time_to_unix(&t);
	return 0;
}

static struct str
time_text(struct pool *pool, int64_t unix_time)
{
	struct buf out = BUF_IN(pool);
	struct time_value t;

	if (time_from_unix(unix_time, &t, NULL) == 0)
		time_write(&out, &t, ' ');
	buf_add(&out, STR(" UTC"));
	return buf_str(&out);
}

/*
 * By whom ca trusts, today; or on the day that it says: a certificate that has
 * run out since does not make it wrong.
 */
static void
verify_stamper(struct verifier *v, int64_t at, struct str when)
{
	struct str said;
	int status = ask(v, TOOLS_STAMP, STR_NONE, STAMP, &said);

	if (status == 1) {
		verify_say(v, VERIFY_GOOD, STAMP,
		    "the signature was there at %.*s", STR_ARG(when));
	} else if (status == 0) {
		struct str word =
		    str_of(pool_printf(&v->pool, "%lld", (long long)at));

		status = ask(v, TOOLS_STAMP_AT, word, STAMP, &said);
		if (status == 1)
			verify_say(v, VERIFY_GOOD, STAMP,
			    "the signature was there at %.*s; the certificate "
			    "was good then, and is not today",
			    STR_ARG(when));
		else if (status == 0)
			verify_say(v, VERIFY_BAD, STAMP, "%.*s",
			    STR_ARG(last_line(said)));
	}
	if (status == 1)
		verify_say(v, VERIFY_NOTE, STAMP,
		    "not checked: whether its certificate was revoked");
}

static void
verify_stamp(struct verifier *v)
{
	struct str sum = digest_of(&v->pool, DIGEST_SHA2_256, v->digest.sshsig);
	autoerr struct err err = ERR_NONE;
	struct tsp_token token = { .der = STR_NONE };
	int64_t at = 0;
	struct str when;

	if (tsp_read_token(v->digest.token, &token, &err) == -1 ||
	    tsp_check(&token, sum, STR_NONE, &err) == -1 ||
	    read_time(token.time, &at, &err) == -1) {
		verify_say_err(v, VERIFY_BAD, STAMP, "is not of this signature",
		    &err);
		return;
	}
	when = time_text(&v->pool, at);
	if (v->options->ca.p != NULL)
		verify_stamper(v, at, when);
	else
		verify_say(v, VERIFY_NOTE, STAMP,
		    "not checked: it says %.*s, and who says so (--tsa-ca "
		    "FILE)",
		    STR_ARG(when));
}

void
seal_verify(struct verifier *v)
{
	if (v->package_text.p == NULL)
		return;
	if (v->digest.sshsig.p == NULL) {
		verify_say(v, VERIFY_NOTE, SIGNATURE,
		    "none: whoever had the file could have changed it, and "
		    "its hashes with it");
		return;
	}
	if (v->options->signers.p != NULL)
		verify_signer(v);
	else
		verify_any_signer(v);
	if (v->digest.token.p != NULL)
		verify_stamp(v);
	else
		verify_say(v, VERIFY_NOTE, STAMP,
		    "none: nobody else says when this was signed");
}
