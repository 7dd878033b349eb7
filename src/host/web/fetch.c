/*
 * A request waits in a list, in the order of their beginning; then it is with a
 * helper; then it is over, in another list, until done() was told. done() is
 * called in settle_tasks(), before the loop waits, in fetch_cancel() and
 * fetcher_free(), and nowhere else, when the request is in no list any more: so
 * whatever it starts or cancels finds everything in order. Helpers end in
 * settle_tasks(), too, and never while something that came from one is told.
 */
#include "web/fetch.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "base/agreed.h"
#include "base/mem.h"
#include "http/url.h"
#include "ipc/child_options.h"
#include "ipc/needs.h"
#include "stream/clock.h"
#include "web/helper.h"
#include "work/once.h"
#include "work/policy.h"

#define TICK_MS 100

struct task {
	struct task *next, *before; /* in its list */
	struct pool pool;           /* of what was asked and of the answer */
	struct fetch_request request;
	struct str origin;
	struct place *place; /* where it is done; NULL: in a list */
	struct fetch_answer answer;
	struct buf body;
	bool is_over;
	bool is_second; /* the first child was dead when it was wanted */
};

struct task_list {
	struct task *first, *last;
};

/* A helper belongs to an origin. */
struct place {
	struct helper *helper;
	struct task *task; /* NULL: idle, or what it does is for nobody */
	struct buf origin;
	int64_t since; /* when it became idle */
};

struct fetcher {
	struct fetch_config config;
	struct pool pool;
	struct loop *loop;
	struct loop_before before;
	struct helper_plan plan;
	uint32_t lookup_ms; /* a look-up may be silent for so long */
	struct place place[FETCH_MAX_CHILDREN]; /* they stay where they are */
	size_t places;
	struct task_list waiting, over;
	size_t pending;
	uint64_t last_id;
	struct once once; /* notes */
	bool is_interrupted;
	struct loop_timer tick; /* of fetcher_run() */
};

static_assert((int)FETCH_BAD_REQUEST == (int)ERRAND_REQUEST + 1 &&
		  (int)FETCH_CONTENT == (int)ERRAND_CONTENT + 1 &&
		  (int)FETCH_CHILD == (int)ERRAND_CAUSES + 1,
    "the first faults are the causes of errands");

const char *
fetch_fault_name(enum fetch_fault fault)
{
	switch (fault) {
	case FETCH_FINE:
		return "fine";
	case FETCH_CHILD:
		return "child";
	case FETCH_STOPPED:
		return "stopped";
	default:
		return errand_cause_name((enum errand_cause)(fault - 1));
	}
}

struct str
fetch_header(const struct fetch_answer *answer, struct str name)
{
	for (size_t i = 0; i < answer->fields; i++) {
		if (str_eq(answer->field[i].name, name))
			return answer->field[i].value;
	}
	return STR_NONE;
}

static void
make_start(struct fetcher *f, const struct start *from)
{
	struct json nothing = json_null(), no_options = json_map();
	struct start start = { .dns = from->dns,
		.proxy = from->proxy,
		.user_agent = from->user_agent,
		.options = &no_options,
		.arg = &nothing };
	struct buf line = BUF_IN(&f->pool);

	start.module.stealth = STR("Normal");
	start_write(&line, &start);
	f->plan.start = buf_str(&line);
}

static int
make_transport(struct fetcher *f, const struct fetch_config *config,
    struct err *err)
{
	/* what a child brings is bounded for each request */
	static const struct str limit[] = { { "output=off", 10 } };
	struct order *order = pool_zalloc(&f->pool, sizeof(*order));
	struct child_options *o = &order->options;

	order->what = "sandbox";
	order->has_broker = true;
	*o = (struct child_options)CHILD_OPTIONS_NONE;
	o->name = "sn0int/fetch";
	o->is_fetching = o->has_needs = true;
	o->needs = NEED_NET | NEED_BROKER;
	o->limit = (struct slot_texts){ limit, ARRAY_SIZE(limit) };
	o->allow_missing = config->missing;
	policy_options(o, config->start, &config->allow_net, &config->deny_net);
	f->plan.transport =
	    transport_new(&transport_own, NULL, order, &f->pool);
	o->is_spare = true;
	o->control_fd = CONTROL_BIRTH_FD;
	return child_options_check(o, err);
}

