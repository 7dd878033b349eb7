/*
 * cmd: commands as rows of one table, from which the command line, the prompt,
 * help, completion and the manual come.
 *
 * To add a command: a file in cmd/ with its options struct, its table of
 * options and its `const struct cmd cmd_NAME`, and two names in start/table.c:
 * in the declaration and in the table. docs/tour.md, "To add something", says
 * what else.
 */
#ifndef LINE_CMD_H
#define LINE_CMD_H

#include "program/program.h"

enum cmd_where {
	CMD_LINE = 1 << 0,   /* as sn0int COMMAND */
	CMD_PROMPT = 1 << 1, /* at the prompt */
	CMD_HIDDEN = 1 << 2, /* not in help: old names */
	CMD_BARE = 1 << 3,   /* does not read the configuration */
};

enum opt_kind {
	OPT_FLAG,   /* bool */
	OPT_COUNT,  /* unsigned: -vv */
	OPT_TEXT,   /* struct str */
	OPT_TEXTS,  /* struct opt_texts: may be given again */
	OPT_NUMBER, /* struct opt_number */
};

enum opt_flag {
	OPT_LINE_ONLY = 1 << 0, /* not at the prompt */
};

/*
 * A row for commands that need a key: the member passphrase_fd of their struct,
 * for unlock_use_fd().
 */
#define OPT_PASSPHRASE_FD(type)                                                \
	{                                                                      \
		0, "passphrase-fd", OPT_NUMBER, AT(type, passphrase_fd), "N",  \
		    "a line of this descriptor opens the sealed keyring",      \
		    OPT_LINE_ONLY                                              \
	}

/* Words that are no options. */
struct operands {
	struct str *word;
	size_t n;
};

struct opt_number {
	bool is_set;
	uint64_t n; /* at most UINT32_MAX */
};

struct opt_texts {
	struct str *text;
	size_t n;
};

struct opt {
	char letter;      /* 0: none */
	const char *name; /* long, without dashes */
	enum opt_kind kind;
	size_t at;         /* AT(struct's name, member), of base/mem.h */
	const char *value; /* what it takes, for help: "N"; NULL: flag */
	const char *help;  /* lower case, no full stop */
	unsigned flags;

	/* What it may take, for completion; both may be NULL. */
	const char *values; /* "json json-blobs" */
	void (*complete)(struct program *p, const struct operands *before,
	    void (*add)(void *ctx, struct str word), void *ctx);
};

struct cmd {
	const char *name;
	unsigned where;
	enum program_needs needs; /* what is opened before it runs */
	const char *operands; /* "MODULE", "[PATTERN]", "FAMILY [VALUE...]" */
	unsigned least,
	    most;        /* operands; most 0 with a "..." in operands: any */
	const char *now; /* NULL; of an old name, which is warned of: the new */
	const char *help; /* one line, lower case, no full stop */
	const char *more; /* for --help: paragraphs; NULL: none */
	void (*add_more)(struct buf *out); /* lines of a table behind them */
	const struct opt *opts; /* ends with a NULL name; NULL: none */
	size_t size;            /* of the struct that opts fill */

	/* 0, or -1 with err; `status` is for exits other than 0 and 1. */
	int (*run)(struct program *p, const void *opts,
	    const struct operands *in, struct err *err);

	/*
	 * Sub-commands: words of the first operand, with a row each. Beside
	 * run() they are only taken with something behind them: one word alone
	 * is an operand.
	 */
	const struct cmd *const *sub;

	/* Candidates for the operand that is being typed; may be NULL. */
	void (*complete)(struct program *p, const struct operands *before,
	    void (*add)(void *ctx, struct str word), void *ctx);
};

/*
 * All commands, ends with NULL, and the program itself: the options in front of
 * a command. What starts the program says them, before anything else.
 */
extern const struct cmd *const *cmd_table;
extern const struct cmd *cmd_global;

const struct cmd *cmd_by_name(struct str name);

/*
 * Runs the command in the words and prints its errors. Returns the exit status:
 * 0, 1 it failed, 2 it was not understood, or what the command wants.
 */
int cmd_execute(struct program *p, const struct str *word, size_t n);

/* For --help, `help` and the manual; docs are printed from the same rows. */
void cmd_print_help(const struct cmd *cmd, const struct cmd *parent,
    bool is_prompt);
void cmd_print_list(bool is_prompt);
const char *cmd_more(struct pool *pool, const struct cmd *cmd); /* or NULL */

/*
 * The family of a command's operand: "domain" (add) or "domains" (select),
 * whichever the table names. -1: an error of the command line, with the
 * closest name.
 */
int cmd_family(struct str name, bool is_table, const struct model **model,
    struct err *err);

/* Of "FAMILIES... [where FILTER...]": how many words are in front of it. */
size_t cmd_count_families(const struct operands *in);

/* One of them. */
struct cmd_family_choice {
	const struct model *model;
	const struct filter *filter; /* NULL: all */
};

/*
 * Families by their tables, each once, and the filter that is for each of them,
 * of an order that is the same whenever it is read. names->n of them, in pool.
 */
int cmd_choose_families(struct pool *pool, const struct operands *names,
    const struct operands *filter, struct cmd_family_choice **choice,
    struct err *err);

/* .complete for such families, for "FAMILY [where FILTER...]", and for "MODULE". */
void cmd_complete_families(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);
void cmd_complete_rows(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);
void cmd_complete_modules(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);
/* Without those that only notifications run. */
void cmd_complete_runnable(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);

/* The same for values of options: names of workspaces, of tables. */
void cmd_complete_workspaces(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);
void cmd_complete_tables(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);

#endif
