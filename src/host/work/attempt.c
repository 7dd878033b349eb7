/*
 * What a run says about itself is made of what it is run with, not of what was
 * typed: so it is true of a run that a plan or a notification starts, too.
 * Secrets do not get there: of keys only their namespaces are named, and of an
 * option whose name says that it is one only the name.
 */
#include "work/attempt.h"

#include "base/mem.h"
#include "config.h"
#include "ipc/secret.h"
#include "work/job.h"
#include "work/run.h"

static struct str
text_of(struct pool *pool, const struct json *v)
{
	struct buf out = BUF_IN(pool);

	json_write(&out, v, JSON_SORTED);
	return buf_str(&out);
}

struct str
attempt_options(struct pool *pool, const struct json *options, bool is_secret)
{
	struct json map = json_map();

	for (size_t i = 0; options != NULL && i < options->map.n; i++) {
		const struct json_member *m = &options->map.member[i];
		struct json value = m->value;

		if (is_secret || secret_is_option(m->name))
			value = json_str(secret_option(pool, m->name));
		(void)json_set(pool, &map, m->name, value);
	}
	return text_of(pool, &map);
}

struct str
work_kept_options(const struct work_options *options, struct pool *pool)
{
	return attempt_options(pool, options->start.options, options->is_inner);
}

static struct str
network_of(struct pool *pool, const struct work_options *options)
{
	struct json map = json_map();

	(void)json_set(pool, &map, STR("allow"),
	    slot_texts_json(pool, &options->allow_net));
	(void)json_set(pool, &map, STR("deny"),
	    slot_texts_json(pool, &options->deny_net));
	(void)json_set(pool, &map, STR("nameservers"),
	    slot_texts_json(pool, &options->start.dns.ns));
	return text_of(pool, &map);
}

/* Keys are sorted by namespace. */
struct str
work_kept_granted(const struct work_options *options, struct pool *pool)
{
	const struct slot_objects *keyring = &options->start.keyring;
	const struct start_key *key = keyring->object;
	struct json list = json_list();

	for (size_t i = 0; i < keyring->n; i++) {
		if (i == 0 || !str_eq(key[i].namespace, key[i - 1].namespace))
			json_append(pool, &list, json_str(key[i].namespace));
	}
	return text_of(pool, &list);
}

static struct str
child_of(struct pool *pool, const char *const *argv)
{
	struct buf out = BUF_IN(pool);

	if (argv == NULL)
		return STR_NONE;
	for (size_t i = 0; argv[i] != NULL; i++)
		buf_printf(&out, "%s%s", i != 0 ? " " : "", argv[i]);
	return buf_str(&out);
}

/* Of the start line, as the child finds them; NULL: there are none. */
static struct mask *
mask_of(struct run *run)
{
	struct mask *mask = secret_mask(&run->secrets, &run->options->start,
	    run->options->is_inner);

	return mask_is_empty(mask) && !mask_is_blind(mask) ? NULL : mask;
}

/* Where a secret cannot be found again no bytes are kept. */
static int
begin_evidence(struct run *run, struct err *err)
{
	const struct work_options *options = run->options;
	const struct start *start = &options->start;
	struct archive_facts facts = {
		.module = str_of(options->module),
		.version = start->module.version,
		.program = STR("sn0int in C " VERSION),
	};
	enum evidence level = options->child_options.evidence;

	run->asked.proxy = start->proxy;
	run->asked.most = run->limits.of[LIMIT_EVIDENCE];
	if (child_evidence(options) == EVIDENCE_OFF)
		return 0;
	run->asked.mask = mask_of(run);
	if (level != EVIDENCE_FULL || run->author.run == 0)
		return 0;
	if (run->asked.mask != NULL && mask_is_blind(run->asked.mask)) {
		term_line(TERM_WARN,
		    "a secret of %s is too short to be found again: of what it "
		    "exchanges only heads are kept",
		    options->module);
		return 0;
	}
	if (db_run_uuid(options->db, run->author.run, &run->pool, &facts.uuid,
		&facts.sha256, err) == -1)
		return err_wrap(err, "cannot note the run");
	run->asked.archive =
	    archive_new(&run->pool, options->ws->folder, &facts);
	return 0;
}

