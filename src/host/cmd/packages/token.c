#include "packages/token.h"

#include <errno.h>
#include <sys/random.h>

#include "state/file.h"

static const char *
path_of(const struct paths *paths, struct pool *pool)
{
	return pool_printf(pool, "%s/auth", paths->share);
}

/* It becomes a line of a request. */
static int
check(struct str token, struct err *err)
{
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return err_set(err, "byte %zu is none of a token",
			    i + 1);
	}
	return 0;
}

int
token_load(const struct paths *paths, struct pool *pool, struct str *out,
    struct err *err)
{
	const char *path = path_of(paths, pool);
	struct str text;
	int status = file_read(pool, path, TOKEN_MAX_BYTES, &text, err);

	if (status == 1) {
		text = str_trim(text);
		/* an empty file is as good as none */
		status = text.n == 0 ? 0 : check(text, err) == 0 ? 1 : -1;
	}
	if (status == -1)
		return err_wrap(err, "cannot use %s", path);
	if (status == 1)
		*out = text;
	return status;
}

int
token_keep(const struct paths *paths, struct str token, struct err *err)
{
	struct pool pool = POOL_NONE;
	const char *path = path_of(paths, &pool);
	int status = file_write(path,
	    str_of(pool_printf(&pool, "%.*s\n", STR_ARG(token))), err);

	pool_wipe(&pool);
	return status;
}

/* Bytes that would make some letters likelier than others are left out. */
int
token_make(char out[TOKEN_LETTERS], struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const unsigned n = sizeof(letters) - 1;

	for (size_t i = 0; i < TOKEN_LETTERS;) {
		unsigned char byte;

		if (getrandom(&byte, 1, 0) != 1) {
			if (errno == EINTR)
				continue;
			return err_sys(err, "cannot make a token");
		}
		if (byte < 256 / n * n)
			out[i++] = letters[byte % n];
	}
	return 0;
}
