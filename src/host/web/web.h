/*
 * web: what the host itself fetches, by the same client as the modules, the
 * same proxy and the same kind of policy. A plugin (web.so), loaded by the
 * commands that need it: no other maps OpenSSL.
 *
 *	const struct web *web = web_load(err);
 *	web->fetch(&request, &pool, &body, err)
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "gate/egress.h"
#include "name/dial.h"

#define WEB_ABI       1
#define WEB_REDIRECTS 5

struct web_request {
	struct str url; /* http or https */
	struct str user_agent;
	const struct net_config *net;
	const struct egress *egress; /* for every hop */
	int64_t timeout_ms;          /* of a hop; -1: none */
	size_t most;                 /* bytes of the body */
	void (*wait)(void);          /* before every wait; NULL: nothing */
};

struct web {
	unsigned abi;

	/*
	 * GET, redirects followed, but never from https to http. The body of a
	 * 200 in pool; any other status is an error: "http status error: 404".
	 */
	int (*fetch)(const struct web_request *request, struct pool *pool,
	    struct str *body, struct err *err);

	/*
	 * A file is a MaxMind database whose type has `kind` in its name:
	 * "City".
	 */
	int (*check_geoip)(const char *path, const char *kind, struct err *err);
};

/* It stays loaded. NULL: web.so is not there. */
const struct web *web_load(struct err *err);

#endif