static uint32_t
lookup_ms(const struct start *start)
{
	if (!start->dns.has_timeout)
		return 0;
	return start->dns.timeout_ms < UINT32_MAX
	           ? (uint32_t)start->dns.timeout_ms
	           : UINT32_MAX;
}

static void
free_task(struct task *task)
{
	buf_clear(&task->body);
	pool_clear(&task->pool);
	free(task);
}

static void
list_add(struct task_list *list, struct task *task)
{
	task->next = NULL;
	task->before = list->last;
	if (list->last != NULL)
		list->last->next = task;
	else
		list->first = task;
	list->last = task;
}

static void
list_add_first(struct task_list *list, struct task *task)
{
	task->before = NULL;
	task->next = list->first;
	if (list->first != NULL)
		list->first->before = task;
	else
		list->last = task;
	list->first = task;
}

static void
list_remove(struct task_list *list, struct task *task)
{
	if (task->before != NULL)
		task->before->next = task->next;
	else
		list->first = task->next;
	if (task->next != NULL)
		task->next->before = task->before;
	else
		list->last = task->before;
}

/* Tells who asked. The task is over, and in no list any more. */
static void
finish_task(struct fetcher *f, struct task *task)
{
	f->pending--;
	task->answer.body = buf_str(&task->body);
	if (task->request.done != NULL)
		task->request.done(task->request.arg, &task->answer);
	free_task(task);
}

static void
finish_first(struct fetcher *f)
{
	struct task *task = f->over.first;

	list_remove(&f->over, task);
	finish_task(f, task);
}

/* All that are over, those too that end meanwhile. */
static void
finish_all(struct fetcher *f)
{
	while (f->over.first != NULL)
		finish_first(f);
}

/* From here on nothing more comes for it. */
static void
end_task(struct fetcher *f, struct task *task, enum fetch_fault fault,
    struct str why)
{
	if (task->is_over)
		return;
	task->is_over = true;
	task->answer.fault = fault;
	task->answer.why = pool_copy(&task->pool, why);
	if (task->place == NULL)
		list_remove(&f->waiting, task);
	else
		task->place->task = NULL;
	task->place = NULL;
	list_add(&f->over, task);
}

/* The helper with it, which knows no other way to leave an errand. */
static void
stop_task(struct fetcher *f, struct task *task, struct str why)
{
	struct place *place = task->place;

	end_task(f, task, FETCH_STOPPED, why);
	if (place != NULL)
		helper_stop(place->helper, STR("it was not wanted any more"));
}

static void
stop_all(struct fetcher *f, struct str why)
{
	for (size_t i = 0; i < f->places; i++) {
		if (f->place[i].task != NULL)
			stop_task(f, f->place[i].task, why);
	}
	while (f->waiting.first != NULL)
		stop_task(f, f->waiting.first, why);
}

static const struct errand_field *
copy_fields(struct pool *pool, const struct errand_field *from, size_t n)
{
	struct errand_field *field = pool_array(pool, n, sizeof(*field));

	for (size_t i = 0; i < n; i++) {
		field[i].name = pool_copy(pool, from[i].name);
		field[i].value = pool_copy(pool, from[i].value);
	}
	return field;
}

static void
copy_request(struct task *task, const struct fetch_request *from)
{
	struct pool *pool = &task->pool;
	struct fetch_request *r = &task->request;

	*r = *from;
	r->method = pool_copy(pool, from->method);
	r->url = pool_copy(pool, from->url);
	r->body = pool_copy(pool, from->body);
	r->field = copy_fields(pool, from->field, from->fields);
	if (r->body_part == NULL && r->most > FETCH_MAX_IN_MEMORY)
		r->most = FETCH_MAX_IN_MEMORY;
}

