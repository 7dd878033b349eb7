/* blob: RFC 7693 and base58, against Python's hashlib */
#include "crypt/blob.h"

#include "check.h"

#include <stdio.h>

static void
id_is_padded_base58(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "asdf", "DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz" },
		{ "", "xyw95Bsby3s4mt6f4FmFDnFVpQBAeJxBFNGzu2cX4dM0" },
		{ "\xff", "CbcLAB1d7UcccSNobd9HJkfdn1L7awxPVzqXCXZxhmaE" },
		{ "7", "h3VBGX1u6JHDjR38z97xo6S3ruiynkc1kygGZgRVcit0" },
		/* the digest begins with a zero byte: a '1' */
		{ "81", "1GpoBQfBfkfFY8jzcx6sHktoo99hNGReRvKZ4pBgPmU0" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CHECK_STR(blob_id(&pool, str_of(row[i].in)), row[i].want);
}

/* the bytes are 0, 1, ... 250, 0, 1, ... */
static void
hash_is_right_at_block_borders(void)
{
	static const struct {
		size_t n;
		const char *want;
	} row[] = {
		{ 1, "03170a2e7597b7b7e3d84c05391d139a"
		     "62b157e78786d8c082f29dcf4c111314" },
		{ 127, "f2fe67ff342e21b8f45e8f2e0bcd1d92"
		       "43245d50ee6c78042e9c491388791c72" },
		{ 128, "c3582f71ebb2be66fa5dd750f80baae9"
		       "7554f3b015663c8be377cfcb2488c1d1" },
		{ 129, "f7f3c46ba2564ff4c4c162da1f5b605f"
		       "9f1c4aa6a20652a9f9a337c1a2f5b9c9" },
		{ 256, "582f782226018ec33076bd8d1c424135"
		       "30ac7e1126260ffc0f306ba3befc3f24" },
		{ 1000, "b372d0608f720c8c3dd41e9c8eecb101"
			"43b41abe520b616607e754bf79c08331" },
	};
	char in[1000], hex[2 * BLOB_HASH_SIZE + 1];
	unsigned char digest[BLOB_HASH_SIZE];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)(i % 251);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		blob_hash(str_view(in, row[i].n), digest);
		for (size_t k = 0; k < sizeof(digest); k++)
			sprintf(hex + 2 * k, "%02x", digest[k]);
		CHECK_CSTR(hex, row[i].want);
	}
}

CHECK_MAIN(CASE(id_is_padded_base58), CASE(hash_is_right_at_block_borders))
