#include "term/size.h"

#include <stdio.h>

#include "base/mem.h"

void
size_add(struct buf *out, uint64_t bytes)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB",
		"PiB", "EiB" };
	double n = (double)bytes;
	size_t i = 0;

	while (n >= 1024 && i + 1 < ARRAY_SIZE(unit)) {
		n /= 1024;
		i++;
	}
	if (n == (double)(uint64_t)n)
		buf_printf(out, "%llu %s", (unsigned long long)n, unit[i]);
	else
		buf_printf(out, "%.2f %s", n, unit[i]);
}

void
size_add_grouped(struct buf *out, uint64_t n)
{
	char digits[24];
	int length =
	    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < length; i++) {
		if (i != 0 && (length - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}