/* What no child need be asked. */
static void
check_request(struct fetcher *f, struct task *task)
{
	const struct fetch_request *r = &task->request;
	autoerr struct err err = ERR_NONE;
	struct http_url url;

	if (http_url_read(r->url, &url, &err) == -1)
		end_task(f, task, FETCH_BAD_REQUEST, err_text(&err));
	else if (r->body.n > ERRAND_MAX_BODY || r->fields > ERRAND_MAX_FIELDS)
		end_task(f, task, FETCH_BAD_REQUEST,
		    STR("the request is too large"));
	else
		task->origin = url.origin;
}

uint64_t
fetch_start(struct fetcher *f, const struct fetch_request *request)
{
	struct task *task = mem_zalloc(sizeof(*task));

	task->answer.id = ++f->last_id;
	copy_request(task, request);
	list_add(&f->waiting, task);
	f->pending++;
	check_request(f, task);
	/* settle_tasks() may have been before who asks, in this turn */
	loop_hurry(f->loop);
	return task->answer.id;
}

static struct task *
task_in(const struct task_list *list, uint64_t id)
{
	for (struct task *task = list->first; task != NULL; task = task->next) {
		if (task->answer.id == id)
			return task;
	}
	return NULL;
}

static struct task *
task_by_id(const struct fetcher *f, uint64_t id)
{
	struct task *task = task_in(&f->waiting, id);

	for (size_t i = 0; i < f->places && task == NULL; i++) {
		if (f->place[i].task != NULL &&
		    f->place[i].task->answer.id == id)
			task = f->place[i].task;
	}
	return task != NULL ? task : task_in(&f->over, id);
}

void
fetch_cancel(struct fetcher *f, uint64_t id)
{
	struct task *task = task_by_id(f, id);

	if (task == NULL)
		return;
	stop_task(f, task, STR("it was cancelled"));
	list_remove(&f->over, task);
	finish_task(f, task);
}

size_t
fetcher_pending(const struct fetcher *f)
{
	return f->pending;
}

/* It has no task. */
static void
give_up_place(struct place *place)
{
	helper_free(place->helper);
	buf_clear(&place->origin);
	*place = (struct place){ .helper = NULL };
}

static bool
is_idle(const struct place *place)
{
	return place->helper != NULL && place->helper->state == HELPER_IDLE;
}

/* One whose helper is idle and belongs to that origin; NULL: none. */
static struct place *
idle_place(struct fetcher *f, struct str origin)
{
	for (size_t i = 0; i < f->places; i++) {
		struct place *place = &f->place[i];

		if (is_idle(place) && str_eq(buf_str(&place->origin), origin))
			return place;
	}
	return NULL;
}

/*
 * An empty one, or that of who has been without work for the longest time, for
 * another origin. NULL: all are at work.
 */
static struct place *
free_place(struct fetcher *f)
{
	struct place *oldest = NULL;

	for (size_t i = 0; i < f->places; i++) {
		struct place *place = &f->place[i];

		if (place->helper == NULL)
			return place;
		if (is_idle(place) &&
		    (oldest == NULL || place->since < oldest->since))
			oldest = place;
	}
	if (oldest != NULL)
		give_up_place(oldest);
	return oldest;
}

static bool
is_full(const struct fetcher *f)
{
	for (size_t i = 0; i < f->places; i++) {
		if (f->place[i].helper == NULL || is_idle(&f->place[i]))
			return false;
	}
	return true;
}

static uint32_t
silent_ms(const struct fetcher *f, const struct fetch_request *r)
{
	uint32_t ms =
	    r->silence_ms > f->lookup_ms ? r->silence_ms : f->lookup_ms;

	return ms < UINT32_MAX - FETCH_GRACE_MS ? ms + FETCH_GRACE_MS
	                                        : UINT32_MAX;
}

