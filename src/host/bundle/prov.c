/*
 * sn0int/prov.jsonld: the same as the JSON lines, in the words of PROV-O (W3C),
 * with a context of its own, so that nothing has to be fetched to read it.
 * What came before a row is `sn0int:after`, and not what it was derived from:
 * the order is known, the cause is not.
 */
#include "base/mem.h"
#include "bundle/inside.h"
#include "db/exchange.h"

#define MEMBER "sn0int/prov.jsonld"

static void
add_id(struct buf *out, const char *kind, int64_t id)
{
	buf_printf(out, "\"case:%s/%lld\"", kind, (long long)id);
}

static void
add_text(struct buf *out, const char *name, struct str text)
{
	if (text.p == NULL)
		return;
	buf_printf(out, ",\"%s\":", name);
	json_write_str(out, text);
}

/* A time column is UTC without saying so. */
static void
add_time(struct buf *out, const char *name, struct str time)
{
	if (time.p != NULL)
		buf_printf(out,
		    ",\"%s\":{\"@type\":\"xsd:dateTime\",\"@value\":\"%.*sZ\"}",
		    name, STR_ARG(time));
}

static void
add_ref(struct buf *out, const char *name, const char *kind, int64_t id)
{
	buf_printf(out, ",\"%s\":{\"@id\":", name);
	add_id(out, kind, id);
	buf_add_char(out, '}');
}

static int
add_run(struct making *m, const struct row *run, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct module_text *module = modules_of(m, run);
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR(",\n{\"@id\":"));
	add_id(&out, "run", run->id);
	buf_add(&out, STR(",\"@type\":\"prov:Activity\""));
	add_text(&out, "label", row_column_text(run, "command"));
	add_text(&out, "sn0int:uuid", row_column_text(run, "uuid"));
	add_text(&out, "sn0int:outcome", row_column_text(run, "outcome"));
	add_time(&out, "prov:startedAtTime", row_column_text(run, "started"));
	add_time(&out, "prov:endedAtTime", row_column_text(run, "ended"));
	buf_add(&out, STR(",\"prov:qualifiedAssociation\":{\"@type\":\"prov:"
			  "Association\",\"prov:agent\":{\"@id\":\"case:"
			  "program\"}"));
	if (module != NULL)
		buf_printf(&out,
		    ",\"prov:hadPlan\":{\"@id\":\"case:module/%.*s\"}",
		    STR_ARG(module->sha256));
	buf_add(&out, STR("}}"));
	return making_add(m, buf_str(&out), err);
}

static int
add_attempt(struct making *m, const struct row *attempt, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR(",\n{\"@id\":"));
	add_id(&out, "attempt", attempt->id);
	buf_add(&out, STR(",\"@type\":\"prov:Activity\""));
	add_text(&out, "label", row_column_text(attempt, "target"));
	add_text(&out, "sn0int:outcome", row_column_text(attempt, "outcome"));
	add_ref(&out, "prov:wasStartedBy", "run",
	    row_column_number(attempt, "run", 0));
	add_time(&out, "prov:startedAtTime",
	    row_column_text(attempt, "started"));
	add_time(&out, "prov:endedAtTime", row_column_text(attempt, "ended"));
	buf_add_char(&out, '}');
	return making_add(m, buf_str(&out), err);
}

/* An answer is a thing that the attempt has used. */
static int
add_exchange(struct making *m, const struct row *exchange, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR(",\n{\"@id\":"));
	add_id(&out, "exchange", exchange->id);
	buf_add(&out, STR(",\"@type\":\"prov:Entity\""));
	add_text(&out, "label", row_column_text(exchange, "what"));
	add_text(&out, "sn0int:sha256", row_column_text(exchange, "sha256"));
	add_text(&out, "sn0int:server", row_column_text(exchange, "server"));
	buf_add(&out, STR("},\n{\"@id\":"));
	add_id(&out, "attempt", row_column_number(exchange, "attempt", 0));
	add_ref(&out, "prov:used", "exchange", exchange->id);
	buf_add_char(&out, '}');
	return making_add(m, buf_str(&out), err);
}

static const char *
relation_of(struct str what)
{
	return str_is(what, "added")     ? "prov:wasGeneratedBy"
	       : str_is(what, "removed") ? "prov:wasInvalidatedBy"
	                                 : "prov:wasInfluencedBy";
}

/* Attempt 0: another program, of which nothing more is known. */
static int
add_origin(struct making *m, const struct row *origin, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	const char *relation = relation_of(row_column_text(origin, "what"));
	int64_t attempt = row_column_number(origin, "attempt", 0),
		exchange = row_column_number(origin, "exchange", 0);
	struct str family = row_column_text(origin, "family");

	buf_add(&out, STR(",\n{\"@id\":"));
	add_id(&out, pool_printf(&pool, "%.*s", STR_ARG(family)),
	    row_column_number(origin, "row", 0));
	buf_add(&out, STR(",\"@type\":\"prov:Entity\""));
	add_text(&out, "label", row_column_text(origin, "value"));
	if (attempt != 0)
		add_ref(&out, relation, "attempt", attempt);
	else
		buf_printf(&out, ",\"%s\":{\"@id\":\"case:unknown\"}",
		    relation);
	if (exchange != 0)
		add_ref(&out, "sn0int:after", "exchange", exchange);
	buf_add_char(&out, '}');
	return making_add(m, buf_str(&out), err);
}

static int
add_modules(struct making *m, struct err *err)
{
	for (size_t i = 0; i < m->modules; i++) {
		autopool struct pool pool = POOL_NONE;
		const struct module_text *text = &m->module[i];
		struct buf out = BUF_IN(&pool);

		buf_printf(&out,
		    ",\n{\"@id\":\"case:module/%.*s\",\"@type\":[\"prov:Entity\","
		    "\"prov:Plan\"]",
		    STR_ARG(text->sha256));
		add_text(&out, "label", text->id);
		add_text(&out, "sn0int:version", text->version);
		if (text->member != NULL)
			add_text(&out, "prov:atLocation", str_of(text->member));
		buf_add_char(&out, '}');
		if (making_add(m, buf_str(&out), err) == -1)
			return -1;
	}
	return 0;
}

static int
add_head(struct making *m, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out,
	    "{\"@context\":{\n"
	    "\"prov\":\"http://www.w3.org/ns/prov#\",\n"
	    "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\",\n"
	    "\"label\":\"http://www.w3.org/2000/01/rdf-schema#label\",\n"
	    "\"sn0int\":\"urn:sn0int:term:\",\n"
	    "\"case\":\"urn:sn0int:workspace:%.*s:\"},\n"
	    "\"@graph\":[\n"
	    "{\"@id\":\"case:program\",\"@type\":[\"prov:Agent\",\"prov:"
	    "SoftwareAgent\"],\"label\":\"sn0int\"}",
	    STR_ARG(m->identity));
	return making_add(m, buf_str(&out), err);
}

int
prov_write(struct making *m, struct err *err)
{
	if (zip_begin(&m->zip, MEMBER, err) == -1 || add_head(m, err) == -1 ||
	    add_modules(m, err) == -1 ||
	    making_walk(m, &db_model_run, add_run, err) == -1 ||
	    making_walk(m, &db_model_attempt, add_attempt, err) == -1 ||
	    making_walk(m, &db_model_exchange, add_exchange, err) == -1 ||
	    making_walk(m, &db_model_origin, add_origin, err) == -1 ||
	    making_add(m, STR("\n]}\n"), err) == -1)
		return -1;
	return zip_end(&m->zip, err);
}
