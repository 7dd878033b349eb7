#include "work/child.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipc/needs.h"
#include "where.h"

struct recipe {
	bool is_ours;
	const char **argv;
	const char **env; /* NULL: ours */
	bool has_broker;
	struct str key;
};

struct spare {
	struct child child;
	struct pool pool; /* of the key */
	struct str key;
};

static struct spare spares[CHILD_MAX_SPARES];
static size_t n_spares;

/* What our own child may know of the environment: where its data files are. */
static const char **
child_env(struct pool *pool)
{
	static const char *const kept[] = { "HOME", "XDG_CACHE_HOME",
		"XDG_CONFIG_HOME", "SSL_CERT_FILE", "TZ" };
	const char **env = pool_array(pool, ARRAY_SIZE(kept) + 1, sizeof(*env));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		const char *value = getenv(kept[i]);

		if (value != NULL)
			env[n++] = pool_printf(pool, "%s=%s", kept[i], value);
	}
	env[n] = NULL;
	return env;
}

/* Words in front of others, both ended by NULL. */
static const char **
join(struct pool *pool, const char *const *a, const char *const *b)
{
	size_t n = 0, m = 0;
	const char **all;

	while (a[n] != NULL)
		n++;
	while (b[m] != NULL)
		m++;
	all = pool_array(pool, n + m + 1, sizeof(*all));
	memcpy(all, a, n * sizeof(*all));
	memcpy(all + n, b, (m + 1) * sizeof(*all));
	return all;
}

static void
make_foreign(const struct work_options *options, struct pool *pool,
    struct recipe *recipe)
{
	const char *const words[] = { "sandbox", options->module, NULL };

	recipe->argv = join(pool, options->child, words);
}

static void
make_ours(const struct work_options *options, struct pool *pool,
    struct recipe *recipe)
{
	const char *const program[] = { where_is(WHERE_SANDBOX), "sandbox",
		NULL };
	struct child_options o = options->child_options;

	o.name = options->module;
	o.is_spare = o.has_needs = true;
	o.needs = needs_scan(options->start.module.code, false);
	recipe->has_broker = (o.needs & NEED_BROKER) != 0;
	o.broker_fd = recipe->has_broker ? PROC_BROKER_FD : -1;
	recipe->argv = join(pool, program, child_options_write(&o, pool));
	recipe->env = child_env(pool);
}

struct recipe *
child_recipe(const struct work_options *options, struct pool *pool)
{
	struct recipe *recipe = pool_zalloc(pool, sizeof(*recipe));
	struct buf key = BUF_IN(pool);

	recipe->is_ours = options->child == NULL;
	if (recipe->is_ours)
		make_ours(options, pool, recipe);
	else
		make_foreign(options, pool, recipe);
	for (size_t i = 0; recipe->argv[i] != NULL; i++)
		buf_add(&key,
		    str_view(recipe->argv[i], strlen(recipe->argv[i]) + 1));
	recipe->key = buf_str(&key);
	return recipe;
}

static int
start(const struct recipe *recipe, struct child *child, struct err *err)
{
	struct proc_options options = {
		.argv = recipe->argv,
		.env = recipe->env,
		/* on a terminal what it says there goes through the door */
		.keeps_stderr =
		    !recipe->is_ours && isatty(STDERR_FILENO) != 1,
		.broker_fd = -1,
	};
	int fd[2] = { -1, -1 };
	int status;

	*child = (struct child){ .proc = PROC_NONE };
	if (recipe->has_broker && broker_pair(fd, err) == -1)
		return -1;
	options.broker_fd = fd[1];
	status = proc_start(&child->proc, &options, err);
	proc_close(&fd[1]);
	if (status == -1)
		proc_close(&fd[0]);
	else if (fd[0] != -1)
		child->broker = broker_new(fd[0]);
	return status;
}

static struct child
take_out(size_t i)
{
	struct child child = spares[i].child;

	pool_clear(&spares[i].pool);
	n_spares--;
	memmove(&spares[i], &spares[i + 1], (n_spares - i) * sizeof(*spares));
	return child;
}

/* STR_NPOS: none. Spares that were there first are ready first. */
static size_t
find(struct str key)
{
	for (size_t i = 0; i < n_spares; i++) {
		if (str_eq(spares[i].key, key))
			return i;
	}
	return STR_NPOS;
}

int
child_take(const struct recipe *recipe, struct child *child, struct err *err)
{
	size_t i = find(recipe->key);

	if (i == STR_NPOS)
		return start(recipe, child, err);
	*child = take_out(i);
	return 0;
}

void
child_prepare(const struct recipe *recipe, size_t n)
{
	autoerr struct err err = ERR_NONE;
	size_t have = 0;

	if (!recipe->is_ours)
		return;
	for (size_t i = 0; i < n_spares; i++)
		have += str_eq(spares[i].key, recipe->key);
	for (; have < n && n_spares < CHILD_MAX_SPARES; have++) {
		struct spare *spare = &spares[n_spares];

		if (start(recipe, &spare->child, &err) == -1)
			return;
		spare->pool = (struct pool)POOL_NONE;
		spare->key = pool_copy(&spare->pool, recipe->key);
		n_spares++;
	}
}

void
child_drop_spares(const struct recipe *recipe)
{
	size_t i;

	while ((i = find(recipe->key)) != STR_NPOS) {
		struct child child = take_out(i);

		proc_clear(&child.proc);
		broker_free(child.broker);
	}
}
