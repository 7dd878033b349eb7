/* Versions: ours, and requirements on any. */
#include "base/agreed.h"

#include "stdlib/call.h"
#include "text/semver.h"

static int
fn_sn0int_version(struct call *c)
{
	return call_return_str(c, STR(COMPATIBLE_VERSION));
}

static int
fn_semver_match(struct call *c)
{
	struct semver_req req;
	struct semver version;

	if (semver_req_read(call_str(c, 1), &req, c->err) == -1 ||
	    semver_read(call_str(c, 2), &version, c->err) == -1)
		return -1;
	return call_return_bool(c, semver_matches(&req, &version));
}

const struct stdlib_fn stdlib_version[] = {
	{
	    .name = "sn0int_version",
	    .call = fn_sn0int_version,
	    .returns = "text",
	    .doc = "The version whose functions are provided here. Modules "
		   "compare it, so it is not the version of the program.",
	    .example = "sn0int_version()  -- \"" COMPATIBLE_VERSION "\"",
	},
	{
	    .name = "semver_match",
	    .call = fn_semver_match,
	    .args = "requirement:text, version:text",
	    .returns = "bool",
	    .doc = "Whether a version (SemVer 2.0) meets a requirement: "
		   "comparators with = > >= < <= ~ ^ joined by commas, or *.",
	    .example =
		"semver_match('>=0.11.0, <1', sn0int_version())  -- true",
	},
	{ NULL },
};
