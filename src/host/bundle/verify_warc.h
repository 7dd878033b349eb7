/*
 * verify_warc: what was recorded, and its index, of a bundle that is being
 * checked. Internal to bundle.
 */
#ifndef BUNDLE_VERIFY_WARC_H
#define BUNDLE_VERIFY_WARC_H

#include "bundle/verify_seal.h"

/* A member of archive/: each record is whole, and has the digests it says. */
void warc_verify(struct verifier *v, const struct zip_member *m);

/*
 * indexes/index.cdx, which zip has just come to: each line leads to a record of
 * that URL. -1: the zip cannot be read.
 */
int index_verify(struct verifier *v, struct zip_reader *zip,
    const struct zip_member *m, struct err *err);

#endif
