/*
 * Command lines of children, and the table of what travels with them.
 */
#include "transport/transport.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/fds.h"
#include "base/mem.h"
#include "broker/broker.h"
#include "ipc/needs.h"
#include "program/where.h"
#include "transport/nest.h"

#define WORDS   "words of its command line"
#define ITS_OWN "another program has a sandbox and a policy of its own"
#define NOT_ITS "another program knows nothing of it"

struct transport {
	const struct transport_kind *kind;
	const char *const *argv;
	const char *const *env;    /* NULL: ours */
	const char *const *nested; /* NULL: not so; transport/nest.h */
	struct child_birth born;
	bool has_control;
	struct str key;
	struct starter *starter; /* NULL: this process */
};

const struct cargo_row cargo_rows[CARGOS] = {
	[CARGO_LIMITS] = { "limits", "memory, wall and the like" },
	[CARGO_ACCOUNT] = { "account", "the limits output and log-line" },
	[CARGO_POLICY] = { "policy", "where it may connect" },
	[CARGO_LAYERS] = { "layers",
	    "which layers of the jail may be missing" },
	[CARGO_AUDIT] = { "audit", "refusals are noted only" },
	[CARGO_BROKER] = { "broker", "connections, made by its outer half" },
	[CARGO_SPARE] = { "spare", "it is started before its start line" },
	[CARGO_OUTCOMES] = { "outcomes", "what it could not look at" },
	[CARGO_EVIDENCE] = { "evidence",
	    "what it asked of the outside, and what came" },
	[CARGO_PLACE] = { "place", "the processor that it may run on" },
	[CARGO_END] = { "end", "its own exit status, usage and wall time" },
};

/* Words in front of others, both ended by NULL. */
static const char *const *
join_words(struct pool *pool, const char *const *a, const char *const *b)
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

/* Who has no broker need not know what it would do. */
static void
forget_network(struct child_options *options)
{
	const struct slot_texts none = { .n = 0 };

	options->proxy = STR_NONE;
	options->name_server = options->allow_net = options->deny_net = none;
}

static const char *const *
words_of_own(const struct order *order, const struct child_birth *born,
    struct pool *pool)
{
	bool has_plugins = (order->options.needs & NEED_PLUGINS) != 0;
	const char *const program[] = { where_is(has_plugins ? WHERE_PLUGINS
							     : WHERE_SANDBOX),
		order->what, NULL };
	struct child_options options = order->options;

	options.is_spare = true;
	options.born = *born;
	options.control_fd = order->has_broker ? CONTROL_BIRTH_FD : -1;
	if (!order->has_broker)
		forget_network(&options);
	return join_words(pool, program, child_options_write(&options, pool));
}

static const char *const *
argv_of_own(const char *const *command, const struct order *order,
    struct pool *pool)
{
	const struct child_birth none = { .is_nested = false };

	(void)command;
	return words_of_own(order, &none, pool);
}

static const char *const *
argv_of_program(const char *const *command, const struct order *order,
    struct pool *pool)
{
	const char *const words[] = { order->what, order->options.name, NULL };

	return join_words(pool, command, words);
}

const struct transport_kind transport_own = {
	.name = "our own child",
	.way = {
	    [CARGO_LIMITS] = { WORDS, NULL },
	    [CARGO_ACCOUNT] = { "kept by the host", NULL },
	    [CARGO_POLICY] = { WORDS, NULL },
	    [CARGO_LAYERS] = { WORDS, NULL },
	    [CARGO_AUDIT] = { WORDS, NULL },
	    [CARGO_BROKER] = { "its descriptor 3", NULL },
	    [CARGO_SPARE] = { "a word of its command line", NULL },
	    [CARGO_OUTCOMES] = { "events, and words to its broker", NULL },
	    [CARGO_EVIDENCE] = { "a word of its command line, and events",
		NULL },
	    [CARGO_PLACE] = { "set by its parent", NULL },
	    [CARGO_END] = { "it is the process", NULL },
	},
	.argv = argv_of_own,
};

const struct transport_kind transport_program = {
	.name = "another program",
	.option = "--child",
	.way = {
	    [CARGO_LIMITS] = { NULL, "of another program only output and "
				     "log-line are limited" },
	    [CARGO_ACCOUNT] = { "kept by the host", NULL },
	    [CARGO_POLICY] = { NULL, ITS_OWN },
	    [CARGO_LAYERS] = { NULL, ITS_OWN },
	    [CARGO_AUDIT] = { NULL, ITS_OWN },
	    [CARGO_BROKER] = { NULL, NOT_ITS },
	    [CARGO_SPARE] = { NULL, "another program makes its sandbox when "
				    "it has read its start line" },
	    [CARGO_OUTCOMES] = { NULL, NOT_ITS },
	    [CARGO_EVIDENCE] = { NULL, NOT_ITS },
	    [CARGO_PLACE] = { NULL, "what works may be a command behind it" },
	    [CARGO_END] = { NULL, "what ended may be a command in front of "
				  "it" },
	},
	.argv = argv_of_program,
};

