/*
 * Four bytes a step, by four tables: the k-th is what a byte is worth with k
 * zero bytes behind it. They are made by whoever comes first.
 */
#include "wacz/crc.h"

#define POLYNOMIAL 0xedb88320u

static uint32_t table[4][256];

static void
make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ POLYNOMIAL : c >> 1;
		table[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++) {
		for (int k = 1; k < 4; k++)
			table[k][i] = table[k - 1][i] >> 8 ^
			              table[0][table[k - 1][i] & 255];
	}
}

uint32_t
crc32_add(uint32_t crc, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n = bytes.n;

	if (table[0][1] == 0)
		make_tables();
	crc = ~crc;
	for (; n >= 4; p += 4, n -= 4) {
		crc ^= p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		       (uint32_t)p[3] << 24;
		crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^
		      table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
	}
	for (; n != 0; p++, n--)
		crc = table[0][(crc ^ *p) & 255] ^ crc >> 8;
	return ~crc;
}
