/* kind: what there is to be permitted; the words for it: enforce/word.h. */
#ifndef ENFORCE_KIND_H
#define ENFORCE_KIND_H

enum word_kind {
	WORD_NET,
	WORD_DNS,
	WORD_FAMILY,
	WORD_STDIN,
	WORD_BLOBS,
	WORD_ACTIVITY,
	WORD_RATELIMIT,
	WORD_KINDS
};

#endif
