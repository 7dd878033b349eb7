/*
 * own_html gumbo|own PAGE...: reads each page (a file) with gumbo or with our
 * parser and prints microseconds a turn, as many turns as half a second has;
 * "no tree" for a page that is refused. Ends by a signal where gumbo does.
 */
#include <stdio.h>

#include <gumbo.h>

#include "base/mem.h"
#include "html/html.h"
#include "own.h"

static bool
read_gumbo(struct str page)
{
	GumboOptions options = kGumboDefaultOptions;
	GumboOutput *out;

	options.max_errors = 0;
	out = gumbo_parse_with_options(&options, page.p, page.n);
	/* gumbo_destroy_output() recurses, which deep pages do not survive */
	if (page.n < 65536)
		gumbo_destroy_output(&options, out);
	return true;
}

static bool
read_own(struct str page)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct html_node *root;

	return html_read(&pool, page, &root, &err) == 0;
}

int
main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		struct str page = own_read(argv[i]);
		bool (*read)(struct str) =
		    argv[1][0] == 'g' ? read_gumbo : read_own;
		double begun = own_us(), us;
		unsigned turns = 0;
		bool has_tree;

		do {
			has_tree = read(page);
			us = (own_us() - begun) / ++turns;
		} while (own_us() - begun < 500000);
		printf("%.1f%s\n", us, has_tree ? "" : ", no tree");
	}
	return 0;
}