int
attempt_run_begin(struct run *run, struct err *err)
{
	const struct work_options *options = run->options;
	const struct start *start = &options->start;
	struct pool *pool = &run->pool;
	const struct db_run facts = {
		.kind = "run",
		.command = options->command,
		.module = str_of(options->module),
		.version = start->module.version,
		.code = start->module.code,
		.options = work_kept_options(options, pool),
		.granted = work_kept_granted(options, pool),
		.network = network_of(pool, options),
		.proxy = start->proxy,
		.child = child_of(pool, options->child),
		.data = options->data,
	};

	if (db_run_begin(options->db, &facts, &run->author, err) == -1)
		return err_wrap(err, "cannot note the run");
	return begin_evidence(run, err);
}

static void
set_member(struct pool *pool, struct json *map, const char *name, size_t n)
{
	(void)json_set(pool, map, str_of(name), json_int((int64_t)n));
}

static struct str
counters_of(struct run *run)
{
	struct pool *pool = &run->pool;
	struct json map = json_map();

	set_member(pool, &map, "targets", run->options->targets);
	set_member(pool, &map, "started", run->started);
	set_member(pool, &map, "failed", run->failed);
	set_member(pool, &map, "interrupted", run->cut_off);
	set_member(pool, &map, "added", run->added);
	set_member(pool, &map, "changed", run->changed);
	if (run->unnoted != 0)
		set_member(pool, &map, "unnoted", run->unnoted);
	if (run->unkept != 0)
		set_member(pool, &map, "unkept", run->unkept);
	if (transport_carries(run->transport, CARGO_OUTCOMES)) {
		(void)json_set(pool, &map, STR("refused"),
		    outcome_causes(pool, &run->outcome));
		(void)json_set(pool, &map, STR("policy"),
		    outcome_classes(pool, &run->outcome));
	}
	return text_of(pool, &map);
}

int
attempt_run_end(struct run *run, int status, struct err *err)
{
	struct db_run_end end = { .counters = counters_of(run) };
	autoerr struct err own = ERR_NONE;

	if (status == -1) {
		end.outcome = DB_FAILED;
		end.error = err_join(&run->pool, err);
	} else if (run->is_interrupted) {
		end.outcome = DB_INTERRUPTED;
	}
	if (db_run_end(run->options->db, &run->author, &end, &own) == 0)
		return status;
	if (status == 0) {
		(void)err_wrap(&own, "cannot note the end of the run");
		err_move(err, &own);
	}
	return -1;
}

/* All that the module gets of a row, so that it is another unit if it changes. */
static struct str
sees(struct pool *pool, const struct work_target *target)
{
	if (target->unit.sees.p != NULL)
		return target->unit.sees;
	return text_of(pool, &target->arg);
}

int
attempt_begin(struct job *job, const struct work_target *target,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_unit unit = target->unit;

	job->author = job->run->author;
	if (job->author.run == 0)
		return 0;
	unit.sees = sees(&pool, target);
	if (ends_begin(&job->run->work->ends, job->run->options->db, &unit,
		&job->author, err) == -1)
		return err_wrap(err, "cannot note the attempt");
	return 0;
}

static bool
has_cause(const struct outcome_sum *sum, enum outcome_cause cause)
{
	for (size_t i = 0; i < sum->n; i++) {
		if (sum->row[i].cause == cause)
			return true;
	}
	return false;
}

/* In a word: what it could not look at, else what its end was. */
static const char *
cause_of(const struct job *job, const struct death *death,
    const struct outcome_sum *sum)
{
	if (death->is_violation ||
	    (job->has_exited && job->exit == EVENT_EXIT_SETUP_FAILED))
		return "sandbox";
	if (job->fault.p != NULL && !job->is_interrupted)
		return "stopped";
	if (sum->n != 0)
		return outcome_cause_name(sum->row[0].cause);
	if (death->is_ok || job->is_interrupted)
		return NULL;
	return job->has_exited ? "module" : "crash";
}