static void
send_task(struct fetcher *f, struct task *task, struct place *place)
{
	const struct fetch_request *r = &task->request;
	struct errand errand = {
		.id = task->answer.id,
		.method = r->method,
		.url = r->url,
		.field = r->field,
		.fields = r->fields,
		.body = r->body,
		.redirects = r->redirects,
		.timeout_ms = r->timeout_ms,
		.silence_ms = r->silence_ms,
		.max_body = r->most,
		.expect = r->expect,
	};

	list_remove(&f->waiting, task);
	task->place = place;
	place->task = task;
	helper_send(place->helper, &errand, silent_ms(f, r),
	    clock_in((uint64_t)r->timeout_ms * ((uint64_t)r->redirects + 1) +
		     FETCH_GRACE_MS));
}

/*
 * Who had a dead one gets a new one: others that were kept may be dead, too.
 * NULL: there is no room; or there is no child to be had, and task is over.
 */
static struct place *
place_for(struct fetcher *f, struct task *task)
{
	struct place *place =
	    task->is_second ? NULL : idle_place(f, task->origin);
	autoerr struct err err = ERR_NONE;

	if (place != NULL)
		return place;
	place = free_place(f);
	if (place == NULL)
		return NULL;
	place->helper = helper_new(&f->plan, &err);
	if (place->helper == NULL) {
		end_task(f, task, FETCH_CHILD, err_join(&task->pool, &err));
		return NULL;
	}
	buf_add(&place->origin, task->origin);
	return place;
}

/* Helpers for those who wait, first come first served. */
static void
assign(struct fetcher *f)
{
	struct task *task = f->waiting.first, *next;

	for (; task != NULL && !is_full(f); task = next) {
		struct place *place = place_for(f, task);

		next = task->next; /* of an ended one: in the other list */
		if (task->is_over)
			next = f->waiting.first;
		else if (place != NULL)
			send_task(f, task, place);
	}
}

static void
take_head(struct task *task, const struct errand_event *event)
{
	struct fetch_answer *answer = &task->answer;

	answer->status = event->status;
	answer->url = pool_copy(&task->pool, event->url);
	answer->field = copy_fields(&task->pool, event->field, event->fields);
	answer->fields = event->fields;
}

/* A callback may end the task. -1: it wants no more. */
static int
tell_task(struct task *task, const struct errand_event *event, struct err *err)
{
	const struct fetch_request *r = &task->request;

	switch (event->kind) {
	case ERRAND_HEAD:
		take_head(task, event);
		return r->head != NULL ? r->head(r->arg, &task->answer, err)
		                       : 0;
	case ERRAND_BODY:
		task->answer.bytes += event->bytes.n;
		if (r->body_part != NULL)
			return r->body_part(r->arg, event->bytes, err);
		buf_add(&task->body, event->bytes);
		return 0;
	default:
		return 0;
	}
}

static void
on_step(struct fetcher *f, struct place *place,
    const struct errand_event *event)
{
	struct task *task = place->task;
	autoerr struct err err = ERR_NONE;
	int status;

	if (task == NULL)
		return;
	if (event->kind == ERRAND_END) {
		end_task(f, task, FETCH_FINE, STR_NONE);
		return;
	}
	if (event->kind == ERRAND_FAILED) {
		end_task(f, task, (enum fetch_fault)(event->cause + 1),
		    event->text);
		return;
	}
	status = tell_task(task, event, &err);
	if (place->task != task)
		return; /* it was cancelled, and is no more */
	if (status == -1)
		stop_task(f, task, err_join(&task->pool, &err));
	else if (task->request.progress != NULL)
		task->request.progress(task->request.arg, &task->answer);
}

static struct place *
place_of(struct fetcher *f, const struct helper *h)
{
	size_t i = 0;

	while (f->place[i].helper != h)
		i++;
	return &f->place[i];
}

static void
note(struct fetcher *f, struct str text)
{
	if (f->config.note != NULL && once_add(&f->once, text))
		f->config.note(f->config.arg, text);
}

