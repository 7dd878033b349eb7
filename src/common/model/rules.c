#include "model/rules.h"

#include "base/utf8.h"
#include "url/ip.h"
#include "url/url.h"
#include "value/quote.h"

static void
set_text(struct row *row, const char *name, struct str text)
{
	struct value *value = row_value(row, name);

	value->is_set = true;
	value->text = text;
}

/* U+0085 and its like are controls as much as those of one byte. */
static bool
is_control(uint32_t cp, bool has_lines)
{
	if (has_lines && (cp == '\n' || cp == '\t'))
		return false;
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

static int
check_characters(const struct field *field, struct str text, struct err *err)
{
	bool has_lines = field->flags & FIELD_LINES;
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < text.n; i += n) {
		n = utf8_decode(str_from(text, i), &cp);
		if (n == 0)
			return err_set(err, "%s is not UTF-8 at byte %zu",
			    field->name, i);
		if (is_control(cp, has_lines))
			return err_set(err,
			    "%s has the control character U+%04X at byte %zu",
			    field->name, (unsigned)cp, i);
	}
	return 0;
}

int
rules_text(const struct field *field, struct str *text, struct err *err)
{
	size_t most =
	    field->flags & FIELD_LINES ? RULES_MAX_TEXT : RULES_MAX_WORD;
	struct str trimmed = str_trim(*text);

	if (trimmed.n == 0)
		return err_set(err, "%s is empty", field->name);
	if (trimmed.n > most)
		return err_set(err, "%s has %zu bytes, of %zu that it may have",
		    field->name, trimmed.n, most);
	if (check_characters(field, trimmed, err) == -1)
		return -1;
	*text = trimmed;
	return 0;
}

/* A family and an id that a row of it may have. */
static int
check_end(const struct row *row, int at, struct err *err)
{
	struct str family = row->value[at].text;
	const struct model *model = model_by_family(family);

	if (model == NULL)
		return err_set(err, "there is no family '%.*s'",
		    STR_ARG(family));
	if (!model_may_carry(model, row->model))
		return err_set(err, "a %s cannot be about a %s",
		    row->model->family, model->family);
	if (row->value[at + 1].i <= 0)
		return err_set(err, "no %s has the id %lld", model->family,
		    (long long)row->value[at + 1].i);
	return 0;
}

static bool
is_same_end(const struct row *row, int a, int b)
{
	return str_eq(row->value[a].text, row->value[b].text) &&
	       row->value[a + 1].i == row->value[b + 1].i;
}

/* Its texts are right already; lower case may have made one longer. */
int
derive_ours(struct row *row, struct pool *pool, struct err *err)
{
	int value = model_field(row->model, "value"), last = -1;

	(void)pool;
	if (rules_text(&row->model->field[value], &row->value[value].text,
		err) == -1)
		return -1;
	for (int at = model_end(row->model, 0); at != -1;
	     at = model_end(row->model, at + 1)) {
		if (check_end(row, at, err) == -1)
			return -1;
		if (last != -1 && is_same_end(row, last, at))
			return err_set(err, "a %s is between two rows",
			    row->model->family);
		last = at;
	}
	return 0;
}

/* A name, no pattern. */
int
derive_name(struct row *row, struct pool *pool, struct err *err)
{
	(void)pool;
	if (str_find_char(row_value(row, "value")->text, '*') != STR_NPOS)
		return err_set(err, "Asterisks inside domains are not valid");
	return 0;
}

int
derive_ipaddr(struct row *row, struct pool *pool, struct err *err)
{
	struct buf text = BUF_IN(pool);
	struct ip ip;

	if (ip_read(row_value(row, "value")->text, &ip) == -1) {
		err_set(err, "invalid IP address syntax");
		err_set_debug(err, "AddrParseError(Ip)");
		return err_wrap(err, "Failed to parse ip address");
	}
	ip_write(&text, &ip);
	set_text(row, "value", buf_str(&text));
	set_text(row, "family", ip.size == IP_V6 ? STR("6") : STR("4"));
	return 0;
}

int
derive_phonenumber(struct row *row, struct pool *pool, struct err *err)
{
	struct str number = row_value(row, "value")->text;
	bool is_number = number.n > 1;

	(void)pool;
	if (number.n == 0 || number.p[0] != '+')
		return err_set(err, "E.164 phone number must start with '+'");
	for (size_t i = 1; i < number.n; i++)
		is_number &= number.p[i] >= '0' && number.p[i] <= '9';
	if (!is_number)
		return err_set(err,
		    "E.164 phone number must only contain numbers");
	return 0;
}

int
derive_account(struct row *row, struct pool *pool, struct err *err)
{
	struct str service = row_value(row, "service")->text;
	struct buf value = BUF_IN(pool);

	if (str_find_char(service, '/') != STR_NPOS)
		return err_set(err, "Service field can't contain `/`");
	buf_add(&value, service);
	buf_add_char(&value, '/');
	buf_add(&value, row_value(row, "username")->text);
	set_text(row, "value", buf_str(&value));
	return 0;
}

int
derive_image(struct row *row, struct pool *pool, struct err *err)
{
	const struct value *name = row_value(row, "filename");

	(void)pool;
	if (name->is_set && str_find_char(name->text, '/') != STR_NPOS)
		return err_set(err, "filename can't contains slashes");
	return 0;
}

int
derive_port(struct row *row, struct pool *pool, struct err *err)
{
	const struct value *status = row_value(row, "status");
	struct str ip = row_value(row, "ip_addr")->text;
	int64_t port = row_value(row, "port")->i;
	bool is_v6 = str_find_char(ip, ':') != STR_NPOS;
	struct buf value = BUF_IN(pool);

	if (port < 0 || port > UINT16_MAX)
		return err_set(err, "port is out of range: %lld",
		    (long long)port);
	if (status->is_set && !str_is(status->text, "open") &&
	    !str_is(status->text, "closed"))
		return err_set(err, "unsupported port status: %s",
		    quote_text(pool, status->text).p);
	buf_add(&value, row_value(row, "protocol")->text);
	buf_add(&value, is_v6 ? STR("/[") : STR("/"));
	buf_add(&value, ip);
	buf_add(&value, is_v6 ? STR("]:") : STR(":"));
	buf_add_int(&value, port);
	set_text(row, "value", buf_str(&value));
	return 0;
}

int
derive_netblock(struct row *row, struct pool *pool, struct err *err)
{
	struct str value = row_value(row, "value")->text;
	struct buf text = BUF_IN(pool);
	struct ip_block block;

	if (ip_block_read(value, &block) == -1) {
		err_set(err, "invalid address: %.*s", STR_ARG(value));
		err_set_debug(err, "InvalidAddr(%s)",
		    quote_text(pool, value).p);
		return err_wrap(err, "Failed to parse ip network");
	}
	ip_block_write(&text, &block);
	set_text(row, "value", buf_str(&text));
	set_text(row, "family", block.ip.size == IP_V6 ? STR("6") : STR("4"));
	return 0;
}

/* Value and body stay as given; what they lead to is worked out. */
int
derive_url(struct row *row, struct pool *pool, struct err *err)
{
	const struct value *redirect = row_value(row, "redirect");
	struct url url, target;

	if (url_parse(pool, row_value(row, "value")->text, NULL, &url, err) ==
	    -1)
		return -1;
	set_text(row, "path", url.path);
	if (!redirect->is_set)
		return 0;
	if (url_parse(pool, redirect->text, &url, &target, err) == -1)
		return -1;
	set_text(row, "redirect", target.href);
	return 0;
}
