/* How a row is shown: amounts of money, what is valid, whose network, sizes. */
#include "base/mem.h"
#include "check.h"
#include "model/model.h"
#include "term/detail.h"
#include "term/size.h"

static struct row
row_of(const char *family)
{
	struct row row = { .model = model_by_family(str_of(family)), .id = 1 };

	row_value(&row, "value")->text = STR("name");
	row_value(&row, "value")->is_set = true;
	return row;
}

static void
set_int(struct row *row, const char *field, int64_t i)
{
	row_value(row, field)->i = i;
	row_value(row, field)->is_set = true;
}

static void
shown_is(const struct row *row, const struct detail_network *network,
    const char *want)
{
	struct buf out = BUF_NONE;

	detail_write(&out, row, network);
	CHECK_STR(buf_str(&out), want);
	buf_clear(&out);
}

static void
a_balance_is_exact(void)
{
	static const struct {
		int64_t balance;
		int32_t denominator; /* -1: not known */
		const char *want;
	} row[] = {
		{ 0, 8, "#1, \"name\" [balance=0]" },
		{ 1, 8, "#1, \"name\" [balance=0.00000001]" },
		{ 150000000, 8, "#1, \"name\" [balance=1.5]" },
		{ 100000000, 8, "#1, \"name\" [balance=1]" },
		{ -150000000, 8, "#1, \"name\" [balance=-1.5]" },
		{ 42, -1, "#1, \"name\" [balance=42]" },
		{ 420, 0, "#1, \"name\" [balance=420]" },
		{ 42, -7, "#1, \"name\" [balance=42]" },
		{ INT64_MIN, 2,
		    "#1, \"name\" [balance=-92233720368547758.08]" },
		{ INT64_MAX, 18,
		    "#1, \"name\" [balance=9.223372036854775807]" },
		{ 1, 1000,
		    "#1, \"name\" [balance=0."
		    "0000000000000000000000000000000000000001]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct row r = row_of("cryptoaddr");

		set_int(&r, "balance", row[i].balance);
		if (row[i].denominator != -1)
			set_int(&r, "denominator", row[i].denominator);
		shown_is(&r, NULL, row[i].want);
	}
}

static void
a_number_is_valid_or_not(void)
{
	struct row r = row_of("phonenumber");

	shown_is(&r, NULL, "#1, \"name\"");
	row_value(&r, "valid")->b = false;
	row_value(&r, "valid")->is_set = true;
	shown_is(&r, NULL, "#1, \"name\" [invalid]");
	row_value(&r, "valid")->b = true;
	shown_is(&r, NULL, "#1, \"name\" [valid]");
}

static void
a_device_has_its_first_network(void)
{
	const struct detail_network whole = { STR("home"), STR("192.0.2.1") },
				    half = { STR("home"), STR_NONE };
	struct row r = row_of("device");

	shown_is(&r, NULL, "#1, \"name\"");
	shown_is(&r, &half, "#1, \"name\" [network=\"home\"]");
	shown_is(&r, &whole,
	    "#1, \"name\" [network=\"home\" / ipaddr=\"192.0.2.1\"]");
}

static void
an_image_has_a_size(void)
{
	struct row r = row_of("image");

	set_int(&r, "width", 640);
	shown_is(&r, NULL, "#1, \"name\" [640x0]");
	set_int(&r, "height", 480);
	shown_is(&r, NULL, "#1, \"name\" [640x480]");
}

static void
a_url_says_where_it_leads(void)
{
	struct row r = row_of("url");

	set_int(&r, "status", 200);
	shown_is(&r, NULL, "#1, \"name\" (200)");
	row_value(&r, "redirect")->text = STR("https://example.com/");
	row_value(&r, "redirect")->is_set = true;
	shown_is(&r, NULL, "#1, \"name\" (200 => \"https://example.com/\")");
}

static void
a_port_has_a_status(void)
{
	struct row r = row_of("port");

	shown_is(&r, NULL, "#1, name, unknown");
	row_value(&r, "status")->text = STR("open");
	row_value(&r, "status")->is_set = true;
	shown_is(&r, NULL, "#1, name, \"open\"");
}

static void
sizes_have_a_unit(void)
{
	static const struct {
		uint64_t n;
		const char *want;
	} row[] = {
		{ 0, "0 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1536, "1.50 KiB" },
		{ UINT64_C(1) << 60, "1 EiB" },
		{ UINT64_MAX, "16 EiB" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf out = BUF_NONE;

		size_add(&out, row[i].n);
		CHECK_STR(buf_str(&out), row[i].want);
		buf_clear(&out);
	}
}

static void
large_numbers_have_groups(void)
{
	static const struct {
		uint64_t n;
		const char *want;
	} row[] = {
		{ 0, "0" },
		{ 12, "12" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 12310, "12,310" },
		{ 1234567, "1,234,567" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf out = BUF_NONE;

		size_add_grouped(&out, row[i].n);
		CHECK_STR(buf_str(&out), row[i].want);
		buf_clear(&out);
	}
}

CHECK_MAIN(CASE(a_balance_is_exact), CASE(a_number_is_valid_or_not),
    CASE(a_device_has_its_first_network), CASE(an_image_has_a_size),
    CASE(a_url_says_where_it_leads), CASE(a_port_has_a_status),
    CASE(sizes_have_a_unit), CASE(large_numbers_have_groups))
