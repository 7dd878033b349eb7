/*
 * sign: what puts a name and a time on a bundle. ssh-keygen signs, as the user
 * (bundle/tools.h); the time stamp is fetched by a child in a jail
 * (web/fetch.h), and looked at before it is kept.
 *
 *	signer_begin(&s, p, &opts, err)   before the host opens keys and rows
 *	signer_sign(...)                  struct bundle_options
 *	signer_end(&s)
 */
#ifndef BUNDLES_SIGN_H
#define BUNDLES_SIGN_H

#include "bundle/tools.h"
#include "launch/launch.h"
#include "line/cmd.h"
#include "wacz/package.h"
#include "web/fetch.h"

struct signer_opts {
	struct str key; /* p NULL: not signed */
	struct str url; /* of a time stamp server; p NULL: none */
	struct str proxy;
	struct opt_texts ns, allow_net, allow_missing;
};

struct signer {
	struct program *p;
	const struct signer_opts *opts;
	struct pool pool;
	struct tools *tools;
	struct start start;
	struct fetcher *fetcher;
	struct recipe recipe;
	struct launch launch;
	bool is_signed, is_stamped;
};

int signer_begin(struct signer *s, struct program *p,
    const struct signer_opts *opts, struct err *err);
int signer_sign(struct signer *s, struct str package,
    struct package_digest *digest, struct pool *pool, struct err *err);
void signer_end(struct signer *s);

#endif
