#include "regex/set.h"

bool
ranges_overlap(const struct range *a, size_t n_a, const struct range *b,
    size_t n_b)
{
	size_t i = 0, j = 0;

	while (i < n_a && j < n_b) {
		if (a[i].last < b[j].first)
			i++;
		else if (b[j].last < a[i].first)
			j++;
		else
			return true;
	}
	return false;
}

void
set_add(struct set_maker *m, struct set *set, uint32_t first, uint32_t last)
{
	if (m->left == 0)
		return;
	m->left--;
	if (set->n == set->cap) {
		size_t cap = set->cap != 0 ? set->cap * 2 : 4;

		set->range = pool_grow(m->pool, set->range,
		    set->cap * sizeof(*set->range), cap * sizeof(*set->range));
		set->cap = cap;
	}
	set->range[set->n++] = (struct range){ first, last };
}

void
set_add_set(struct set_maker *m, struct set *set, const struct set *more)
{
	for (size_t i = 0; i < more->n; i++)
		set_add(m, set, more->range[i].first, more->range[i].last);
}

/* How many ranges from `at` are in order. */
static size_t
run_length(const struct range *r, size_t n, size_t at)
{
	size_t end = at + 1;

	while (end < n && r[end - 1].first <= r[end].first)
		end++;
	return end - at;
}

/* The neighbours in[at, middle) and in[middle, end) become one in out. */
static void
merge_ranges(struct range *out, const struct range *in, size_t at,
    size_t middle, size_t end)
{
	size_t a = at, b = middle;

	for (size_t i = at; i < end; i++) {
		bool left =
		    b == end || (a < middle && in[a].first <= in[b].first);

		out[i] = left ? in[a++] : in[b++];
	}
}

/* Merges neighbouring runs. Returns how many runs there were before. */
static size_t
merge_runs(struct range *out, const struct range *in, size_t n)
{
	size_t runs = 0, at = 0;

	while (at < n) {
		size_t middle = at + run_length(in, n, at), end = middle;

		runs++;
		if (middle < n) {
			end += run_length(in, n, middle);
			runs++;
		}
		merge_ranges(out, in, at, middle, end);
		at = end;
	}
	return runs;
}

/* Overlaps and neighbours of ranges in order. */
static void
join_ranges(struct set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct range r = set->range[i];

		if (n != 0 && r.first <= set->range[n - 1].last + 1) {
			if (r.last > set->range[n - 1].last)
				set->range[n - 1].last = r.last;
		} else {
			set->range[n++] = r;
		}
	}
	set->n = n;
}

void
set_sort(struct set_maker *m, struct set *set)
{
	struct range *other;

	if (set->n != 0 && run_length(set->range, set->n, 0) < set->n) {
		other = pool_array(m->pool, set->cap, sizeof(*other));
		while (merge_runs(other, set->range, set->n) > 2) {
			struct range *swap = set->range;

			set->range = other;
			other = swap;
		}
		set->range = other;
	}
	join_ranges(set);
}

void
set_negate(struct set_maker *m, struct set *set, uint32_t last)
{
	struct set out = SET_NONE;
	uint32_t next = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct range r = set->range[i];

		if (r.first > next)
			set_add(m, &out, next, r.first - 1);
		next = r.last + 1;
	}
	if (next <= last)
		set_add(m, &out, next, last);
	*set = out;
}

void
set_intersect(struct set_maker *m, struct set *set, const struct set *other)
{
	struct set out = SET_NONE;
	size_t i = 0, j = 0;

	while (i < set->n && j < other->n) {
		struct range a = set->range[i], b = other->range[j];
		uint32_t first = a.first > b.first ? a.first : b.first;
		uint32_t last = a.last < b.last ? a.last : b.last;

		if (first <= last)
			set_add(m, &out, first, last);
		if (a.last < b.last)
			i++;
		else
			j++;
	}
	*set = out;
}

void
set_subtract(struct set_maker *m, struct set *set, const struct set *other)
{
	struct set rest = SET_NONE;

	set_add_set(m, &rest, other);
	set_negate(m, &rest, CHAR_LAST);
	set_intersect(m, set, &rest);
}

void
set_differ(struct set_maker *m, struct set *set, const struct set *other)
{
	struct set both = SET_NONE;

	set_add_set(m, &both, set);
	set_intersect(m, &both, other);
	set_add_set(m, set, other);
	set_sort(m, set);
	set_subtract(m, set, &both);
}
