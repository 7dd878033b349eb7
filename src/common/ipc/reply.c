#include "ipc/reply.h"

#include "base/num.h"
#include "ipc/variant.h"
#include "value/duration.h"

static const struct variant outer[] = {
	{ "Ok", VARIANT_PAYLOAD },
	{ "Err", VARIANT_PAYLOAD },
	{ NULL },
};

static const struct variant db[] = {
	{ "Inserted", VARIANT_PAYLOAD },
	{ "Updated", VARIANT_PAYLOAD },
	{ "Found", VARIANT_PAYLOAD },
	{ "NoChange", VARIANT_PAYLOAD },
	{ "None", VARIANT_UNIT },
	{ NULL },
};

static const enum reply_kind db_kind[] = {
	REPLY_INSERTED,
	REPLY_UPDATED,
	REPLY_FOUND,
	REPLY_NO_CHANGE,
	REPLY_NONE,
};

static const struct variant wait[] = {
	{ "Pass", VARIANT_UNIT },
	{ "Retry", VARIANT_PAYLOAD },
	{ NULL },
};

static const char *const kind_name[] = {
	[REPLY_NONE] = "None",
	[REPLY_INSERTED] = "Inserted",
	[REPLY_UPDATED] = "Updated",
	[REPLY_FOUND] = "Found",
	[REPLY_NO_CHANGE] = "NoChange",
};

int
reply_read(struct pool *pool, struct str line, const struct json **ok,
    struct str *text, struct err *err)
{
	struct json *v = pool_alloc(pool, sizeof(*v));
	const struct json *payload;
	uint32_t column;
	int i;

	if (json_read(pool, line, v, err) == -1)
		return -1;
	i = variant_read(outer, v, &payload, &column, err);
	if (i == -1)
		return -1;
	if (i == 0) {
		*ok = payload;
		return 0;
	}
	if (payload->kind != JSON_STR)
		return slot_wrong_type(payload, "a string", err);
	*text = payload->str;
	return 1;
}

static int
read_id(const struct json *v, int64_t *id, struct err *err)
{
	uint64_t n;

	if (slot_read_whole(v, INT32_MIN, INT32_MAX, "i32", &n, err) == -1)
		return -1;
	*id = (int64_t)n;
	return 0;
}

int
reply_read_db(const struct json *ok, struct reply_db *out, struct err *err)
{
	struct reply_db reply = { REPLY_INSERTED, 0 };
	const struct json *payload;
	uint32_t column;
	int i;

	if (ok->kind == JSON_INT) {
		reply.id = ok->i;
		*out = reply;
		return 0;
	}
	i = variant_read(db, ok, &payload, &column, err);
	if (i == -1)
		return -1;
	reply.kind = db_kind[i];
	if (payload != NULL && read_id(payload, &reply.id, err) == -1)
		return -1;
	*out = reply;
	return 0;
}

/* Cuts a whole number off the front of *rest, as JSON has it, without "-0". */
static bool
cut_id(struct str *rest, int64_t *id)
{
	size_t sign = rest->n != 0 && rest->p[0] == '-';
	size_t end = num_skip_digits(*rest, sign);

	if (end == sign || (rest->p[sign] == '0' && end != 1) ||
	    num_read_i64(str_sub(*rest, 0, end), id) == -1 || *id < INT32_MIN ||
	    *id > INT32_MAX)
		return false;
	*rest = str_from(*rest, end);
	return true;
}

/* Of those that have an id. */
static bool
kind_by_name(struct str name, enum reply_kind *kind)
{
	for (size_t i = 0; db[i].name != NULL; i++) {
		if (db[i].kind == VARIANT_PAYLOAD && str_is(name, db[i].name)) {
			*kind = db_kind[i];
			return true;
		}
	}
	return false;
}

bool
reply_read_db_line(struct str line, struct reply_db *out)
{
	static const struct str head = { "{\"Ok\":{\"", 8 };
	struct str rest = str_from(line, head.n), name;
	struct reply_db reply;

	if (!str_starts(line, head))
		return false;
	name = str_cut(&rest, '"');
	if (!kind_by_name(name, &reply.kind) || !str_starts(rest, STR(":")))
		return false;
	rest = str_from(rest, 1);
	if (!cut_id(&rest, &reply.id) ||
	    (!str_eq(rest, STR("}}\n")) && !str_eq(rest, STR("}}"))))
		return false;
	*out = reply;
	return true;
}

int
reply_read_wait(const struct json *ok, struct reply_wait *out, struct err *err)
{
	const struct json *payload;
	struct duration d;
	uint32_t column;
	struct pool pool = POOL_NONE;
	int i = variant_read(wait, ok, &payload, &column, err);

	if (i == -1)
		return -1;
	if (payload == NULL) {
		*out = (struct reply_wait){ .passes = true };
		return 0;
	}
	if (slot_read(duration_slots, "struct Duration", payload, &pool, &d,
		err) == -1)
		return -1;
	if (d.secs > INT64_MAX / 1000000000)
		d.secs = INT64_MAX / 1000000000 - 1;
	*out = (struct reply_wait){
		.wait_ns = d.secs * 1000000000 + d.nanos,
	};
	return 0;
}

int
reply_read_text(const struct json *ok, struct str *out, struct err *err)
{
	if (ok->kind == JSON_NULL) {
		*out = STR_NONE;
		return 0;
	}
	if (ok->kind != JSON_STR)
		return slot_wrong_type(ok, "a string", err);
	*out = ok->str;
	if (out->p == NULL)
		out->p = "";
	return 0;
}

void
reply_dump_db(struct buf *out, const struct reply_db *reply)
{
	if (reply->kind == REPLY_NONE)
		buf_add(out, STR("None"));
	else
		buf_printf(out, "%s(%lld)", kind_name[reply->kind],
		    (long long)reply->id);
}

void
reply_write_db(struct buf *out, const struct reply_db *reply)
{
	if (reply->kind == REPLY_NONE)
		buf_add(out, STR("{\"Ok\":\"None\"}\n"));
	else
		buf_printf(out, "{\"Ok\":{\"%s\":%lld}}\n",
		    kind_name[reply->kind], (long long)reply->id);
}

void
reply_write_wait(struct buf *out, const struct reply_wait *reply)
{
	if (reply->passes)
		buf_add(out, STR("{\"Ok\":\"Pass\"}\n"));
	else
		buf_printf(out,
		    "{\"Ok\":{\"Retry\":{\"nanos\":%llu,\"secs\":%llu}}}\n",
		    (unsigned long long)(reply->wait_ns % 1000000000),
		    (unsigned long long)(reply->wait_ns / 1000000000));
}

void
reply_write_text(struct buf *out, struct str text)
{
	if (text.p == NULL) {
		reply_write_null(out);
		return;
	}
	buf_add(out, STR("{\"Ok\":"));
	json_write_str(out, text);
	buf_add(out, STR("}\n"));
}

void
reply_write_null(struct buf *out)
{
	buf_add(out, STR("{\"Ok\":null}\n"));
}

void
reply_write_err(struct buf *out, struct str text)
{
	buf_add(out, STR("{\"Err\":"));
	json_write_str(out, text);
	buf_add(out, STR("}\n"));
}