const struct transport_kind *const transport_kinds[] = {
	&transport_own,
	&transport_program,
	NULL,
};

/* What our own child may know of the environment: where its data files are. */
static const char *const *
env_of_own(struct pool *pool)
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

static struct str
key_of(const char *const *argv, struct pool *pool)
{
	struct buf key = BUF_IN(pool);

	for (size_t i = 0; argv[i] != NULL; i++)
		buf_add(&key, str_view(argv[i], strlen(argv[i]) + 1));
	return buf_str(&key);
}

/* Its broker, or whoever answers the audit, is its outer half. */
static struct child_birth
birth_of(const struct transport_kind *kind, const struct order *order)
{
	struct child_birth born = { .is_nested = false };

	if (kind == &transport_own && !order->has_broker &&
	    !order->options.audit)
		born.is_nested =
		    nest_suits(where_is(WHERE_SANDBOX), &born.uid, &born.gid);
	return born;
}

struct transport *
transport_new(const struct transport_kind *kind, const char *const *command,
    const struct order *order, struct pool *pool)
{
	struct transport *transport = pool_zalloc(pool, sizeof(*transport));

	transport->kind = kind;
	transport->argv = kind->argv(command, order, pool);
	transport->key = key_of(transport->argv, pool);
	if (kind == &transport_own)
		transport->env = env_of_own(pool);
	transport->born = birth_of(kind, order);
	if (transport->born.is_nested)
		transport->nested = words_of_own(order, &transport->born, pool);
	transport->has_control =
	    order->has_broker && kind->way[CARGO_BROKER].how != NULL;
	return transport;
}

void
transport_via(struct transport *transport, struct starter *starter)
{
	transport->starter = starter;
}

struct recipe
transport_recipe(const struct transport *transport)
{
	return (struct recipe){ transport->argv, transport->env,
		transport->nested };
}

bool
transport_carries(const struct transport *transport, enum cargo cargo)
{
	return transport->kind->way[cargo].how != NULL;
}

struct child_birth
transport_birth(const struct transport *transport)
{
	return transport->born;
}

const char *const *
transport_argv(const struct transport *transport)
{
	return transport->argv;
}

struct str
transport_key(const struct transport *transport)
{
	return transport->key;
}

int
transport_check(const struct transport_kind *kind, enum cargo cargo,
    const char *option, struct err *err)
{
	const char *why_not = kind->way[cargo].why_not;

	if (why_not == NULL)
		return 0;
	return err_set(err, "%s does not go with %s: %s", option, kind->option,
	    why_not);
}

enum cargo
cargo_of_limit(struct str word)
{
	struct str name = str_cut(&word, '=');

	return str_is(name, limit_rows[LIMIT_OUTPUT].name) ||
	               str_is(name, limit_rows[LIMIT_LOG_LINE].name)
	           ? CARGO_ACCOUNT
	           : CARGO_LIMITS;
}

/*
 * On a terminal what another program says on its standard error goes through
 * the door, as what ours says does; elsewhere it goes where ours goes.
 */
static bool
keeps_stderr(const struct transport *transport)
{
	return transport->kind != &transport_own && isatty(STDERR_FILENO) != 1;
}

int
transport_start(const struct transport *transport, struct child *child,
    struct err *err)
{
	struct proc_options options = {
		.argv = transport->argv,
		.env = transport->env,
		.nested = transport->nested,
		.keeps_stderr = keeps_stderr(transport),
		.starter = transport->starter,
	};
	int fd[2] = { -1, -1 };
	int status;

	*child = (struct child)CHILD_NONE;
	if (transport->has_control && broker_pair(fd, err) == -1)
		return -1;
	options.control_fd = fd[1];
	status = proc_start(&child->proc, &options, err);
	fds_drop(&fd[1]);
	if (status == -1)
		fds_drop(&fd[0]);
	child->control.fd = fd[0];
	return status;
}

void
child_clear(struct child *child)
{
	control_close(&child->control);
	proc_clear(&child->proc);
}

void
child_place(struct child *child, uint32_t processor)
{
	if (child->control.fd != -1)
		control_place(&child->control, processor);
	else
		proc_place(&child->proc, processor);
}
