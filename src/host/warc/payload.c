/* Where a message of HTTP has its body. */
#include "warc/warc.h"

/* "Transfer-Encoding:", in any case. */
static bool
is_transfer_coding(struct str line)
{
	static const struct str name = { "transfer-encoding", 17 };

	return str_eq_nocase(str_trim(
				 str_sub(line, 0, str_find_char(line, ':'))),
	    name);
}

uint64_t
warc_payload_of(struct str beginning)
{
	struct str rest = str_sub(beginning, 0, WARC_HEAD_MOST);
	size_t end, at = 0;

	while ((end = str_find_char(rest, '\n')) != STR_NPOS) {
		struct str line = str_sub(rest, 0, end);

		at += end + 1;
		if (line.n == 0 || str_is(line, "\r"))
			return at;
		if (is_transfer_coding(line))
			return WARC_NO_PAYLOAD;
		rest = str_from(rest, end + 1);
	}
	return WARC_NO_PAYLOAD;
}
