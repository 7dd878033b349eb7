/* What tools find, as rows: the vocabulary of their readers. */
#include "import/reader.h"

#include "url/ip.h"

void
found_begin(struct found *f, struct import_reader *r, const char *family)
{
	*f = (struct found){ r, model_by_family(str_of(family)), json_map() };
}

void
found_set(struct found *f, const char *column, struct json value)
{
	(void)json_set(f->r->pool, &f->columns, str_of(column), value);
}

void
found_text(struct found *f, const char *column, struct str text)
{
	struct str trimmed = str_trim(text);

	if (trimmed.n != 0)
		found_set(f, column, json_str(trimmed));
}

int
found_end(struct found *f, struct err *err)
{
	return f->r->to->row(f->r->to->ctx, f->model, &f->columns, true, err);
}

int
found_value(struct import_reader *r, const char *family, struct str value,
    struct err *err)
{
	struct found f;

	if (str_trim(value).n == 0)
		return 0;
	found_begin(&f, r, family);
	found_text(&f, "value", value);
	return found_end(&f, err);
}

/* "*.example.com" is below example.com, and nothing else is known of it. */
static struct str
plain_name(struct str name)
{
	struct str plain = str_trim(name);

	if (str_starts(plain, STR("*.")))
		plain = str_from(plain, 2);
	if (plain.n > 1 && plain.p[plain.n - 1] == '.')
		plain.n--;
	return plain;
}

int
found_name(struct import_reader *r, struct str name, struct err *err)
{
	return found_value(r, "subdomain", plain_name(name), err);
}

int
found_ip(struct import_reader *r, struct str ip, struct err *err)
{
	return found_value(r, "ipaddr", ip, err);
}

int
found_resolves(struct import_reader *r, struct str name, struct str ip,
    struct err *err)
{
	struct found f;

	if (plain_name(name).n == 0 || str_trim(ip).n == 0)
		return 0;
	found_begin(&f, r, "subdomain-ipaddr");
	found_text(&f, "subdomain_id", plain_name(name));
	found_text(&f, "ip_addr_id", ip);
	return found_end(&f, err);
}

bool
found_is_ip(struct str text)
{
	struct ip ip;

	return ip_read(text, &ip) == 0;
}

int
found_host(struct import_reader *r, struct str host, struct err *err)
{
	struct str text = str_trim(host);

	return found_is_ip(text) ? found_ip(r, text, err)
	                         : found_name(r, text, err);
}

int
found_url(struct import_reader *r, struct str url, struct err *err)
{
	return found_value(r, "url", url, err);
}

int
found_email(struct import_reader *r, struct str email, struct err *err)
{
	return found_value(r, "email", email, err);
}

int
found_member(const struct json *map, const char *name, struct str *out,
    struct err *err)
{
	const struct json *v = json_member(map, name);

	*out = STR_NONE;
	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_STR)
		return err_set(err, "'%s' is no text", name);
	*out = v->str;
	return 0;
}