static void
on_event(void *arg, struct helper *h, const struct errand_event *event)
{
	struct fetcher *f = arg;

	if (event->kind != ERRAND_NOTE)
		on_step(f, place_of(f, h), event);
	else
		note(f, event->text);
}

/* Asking twice changes nothing there: RFC 9110, 9.2.1. */
static bool
is_safe(struct str method)
{
	return str_is(method, "GET") || str_is(method, "HEAD");
}

/* The helper died with that task: another one may get it, as the next. */
static bool
try_again(struct fetcher *f, struct task *task, const struct helper *h)
{
	int gone = helper_was_gone(h);

	if (task->is_second || gone == -1 ||
	    (gone == 0 && !is_safe(task->request.method)))
		return false;
	task->is_second = true;
	task->place->task = NULL;
	task->place = NULL;
	list_add_first(&f->waiting, task);
	return true;
}

static void
on_changed(void *arg, struct helper *h)
{
	struct fetcher *f = arg;
	struct place *place = place_of(f, h);

	if (h->state == HELPER_IDLE)
		place->since = clock_ms();
	else if (place->task != NULL && !try_again(f, place->task, h))
		end_task(f, place->task, FETCH_CHILD, h->why_dead);
	else if (h->is_violation)
		note(f, h->why_dead);
}

static void
clear_places(struct fetcher *f)
{
	for (size_t i = 0; i < f->places; i++) {
		struct place *place = &f->place[i];

		if (place->helper != NULL &&
		    place->helper->state == HELPER_DEAD)
			give_up_place(place);
	}
}

/* Before each wait. */
static void
settle_tasks(void *ctx)
{
	struct fetcher *f = ctx;
	size_t n = 0;

	clear_places(f);
	for (struct task *task = f->over.first; task != NULL; task = task->next)
		n++;
	/* not those to come: who tries again at once may fail again at once;
	 * and whoever turns the loop may have waited for just this */
	if (n != 0)
		loop_hurry(f->loop);
	while (n-- != 0 && f->over.first != NULL)
		finish_first(f);
	assign(f);
	for (size_t i = 0; i < f->places; i++) {
		struct place *place = &f->place[i];

		if (place->helper != NULL)
			helper_settle(place->helper);
	}
	if (f->over.first != NULL)
		loop_hurry(f->loop);
}

static void
on_tick(void *ctx)
{
	struct fetcher *f = ctx;

	f->config.tick(f->config.arg);
	loop_timer_set(f->loop, &f->tick, clock_in(TICK_MS));
}

struct fetcher *
fetcher_new(struct loop *loop, const struct fetch_config *config,
    struct err *err)
{
	struct fetcher *f = mem_zalloc(sizeof(*f));

	f->config = *config;
	f->config.start = NULL;
	f->loop = f->plan.loop = loop;
	f->places = config->children != 0 ? config->children : FETCH_CHILDREN;
	if (f->places > FETCH_MAX_CHILDREN)
		f->places = FETCH_MAX_CHILDREN;
	f->lookup_ms = lookup_ms(config->start);
	f->plan.event = on_event;
	f->plan.changed = on_changed;
	f->plan.arg = f;
	f->before = (struct loop_before){ .call = settle_tasks, .ctx = f };
	f->tick = (struct loop_timer){ .call = on_tick, .ctx = f };
	make_start(f, config->start);
	loop_before_start(loop, &f->before);
	if (policy_check(config->start, &config->allow_net, &config->deny_net,
		err) == -1 ||
	    make_transport(f, config, err) == -1) {
		fetcher_free(f);
		return NULL;
	}
	return f;
}

struct recipe
fetcher_recipe(const struct fetcher *f)
{
	return transport_recipe(f->plan.transport);
}

void
fetcher_via(struct fetcher *f, struct starter *starter)
{
	transport_via(f->plan.transport, starter);
}

