/*
 * topic_index: all that can be explained, as rows of a kind, a name and a text:
 * from the tables of the commands, the model, the configuration and the headers,
 * from the child, which knows the functions, and from the modules.
 */
#ifndef ABOUT_TOPIC_INDEX_H
#define ABOUT_TOPIC_INDEX_H

#include "program/program.h"

/* In the order in which they are listed. */
enum topic_kind {
	TOPIC_COMMAND,
	TOPIC_OPTION, /* of a command: "run --limit" */
	TOPIC_FUNCTION,
	TOPIC_KEY, /* of a function's options: "dns.record" */
	TOPIC_FAMILY,
	TOPIC_COLUMN, /* "subdomain.resolvable" */
	TOPIC_HEADER, /* a line at the head of a module: "Source" */
	TOPIC_CONFIG, /* "network.proxy" */
	TOPIC_MODULE,
	TOPIC_KINDS
};

extern const char *const topic_kind_name[TOPIC_KINDS];

struct topic {
	enum topic_kind kind;
	struct str name;
	struct str text;
	struct str more; /* belongs to it, and is not shown in a line */
};

struct topic_index {
	struct topic *topic;
	size_t n;
	struct pool pool;

	bool is_partial; /* a part could not be looked at, and that was said */
};

/*
 * What is from a module is a stranger's: to be cleaned. The library that it is
 * from is the program's, opened here. Of a part that cannot be had there is a
 * warning.
 */
void topic_index_fill(struct topic_index *index, struct program *p);

/* Functions and the keys of their options alone; lines at a head alone. */
void topic_index_fill_functions(struct topic_index *index);
void topic_index_fill_headers(struct topic_index *index);
void topic_index_clear(struct topic_index *index);

/* It has the word in its name or its texts, in whatever case (ASCII). */
bool topic_has_word(const struct topic *topic, struct str word);

/* By kind, then name. */
void topic_index_sort(struct topic_index *index);

#endif
