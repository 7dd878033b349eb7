/*
 * link: the values of a Link header: a page says where its next one is.
 * Source: RFC 8288, 3, read as its appendix B.2 and B.3 say, which forgive.
 */
#ifndef URL_LINK_H
#define URL_LINK_H

#include "base/pool.h"
#include "base/str.h"

/* Views into the header, but for rel where it had to be unquoted. */
struct link {
	struct str target; /* a URL, mostly relative to that of the page */
	struct str rel; /* relation types with blanks between; may be empty */
	bool
	    has_anchor; /* it is about another page than the one it came with */
};

/*
 * The next link of *rest, which becomes what is behind it. false: there is none
 * any more; what cannot be a link ends the list.
 */
bool link_next(struct pool *pool, struct str *rest, struct link *out);

#endif
