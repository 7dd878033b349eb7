/* ws: frames within their bounds; heads that are judged without a crash */
#include "ws/accept.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str bytes = str_view((const char *)p, n);
	autoerr struct err err = ERR_NONE;
	struct ws_frame frame;
	size_t size;
	int status;

	while ((status = ws_frame_read(bytes, &frame, &size, &err)) == 1) {
		assert(size >= 2 && size <= bytes.n);
		assert(frame.payload.n <= WS_MAX_FRAME);
		bytes = str_from(bytes, size);
	}
	assert(status == -1 || size > bytes.n);
	(void)ws_accept_read(str_view((const char *)p, n), STR("x"), &err);
	return 0;
}
