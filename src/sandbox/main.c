/*
 * sn0int-sandbox: the untrusted half. One module, one run:
 *
 *	sn0int-sandbox sandbox AUTHOR/NAME < start line and replies > events
 *
 * Order: docs/jail.md, "Order of steps".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "child.h"
#include "config.h"
#include "data.h"
#include "format/b64.h"
#include "ipc/needs.h"
#include "jail/jail.h"
#include "plugins.h"
#include "reference.h"
#include "serve.h"
#include "stdlib/network.h"

static struct child child;

/* Text to descriptor 2, without stdio. */
static void
complain(struct str text)
{
	size_t done = 0;

	while (done < text.n) {
		ssize_t n = write(2, text.p + done, text.n - done);

		if (n == -1)
			return;
		done += (size_t)n;
	}
}

static int
usage(void)
{
	complain(STR("error: the sandbox takes one label\n\n"
		     "usage: sn0int sandbox AUTHOR/NAME < START-LINE\n"
		     "For more information try --help\n"));
	return 2;
}

/*
 * The run could not begin. The log line is for a parent that replaces the
 * text of the Exit line when the status is not 0.
 */
static int
setup_failed(struct err *err)
{
	struct buf out = BUF_IN(&child.pool);
	struct str text = err_join(&child.pool, err);

	buf_add(&out, STR("{\"Log\":{\"Error\":"));
	json_write_str(&out, text);
	buf_add(&out, STR("}}\n{\"Exit\":{\"SetupFailed\":"));
	json_write_str(&out, text);
	buf_add(&out, STR("}}\n"));
	(void)wire_send(&child.wire, buf_str(&out), NULL);
	(void)wire_flush(&child.wire);
	complain(STR("Error: "));
	complain(text);
	complain(STR("\n"));
	return 1;
}

static void
add_missing(struct str name, void *ctx)
{
	struct plugins *plugins = ctx;

	child_add_missing(&child, pool_cstr(&child.pool, name),
	    err_cstr(&plugins->err));
}

/* Blobs of the start line, under the ids that modules know them by. */
static int
take_blobs(struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < child.start.blobs.n; i++) {
		struct str bytes;

		if (b64_read(&pool, child.start.blobs.text[i], &bytes, err) ==
		    -1)
			return -1;
		(void)child_blob_add(&child, bytes);
	}
	return 0;
}

static int
run(struct str line, struct err *err)
{
	if (line.n == 0)
		line = STR("");
	if (start_read(&child.pool, pool_copy(&child.pool, line), &child.start,
		err) == -1 ||
	    take_blobs(err) == -1)
		return setup_failed(err);
	if (wire_send(&child.wire, child_run(&child), err) == -1 ||
	    wire_flush(&child.wire) == -1) {
		complain(STR("sn0int: nobody reads the output any more\n"));
		return 1;
	}
	return 0;
}

/* What is weaker than it should be, once a run: the parent sees to that. */
static void
send_warnings(const struct jail *jail)
{
	struct buf out = BUF_IN(&child.pool);

	for (unsigned i = 0; i < jail->warnings; i++) {
		buf_add(&out, STR("{\"Log\":{\"WarnOnce\":"));
		json_write_str(&out,
		    str_of(pool_printf(&child.pool, "sandbox: %.*s",
			STR_ARG(jail->warning[i]))));
		buf_add(&out, STR("}}\n"));
	}
	if (out.n != 0)
		(void)wire_send(&child.wire, buf_str(&out), NULL);
}

/* Becomes the worker: the outer half does not return from here. */
static int
close_jail(struct jail *jail, struct jail_options *options, struct serve *serve,
    struct err *err)
{
	serve_options(serve, options);
	if (jail_outer(jail, options, err) == -1 ||
	    jail_close(jail, options, err) == -1)
		return err_wrap(err, "sandbox");
	network_broker = options->net == JAIL_NET_BROKER ? JAIL_BROKER_FD : -1;
	return 0;
}

/* All that the module may need, while there are still files. */
static void
load(struct plugins *plugins, struct str line, unsigned needs)
{
	tzset();
	plugins_load(plugins, needs);
	child_init(&child, plugins->loaded);
	data_map(child.data, needs);
	if (plugins->failed != 0)
		needs_names(line, true, plugins->failed, add_missing, plugins);
}

static int
sandbox(const char *name)
{
	static struct plugins plugins;
	static struct wire wire;
	static struct serve serve;
	struct jail_options options = { .name = name, .broker_fd = -1 };
	struct jail jail = JAIL_NONE;
	autoerr struct err err = ERR_NONE, line_err = ERR_NONE;
	struct str line = STR("");
	unsigned needs = 0;
	int status;

	wire_init(&wire, 0, 1);
	serve_init(&serve, &wire.in);
	status = line_read(&wire.in, LINE_MAX_START_BYTES, &line, &line_err);
	if (status == 1)
		needs = needs_scan(line, true);
	load(&plugins, line, needs);
	child.wire = wire;
	child.wire.most_sent = child.limits.output_bytes;
	if ((needs & NEED_BROKER) != 0) {
		options.net = JAIL_NET_BROKER;
		if (serve_broker(&serve, line, &options, &err) == -1)
			return setup_failed(&err);
	}
	serve.in = &child.wire.in;
	if (close_jail(&jail, &options, &serve, &err) == -1)
		return setup_failed(&err);
	send_warnings(&jail);
	if (status == -1)
		return setup_failed(&line_err);
	return run(line, &err);
}

/* --reference[=FORM] [NAME]: no run at all. */
static int
print_reference(int argc, char **argv)
{
	struct str form = str_of(argv[1]);

	(void)str_cut(&form, '=');
	return reference_print(form, argc > 2 ? str_of(argv[2]) : STR_NONE);
}

int
main(int argc, char **argv)
{
	autoerr struct err err = ERR_NONE;
	int arg = 1;

	if (argc > 1 && strncmp(argv[1], "--reference", 11) == 0)
		return print_reference(argc, argv);
	if (jail_stdio(&err) == -1)
		return 1;
	if (argc > arg && strcmp(argv[arg], "sandbox") == 0)
		arg++;
	if (argc - arg != 1)
		return usage();
	/* what libraries do at the exit may be refused by now */
	_exit(sandbox(argv[arg]));
}
