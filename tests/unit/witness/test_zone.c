/* Answers of the DNS as lines of a master file. */
#include "witness/part.h"
#include "witness/zone.h"

#include "base/mem.h"
#include "check.h"

#define HEAD "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"
#define ASK  "\1a\2fr\0\0\1\0\1"
#define NAME "\xc0\x0c" /* "a.fr." */

static struct str
text_of(struct part *out, struct str bytes)
{
	struct part *in = part_new(NULL);

	CHECK_INT(part_add(in, bytes, PART_MEMORY, "/tmp", NULL), 0);
	CHECK_INT(part_finish(in, "/tmp", NULL), 0);
	CHECK_INT(zone_write(out, in, "/tmp", NULL), 0);
	part_free(in);
	return buf_str(&out->memory);
}

/* One message; its length before it. */
static void
add_message(struct buf *out, struct str message)
{
	buf_add_char(out, (char)(message.n >> 8));
	buf_add_char(out, (char)message.n);
	buf_add(out, message);
}

#define ROW(data, text)                                                        \
	{                                                                      \
		STR_INIT(HEAD ASK NAME data), text                             \
	}
#define STR_INIT(literal)                                                      \
	{                                                                      \
		(char *)(literal), sizeof(literal) - 1                         \
	}

static void
a_record_is_a_line(void)
{
	static const struct {
		struct str message;
		const char *text;
	} row[] = {
		ROW("\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1",
		    "a.fr. 300 IN A 192.0.2.1\n"),
		ROW("\0\x1c\0\1\0\0\0\0\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0"
		    "\0\1",
		    "a.fr. 0 IN AAAA 2001:db8::1\n"),
		ROW("\0\x0f\0\1\xff\xff\xff\xff\0\6\0\x0a\1m\xc0\x0c",
		    "a.fr. 4294967295 IN MX 10 m.a.fr.\n"),
		ROW("\0\x21\0\1\0\0\0\1\0\x0a\0\1\0\2\1\xbb\1m\xc0\x0c",
		    "a.fr. 1 IN SRV 1 2 443 m.a.fr.\n"),
		ROW("\0\x10\0\1\0\0\0\1\0\x0a\3a\"\\\1;\0\2\n\xff",
		    "a.fr. 1 IN TXT \"a\\\"\\\\\" \";\" \"\" \"\\010\\255\"\n"),
		ROW("\0\x10\0\1\0\0\0\1\0\0", "a.fr. 1 IN TXT \n"),
		/* a dot in a label, and a blank, are no end of it */
		ROW("\0\5\0\1\0\0\0\1\0\7\5x. \n\xff\0",
		    "a.fr. 1 IN CNAME x\\.\\032\\010\\255.\n"),
		ROW("\0\2\0\1\0\0\0\1\0\1\0", "a.fr. 1 IN NS .\n"),
		ROW("\0\6\0\1\0\0\0\1\0\x1c\1m\xc0\x0c\1r\xc0\x0c"
		    "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5",
		    "a.fr. 1 IN SOA m.a.fr. r.a.fr. 1 2 3 4 5\n"),
		/* RFC 3597 */
		ROW("\1\1\0\1\0\0\0\1\0\3\xab\0\1",
		    "a.fr. 1 IN CAA \\# 3 ab0001\n"),
		ROW("\xff\x19\0\3\0\0\0\1\0\0",
		    "a.fr. 1 CLASS3 TYPE65305 \\# 0\n"),
		/* not the form of its type */
		ROW("\0\1\0\1\0\0\0\1\0\3\xc0\0\2",
		    "; 37 bytes that are no message\n"),
		{ STR_INIT("\x12\x34\x81\x83\0\1\0\0\0\0\0\0" ASK),
		    "; code 3, NXDomain\n" },
		{ STR_INIT("\x12\x34\x81\x80\0\1\0\0\0\0\0\0" ASK), "" },
		{ STR_INIT(""), "; 0 bytes that are no message\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct part *out = part_new(NULL);
		struct buf bytes = BUF_NONE;

		add_message(&bytes, row[i].message);
		CHECK_STR(text_of(out, buf_str(&bytes)), row[i].text);
		buf_clear(&bytes);
		part_free(out);
	}
}

/* Of 0 to 1000 messages, which end anywhere in the pieces of a file. */
static void
messages_are_many(void)
{
	static const size_t count[] = { 0, 1, 2, 3, 4, 5, 1000, 5000 };
	const struct str one =
	    STR_INIT(HEAD ASK NAME "\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1");

	for (size_t i = 0; i < ARRAY_SIZE(count); i++) {
		struct part *out = part_new(NULL);
		struct buf bytes = BUF_NONE;

		for (size_t k = 0; k < count[i]; k++)
			add_message(&bytes, one);
		(void)text_of(out, buf_str(&bytes));
		CHECK_INT(out->memory.n + out->n,
		    count[i] * (sizeof("a.fr. 300 IN A 192.0.2.1\n") - 1));
		part_free(out);
		/* the last one is cut off */
		if (count[i] == 1) {
			out = part_new(NULL);
			CHECK_STR(text_of(out, str_sub(buf_str(&bytes), 0, 9)),
			    "; 9 bytes of a message that is cut off\n");
			part_free(out);
		}
		buf_clear(&bytes);
	}
}

/* Names of 255 bytes that are two bytes each in the message. */
static void
text_is_bounded_by_its_messages(void)
{
	struct part *out = part_new(NULL);
	struct buf bytes = BUF_NONE, message = BUF_NONE;

	buf_add(&message,
	    (struct str)STR_INIT("\x12\x34\x81\x80\0\1\x0f\xa0\0\0\0\0"));
	for (int i = 0; i < 4; i++) {
		buf_add_char(&message, i < 3 ? 63 : 61);
		for (int k = 0; k < (i < 3 ? 63 : 61); k++)
			buf_add_char(&message, '\xff');
	}
	buf_add(&message, (struct str)STR_INIT("\0\0\1\0\1"));
	for (int i = 0; i < 4000; i++)
		buf_add(&message, (struct str)STR_INIT(
				      "\xc0\x0c\0\2\0\1\0\0\0\1\0\2\xc0\x0c"));
	add_message(&bytes, buf_str(&message));
	(void)text_of(out, buf_str(&bytes));
	CHECK(out->memory.n + out->n <=
	      ZONE_LEAST + ZONE_GROWTH * message.n + 64);
	CHECK(out->memory.n + out->n > ZONE_GROWTH * message.n / 2);
	buf_clear(&message);
	buf_clear(&bytes);
	part_free(out);
}

/* One that the mask cannot see in the message, as lengths stand in it. */
static void
a_secret_that_is_a_name_is_found_in_the_text(void)
{
	autopool struct pool pool = POOL_NONE;
	const struct mask_secret secret = { STR("api"), STR("s3cret.key") };
	struct part *out = part_new(mask_new(&pool, &secret, 1));
	struct buf bytes = BUF_NONE;

	add_message(&bytes, (struct str)STR_INIT(HEAD ASK NAME
				"\0\5\0\1\0\0\0\1\0\x0c\6s3cret\3key\0"));
	CHECK_STR(text_of(out, buf_str(&bytes)),
	    "a.fr. 1 IN CNAME SECRET-api.\n");
	buf_clear(&bytes);
	part_free(out);
}

CHECK_MAIN(CASE(a_record_is_a_line), CASE(messages_are_many),
    CASE(text_is_bounded_by_its_messages),
    CASE(a_secret_that_is_a_name_is_found_in_the_text))