void
fetcher_free(struct fetcher *f)
{
	if (f == NULL)
		return;
	/* done() may have begun another one */
	do {
		stop_all(f, STR("it was not waited for"));
		finish_all(f);
	} while (f->waiting.first != NULL);
	for (size_t i = 0; i < f->places; i++)
		give_up_place(&f->place[i]);
	loop_before_stop(&f->before);
	once_clear(&f->once);
	pool_clear(&f->pool);
	free(f);
}

static void
on_interrupt(void *ctx, unsigned n)
{
	struct fetcher *f = ctx;

	(void)n;
	f->is_interrupted = true;
	stop_all(f, STR("Interrupted"));
}

/* Until nothing is pending, or *is_enough. */
static int
run_until(struct fetcher *f, const bool *is_enough, struct err *err)
{
	struct loop_signal interrupt = { .call = on_interrupt, .ctx = f };
	int status = 0;

	f->is_interrupted = false;
	loop_signal_start(f->loop, &interrupt, SIGINT, LOOP_SIGNAL_ASKS);
	if (f->config.tick != NULL)
		on_tick(f);
	while (status == 0 && f->pending != 0 && !*is_enough)
		status = loop_turn(f->loop, err);
	loop_timer_stop(&f->tick);
	loop_signal_stop(&interrupt);
	if (status == -1) {
		stop_all(f, STR("it could not be waited for"));
		finish_all(f);
	}
	return status;
}

int
fetcher_run(struct fetcher *f, struct err *err)
{
	static const bool never = false;

	return run_until(f, &never, err);
}

bool
fetcher_is_interrupted(const struct fetcher *f)
{
	return f->is_interrupted;
}

/* What fetch_wait() waits for. */
struct waiting {
	const struct fetch_request *request;
	struct pool *pool;
	struct fetch_answer *out;
	struct buf *body;
	bool is_done;
};

static int
pass_head(void *arg, const struct fetch_answer *answer, struct err *err)
{
	const struct waiting *w = arg;

	return w->request->head(w->request->arg, answer, err);
}

static void
pass_progress(void *arg, const struct fetch_answer *answer)
{
	const struct waiting *w = arg;

	w->request->progress(w->request->arg, answer);
}

static int
pass_body(void *arg, struct str bytes, struct err *err)
{
	const struct waiting *w = arg;

	return w->request->body_part(w->request->arg, bytes, err);
}

static int
keep_body(void *arg, struct str bytes, struct err *err)
{
	struct waiting *w = arg;

	(void)err;
	buf_add(w->body, bytes);
	return 0;
}

static void
keep_answer(void *arg, const struct fetch_answer *answer)
{
	struct waiting *w = arg;

	*w->out = *answer;
	w->out->field = copy_fields(w->pool, answer->field, answer->fields);
	w->out->why = pool_copy(w->pool, answer->why);
	w->out->url = pool_copy(w->pool, answer->url);
	w->out->body = buf_str(w->body);
	w->is_done = true;
}

static void
clear_buf(void *buf)
{
	buf_clear(buf);
}

int
fetch_wait(struct fetcher *f, const struct fetch_request *request,
    struct pool *pool, struct fetch_answer *out, struct err *err)
{
	struct fetch_request r = *request;
	struct waiting w = { .request = request, .pool = pool, .out = out };
	int status;

	/* on the heap, where a body of any size grows in place */
	w.body = pool_zalloc(pool, sizeof(*w.body));
	pool_defer(pool, clear_buf, w.body);
	if (r.body_part == NULL && r.most > FETCH_MAX_IN_MEMORY)
		r.most = FETCH_MAX_IN_MEMORY;
	if (r.head != NULL)
		r.head = pass_head;
	if (r.progress != NULL)
		r.progress = pass_progress;
	r.body_part = r.body_part != NULL ? pass_body : keep_body;
	r.done = keep_answer;
	r.arg = &w;
	(void)fetch_start(f, &r);
	status = run_until(f, &w.is_done, err);
	if (status == 0 && out->fault == FETCH_FINE)
		return 0;
	if (status == 0)
		(void)err_set_str(err, out->why);
	return err_wrap(err, "cannot fetch %.*s", STR_ARG(request->url));
}
