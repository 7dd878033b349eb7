#include "name/dns.h"

#include "base/utf8.h"
#include "stream/addr.h"

/* docs/reference, "dns": codes without a name are "Other". */
const char *
dns_rcode_name(unsigned rcode)
{
	switch (rcode) {
	case 0:
		return NULL;
	case 1:
		return "FormErr";
	case 2:
		return "ServFail";
	case 3:
		return "NXDomain";
	case 5:
		return "Refused";
	case 9:
		return "NotAuth";
	case 10:
		return "NotZone";
	default:
		return rcode >= 16 && rcode <= 23 ? "DnsSec" : "Other";
	}
}

static void
set_member(struct pool *pool, struct json *map, const char *name, struct json v)
{
	json_set(pool, map, str_of(name), v);
}

static struct json
pair(struct pool *pool, struct json left, struct json right)
{
	struct json list = json_list();

	json_append(pool, &list, left);
	json_append(pool, &list, right);
	return list;
}

static struct json
soa(struct pool *pool, const struct dns_record *r)
{
	struct json map = json_map();

	set_member(pool, &map, "expire", json_int(r->soa.expire));
	set_member(pool, &map, "minimum", json_int(r->soa.minimum));
	set_member(pool, &map, "mname", json_str(r->soa.mname));
	set_member(pool, &map, "refresh", json_int(r->soa.refresh));
	set_member(pool, &map, "retry", json_int(r->soa.retry));
	set_member(pool, &map, "rname", json_str(r->soa.rname));
	set_member(pool, &map, "serial", json_int(r->soa.serial));
	return map;
}

static struct json
ip(struct pool *pool, const struct dns_record *r)
{
	struct addr addr = addr_ip4(r->ip, 0);
	char text[ADDR_TEXT_MAX];

	if (r->type == DNS_A)
		addr_ip_text(&addr, text);
	else
		addr_ip6_text(r->ip, text);
	return json_str(pool_copy(pool, str_of(text)));
}

static struct json
record_value(struct pool *pool, const struct dns_record *r, const char **type)
{
	switch (r->type) {
	case DNS_A:
		*type = "A";
		return ip(pool, r);
	case DNS_AAAA:
		*type = "AAAA";
		return ip(pool, r);
	case DNS_CNAME:
		*type = "CNAME";
		return json_str(r->name);
	case DNS_NS:
		*type = "NS";
		return json_str(r->name);
	case DNS_PTR:
		*type = "PTR";
		return json_str(r->name);
	case DNS_MX:
		*type = "MX";
		return pair(pool, json_int(r->mx.preference),
		    json_str(r->mx.name));
	case DNS_SRV:
		*type = "SRV";
		return pair(pool, json_str(r->srv.target),
		    json_int(r->srv.port));
	case DNS_SOA:
		*type = "SOA";
		return soa(pool, r);
	case DNS_TXT:
		*type = "TXT";
		return json_byte_list(r->text);
	default:
		*type = "Other";
		return json_text("unknown");
	}
}

static int
bad_owner(struct str label, struct err *err)
{
	size_t bad, at = utf8_valid_up_to(label, &bad);

	return utf8_fail(at, bad, err);
}

static int
add_record(struct pool *pool, const struct dns_record *r, bool is_typed,
    struct json *answers, struct err *err)
{
	struct json list = json_list(), data = json_map(), v;
	const char *type = NULL;

	if (r->bad.p != NULL)
		return bad_owner(r->bad, err);
	if (is_typed && dns_typed(pool, r, &type, &v, err) == -1)
		return -1;
	if (type == NULL)
		v = record_value(pool, r, &type);
	set_member(pool, &data, type, v);
	json_append(pool, &list, json_str(r->owner));
	json_append(pool, &list, data);
	json_append(pool, &list, json_int(r->ttl));
	json_append(pool, answers, list);
	return 0;
}

int
dns_to_json(struct pool *pool, const struct dns_message *message, bool is_typed,
    struct json *out, struct err *err)
{
	const char *error = dns_rcode_name(message->rcode);
	struct json answers = json_list(), map = json_map();

	for (size_t i = 0; i < message->n_answers; i++) {
		if (add_record(pool, &message->answer[i], is_typed, &answers,
			err) == -1)
			return -1;
	}
	set_member(pool, &map, "answers", answers);
	if (error != NULL)
		set_member(pool, &map, "error", json_text(error));
	*out = map;
	return 0;
}
