#include "about/history.h"

#include <unistd.h>

#include "base/buf.h"
#include "ipc/secret.h"
#include "line/words.h"
#include "state/file.h"

#define MAX_BYTES ((size_t)16 << 20)

static struct str
unescape(struct pool *pool, struct str line)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (c == '\\' && i + 1 < line.n) {
			c = line.p[++i];
			c = c == 'n' ? '\n' : c;
		}
		buf_add_char(&out, c);
	}
	return buf_str(&out);
}

int
history_load(struct history *history, const char *path, struct err *err)
{
	struct str text;
	int status = file_read(&history->pool, path, MAX_BYTES, &text, err);

	if (status != 1)
		return status;
	if (str_starts(text, STR("#V2\n")))
		text = str_from(text, 4);
	while (text.p != NULL && text.n != 0) {
		struct str line = str_cut(&text, '\n');

		if (line.n != 0)
			(void)history_add(history,
			    unescape(&history->pool, line));
	}
	history->fresh = 0;
	return 0;
}

/* A name that stands for itself, without quotes and no option. */
static bool
is_plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (strchr("'\"\\ \t\r\n", word.p[i]) != NULL)
			return false;
	}
	return word.n != 0 && word.p[0] != '-';
}

/* "api_token=x", in front of its last sign. */
static bool
gives_secret(const struct str *word, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		size_t at = str_rfind_char(word[i], '=');

		if (at != STR_NPOS && secret_is_option(str_sub(word[i], 0, at)))
			return true;
	}
	return false;
}

/* How many words of a line may be kept. */
static size_t
words_to_keep(const struct str *word, size_t n)
{
	if (n > 3 && str_is(word[0], "keyring") && str_is(word[1], "add"))
		return is_plain(word[2]) ? 3 : 0;
	if (n > 2 && str_is(word[0], "set")) {
		if (!is_plain(word[1]))
			return 0;
		return secret_is_option(word[1]) ? 2 : n;
	}
	/* an option is for the command line, but who types it does not know */
	return n > 1 && str_is(word[0], "run") && gives_secret(word, n) ? 1 : n;
}

/* What may be kept of a line. */
static struct str
without_secret(struct pool *pool, struct str line)
{
	struct str *word;
	size_t n, kept;

	if (words_split(pool, line, &word, &n, NULL) == -1)
		return str_starts(str_trim(line), STR("keyring")) ||
		               secret_is_option(line)
		           ? STR_NONE
		           : line;
	kept = words_to_keep(word, n);
	if (kept == n)
		return line;
	return kept != 0 ? words_join(pool, word, kept) : STR_NONE;
}

struct str
history_add(struct history *history, struct str line)
{
	autopool struct pool pool = POOL_NONE;
	size_t n = history->n;

	line = without_secret(&pool, line);
	if (line.n == 0)
		return STR_NONE;
	if (n != 0 && str_eq(history->line[n - 1], line))
		return history->line[n - 1];
	if (n == HISTORY_MOST) {
		memmove(history->line, history->line + 1,
		    (n - 1) * sizeof(*history->line));
		n--;
	}
	history->line[n] = pool_copy(&history->pool, line);
	history->n = n + 1;
	if (history->fresh < HISTORY_MOST)
		history->fresh++;
	return history->line[n];
}

static int
write_lines(const struct history *history, const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR("#V2\n"));
	for (size_t i = 0; i < history->n; i++) {
		for (size_t k = 0; k < history->line[i].n; k++) {
			char c = history->line[i].p[k];

			if (c == '\\' || c == '\n')
				buf_add_char(&out, '\\');
			buf_add_char(&out, c == '\n' ? 'n' : c);
		}
		buf_add_char(&out, '\n');
	}
	return file_write(path, buf_str(&out), err);
}

int
history_save(struct history *history, const char *path, struct err *err)
{
	struct history all = { .n = 0 };
	int fd = file_lock(path, err), status;

	if (fd == -1)
		return -1;
	status = history_load(&all, path, err);
	for (size_t i = history->n - history->fresh; i < history->n; i++)
		(void)history_add(&all, history->line[i]);
	if (status != -1)
		status = write_lines(&all, path, err);
	if (status != -1)
		history->fresh = 0;
	pool_clear(&all.pool);
	(void)close(fd);
	return status == -1 ? -1 : 0;
}
