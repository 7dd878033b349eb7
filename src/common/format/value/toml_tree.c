#include "value/toml_tree.h"

#include "base/mem.h"

struct toml_node *
toml_root(struct toml_tree *tree)
{
	struct toml_node *root = pool_zalloc(tree->pool, sizeof(*root));

	root->made = TOML_HEADER;
	return root;
}

/* FNV-1a over the address of the parent and the name. */
static size_t
hash(const struct toml_node *parent, struct str name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)parent >> 4;

	h *= UINT64_C(0x100000001b3);
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* Where the name is, or would be; the tree has slots. */
static struct toml_node **
slot_of(const struct toml_tree *tree, const struct toml_node *parent,
    struct str name)
{
	size_t i = hash(parent, name);

	for (;; i++) {
		struct toml_node **slot = &tree->slot[i & (tree->slots - 1)];

		if (*slot == NULL ||
		    ((*slot)->parent == parent && str_eq((*slot)->name, name)))
			return slot;
	}
}

static struct toml_node *
find_node(const struct toml_tree *tree, const struct toml_node *parent,
    struct str name)
{
	return tree->slots != 0 ? *slot_of(tree, parent, name) : NULL;
}

static void
make_room(struct toml_tree *tree)
{
	struct toml_tree old = *tree;

	if (2 * tree->used < tree->slots)
		return;
	tree->slots = old.slots != 0 ? 2 * old.slots : 16;
	tree->slot =
	    pool_zalloc(tree->pool, tree->slots * sizeof(struct toml_node *));
	for (size_t i = 0; i < old.slots; i++) {
		struct toml_node *n = old.slot[i];

		if (n != NULL)
			*slot_of(tree, n->parent, n->name) = n;
	}
}

static struct toml_node *
append_node(struct toml_tree *tree, struct toml_node *parent, struct str name,
    enum toml_made made)
{
	struct toml_node *n = pool_zalloc(tree->pool, sizeof(*n));

	n->name = name;
	n->made = made;
	n->parent = parent;
	if (parent->last != NULL)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
	return n;
}

static struct toml_node *
add_node(struct toml_tree *tree, struct toml_node *parent, struct str name,
    enum toml_made made)
{
	struct toml_node *n = append_node(tree, parent, name, made);

	make_room(tree);
	*slot_of(tree, parent, name) = n;
	tree->used++;
	return n;
}

int
toml_enter(struct toml_tree *tree, struct toml_node *at, struct str name,
    enum toml_made made, struct toml_node **out)
{
	struct toml_node *n = find_node(tree, at, name);

	if (n == NULL)
		n = add_node(tree, at, name, made);
	/* nothing has defined such a table yet: the key does */
	if (made == TOML_DOTTED && n->made == TOML_PASSED)
		n->made = TOML_DOTTED;
	if (n->made == TOML_WRITTEN ||
	    (made == TOML_DOTTED && n->made != TOML_DOTTED))
		return -1;
	/* the newest of an array of tables is the one that is open */
	*out = n->made == TOML_TABLES ? n->last : n;
	return 0;
}

struct toml_node *
toml_table(struct toml_tree *tree, struct toml_node *parent, struct str name)
{
	struct toml_node *n = find_node(tree, parent, name);

	if (n == NULL)
		return add_node(tree, parent, name, TOML_HEADER);
	if (n->made != TOML_PASSED)
		return NULL;
	n->made = TOML_HEADER;
	return n;
}

struct toml_node *
toml_tables(struct toml_tree *tree, struct toml_node *parent, struct str name)
{
	struct toml_node *n = find_node(tree, parent, name);

	if (n == NULL)
		n = add_node(tree, parent, name, TOML_TABLES);
	if (n->made != TOML_TABLES)
		return NULL;
	return append_node(tree, n, STR(""), TOML_HEADER);
}

struct toml_node *
toml_value(struct toml_tree *tree, struct toml_node *table, struct str name)
{
	return find_node(tree, table, name) == NULL
	           ? add_node(tree, table, name, TOML_WRITTEN)
	           : NULL;
}

/* As deep as the keys of two headers and a value have parts. */
struct json
toml_json(struct pool *pool, const struct toml_node *root)
{
	struct json v = root->made == TOML_TABLES ? json_list() : json_map();

	if (root->made == TOML_WRITTEN)
		return root->value;
	for (const struct toml_node *n = root->first; n != NULL; n = n->next) {
		if (root->made == TOML_TABLES)
			(void)json_append(pool, &v, toml_json(pool, n));
		else
			(void)json_set(pool, &v, n->name, toml_json(pool, n));
	}
	return v;
}