static enum db_outcome
outcome_of(const struct job *job, const struct death *death,
    const struct outcome_sum *sum)
{
	if (job->is_interrupted)
		return DB_INTERRUPTED;
	if (death->is_ok)
		return DB_DONE;
	if (job->has_exited && job->exit == EVENT_EXIT_SETUP_FAILED)
		return DB_REFUSED;
	if (death->is_violation || job->fault.p != NULL)
		return DB_STOPPED;
	return has_cause(sum, OUTCOME_POLICY) ||
	               has_cause(sum, OUTCOME_PERMISSION)
	           ? DB_REFUSED
	           : DB_FAILED;
}

/* No more than a broker that is another's can say. */
static int64_t
count(uint64_t bytes)
{
	return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
}

static struct db_used
used_by(const struct job *job)
{
	struct db_used used = DB_USED_UNKNOWN;

	used.cpu_ms = (int64_t)job_cpu_ms(job);
	used.memory_kib = job->child.proc.usage.ru_maxrss;
	used.events = (int64_t)(job->events - job->exchanges);
	if (!transport_carries(job->run->transport, CARGO_BROKER))
		return used;
	used.connections = (int64_t)job->connections;
	/* a part is no sum: the outer half died, or let go of one */
	if (job->uncounted != 0)
		return used;
	used.sent = count(job->bytes_out);
	used.received = count(job->bytes_in);
	return used;
}

/* As it was told, by us or by the module, which may quote what it was given. */
static struct str
error_of(const struct job *job, const struct death *death)
{
	if (death->text.n != 0)
		return death->text;
	return !death->is_ok && job->exit_text.n != 0 ? job->exit_text
	                                              : STR_NONE;
}

struct str
attempt_error(const struct job *job, const struct death *death,
    struct pool *pool)
{
	const struct work_options *options = job->run->options;

	return secret_hide(pool, &options->start, options->is_inner,
	    error_of(job, death));
}

/* What the child has not ended goes with its end. */
static void
add_left(struct job *job, struct db_attempt_end *end)
{
	struct run *run = job->run;
	autoerr struct err err = ERR_NONE;
	struct db_exchange_left *left = NULL;

	if (job->author.attempt != 0 &&
	    asked_leave(&job->asked, &run->asked, job->author.attempt,
		&run->turn, &left, &end->left_n, &err) == -1)
		run_lose_bytes(run, &err);
	end->left = left;
}

void
attempt_end(struct job *job, const struct death *death,
    const struct outcome_sum *sum)
{
	const struct child_options *options = &job->run->options->child_options;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct db_attempt_end end = {
		.outcome = outcome_of(job, death, sum),
		.cause = str_of(cause_of(job, death, sum)),
		.error = attempt_error(job, death, &pool),
		.used = used_by(job),
	};

	add_left(job, &end);
	if (asked_end(&job->asked, &job->run->asked, job->author.attempt,
		&err) == -1)
		run_lose_bytes(job->run, &err);
	end.has_exchanges =
	    job->asked.has_any && options->evidence != EVIDENCE_OFF;
	if (end.has_exchanges)
		end.unseen =
		    asked_unseen(&job->asked, &job->run->turn, &end.unseen_n);
	if (job->author.attempt != 0)
		ends_add(&job->run->work->ends, job->run, job->label,
		    &job->author, &end);
}

void
attempt_spoil(struct job *job, struct str why)
{
	const struct db_attempt_end end = { .outcome = DB_FAILED,
		.cause = STR("spawn"),
		.error = why,
		.used = DB_USED_UNKNOWN };

	(void)db_attempt_end(job->run->options->db, &job->author, &end, NULL);
}
