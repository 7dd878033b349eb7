/*
 * html_build: from tokens to a tree. Source: HTML standard, 13.2.6; each
 * insertion mode is a function. Internal to html.
 */
#ifndef HTML_BUILD_H
#define HTML_BUILD_H

#include "html/lexer.h"

enum html_mode {
	MODE_INITIAL,
	MODE_BEFORE_HTML,
	MODE_BEFORE_HEAD,
	MODE_IN_HEAD,
	MODE_AFTER_HEAD,
	MODE_IN_BODY,
	MODE_TEXT,
	MODE_IN_TABLE,
	MODE_IN_TABLE_TEXT,
	MODE_IN_CAPTION,
	MODE_IN_COLUMN_GROUP,
	MODE_IN_TABLE_BODY,
	MODE_IN_ROW,
	MODE_IN_CELL,
	MODE_IN_TEMPLATE,
	MODE_AFTER_BODY,
	MODE_IN_FRAMESET,
	MODE_AFTER_FRAMESET,
	MODE_AFTER_AFTER_BODY,
	MODE_AFTER_AFTER_FRAMESET,
	MODES
};

/* Elements that a search for an open element does not go beyond. */
enum html_scope {
	SCOPE_DEFAULT,
	SCOPE_LIST,
	SCOPE_BUTTON,
	SCOPE_TABLE,
};

struct html_builder {
	struct pool *pool;
	struct html_lexer lexer;
	enum html_mode mode, original; /* original: where text goes back to */
	bool again;                    /* the token is taken once more */
	const char *why;               /* it stops: a limit; NULL: none */

	struct html_node *root, *head, *form;
	struct html_node **open; /* the stack of open elements */
	size_t depth, open_room;
	unsigned open_of[TAGS];    /* how many of them are this in HTML */
	struct html_node **active; /* formatting elements; NULL: a marker */
	size_t actives, active_room;
	enum html_mode *template_mode;
	size_t templates, template_room;

	struct buf table_text; /* of MODE_IN_TABLE_TEXT */
	bool is_fostering;     /* what a table cannot hold goes before it */
	bool is_quirky;
	bool frameset_ok;
	bool skip_newline; /* the next one, if it is the next token */
	uint64_t work;
	size_t nodes;
};

typedef void html_mode_fn(struct html_builder *b, struct html_token *t);

/* Of html_build.c. */

/* The html element of a page; NULL and b->why: a limit was hit. */
struct html_node *html_build(struct html_builder *b, struct pool *pool,
    struct str page);

/* A token by the rules of the mode. */
void html_in_mode(struct html_builder *b, struct html_token *t);

/* Takes the token again, in another mode. */
void html_retry(struct html_builder *b, enum html_mode mode);

/* Of html_open.c. */

struct html_node *html_current(const struct html_builder *b);

/* Whether a node is that element of HTML. */
bool html_is(const struct html_node *node, enum html_tag tag);

/* Whether the token is that tag. */
bool html_is_start(const struct html_token *t, enum html_tag tag);
bool html_is_end(const struct html_token *t, enum html_tag tag);

/* Room for one more item of a size in a list that shrinks, too. */
void *html_grow(struct html_builder *b, void *list, size_t n, size_t *room,
    size_t size);

void html_push(struct html_builder *b, struct html_node *node);
void html_pop(struct html_builder *b);
void html_pop_until(struct html_builder *b, enum html_tag tag); /* it too */
size_t html_open_index(struct html_builder *b, const struct html_node *node);
void html_open_remove(struct html_builder *b, size_t at);
void html_open_insert(struct html_builder *b, size_t at,
    struct html_node *node);

bool html_in_scope(struct html_builder *b, enum html_tag tag,
    enum html_scope scope);
bool html_node_in_scope(struct html_builder *b, const struct html_node *node);

/* Pops what needs no end tag; TAG_NONE: without exception. */
void html_imply_ends(struct html_builder *b, enum html_tag except);

/* Ends the paragraph that is open, if any. */
void html_close_p(struct html_builder *b);

/* Of html_tree.c. */

/* The element of a token, without a place yet. */
struct html_node *html_create(struct html_builder *b,
    const struct html_token *t, enum html_space space);
struct html_node *html_clone(struct html_builder *b,
    const struct html_node *from);

/* Makes the element and opens it. */
struct html_node *html_insert(struct html_builder *b,
    const struct html_token *t);
struct html_node *html_insert_tag(struct html_builder *b, enum html_tag tag);

/* Makes the element, which has no content. */
void html_insert_void(struct html_builder *b, const struct html_token *t);

/* Makes an element of SVG or MathML and opens it. Of html_foreign.c. */
void html_insert_foreign(struct html_builder *b, const struct html_token *t,
    enum html_space space);

/* Whether the tag has type=hidden. */
bool html_is_hidden(const struct html_token *t);

void html_insert_text(struct html_builder *b, struct str text);
void html_insert_comment(struct html_builder *b, const struct html_token *t,
    struct html_node *parent); /* NULL: where it is due */

void html_append(struct html_node *parent, struct html_node *node);
void html_unlink(struct html_node *node);
/* Where a child of target is due, which may be before a table. */
void html_place(struct html_builder *b, struct html_node *target,
    struct html_node *node);

/* Adds the attributes that the element does not have. */
void html_merge_attrs(struct html_builder *b, struct html_node *node,
    const struct html_token *t);
void html_sort_attrs(struct html_node *node);

/* Of html_active.c: the list of active formatting elements. */

void html_active_add(struct html_builder *b, struct html_node *node);
void html_active_mark(struct html_builder *b);
void html_active_clear(struct html_builder *b); /* to the last marker */
void html_active_reopen(struct html_builder *b);
/* The last of that tag behind the last marker; NULL: none. */
struct html_node *html_active_find(struct html_builder *b, enum html_tag tag);
void html_active_remove(struct html_builder *b, const struct html_node *node);
/*
 * The end tag of a formatting element. False: it is as any other, and there is
 * more to do; so nobody may drop the answer.
 */
bool html_adopt(struct html_builder *b, enum html_tag tag)
    __attribute__((warn_unused_result));

/* Of the modes. */

html_mode_fn html_initial, html_before_html, html_before_head, html_in_head,
    html_after_head, html_in_body, html_in_text, html_in_table,
    html_in_table_text, html_in_caption, html_in_column_group,
    html_in_table_body, html_in_row, html_in_cell, html_in_template,
    html_after_body, html_in_frameset, html_after_frameset,
    html_after_after_body, html_after_after_frameset, html_in_foreign;

/* Of html_block.c: tags in the body. */
html_mode_fn html_start_block, html_end_block, html_start_html, html_start_body,
    html_start_frameset, html_end_body, html_start_heading, html_end_heading,
    html_start_pre, html_start_form, html_end_form, html_start_li,
    html_start_dd, html_end_item, html_start_plaintext, html_start_button,
    html_end_p;

/* Whether the token goes by the rules of SVG and MathML. */
bool html_is_foreign(struct html_builder *b, const struct html_token *t);

void html_reset_mode(struct html_builder *b);

/* An element whose text holds no tags, or only references. */
void html_insert_raw(struct html_builder *b, const struct html_token *t,
    enum html_lex_state state);

bool html_is_blank(struct str text);
bool html_is_blank_text(const struct html_token *t);

#endif
