/* Where a message of HTTP has its body. */
#include "warc/sum.h"
#include "warc/warc.h"

uint64_t
warc_payload_of(struct str beginning)
{
	struct head_end h = { .n = 0 };

	(void)head_end_add(&h, str_sub(beginning, 0, WARC_HEAD_MOST));
	return h.is_found && !h.is_coded ? h.at : WARC_NO_PAYLOAD;
}
