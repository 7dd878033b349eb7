#include "model/rules.h"

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
