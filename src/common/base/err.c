#undef STATIC_ANALYSIS /* the functions themselves stand here */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

#include "base/buf.h"

static struct str
format_text(struct err *err, const char *fmt, va_list args)
{
	struct buf text = BUF_IN(&err->pool);

	buf_vprintf(&text, fmt, args);
	(void)buf_cstr(&text);
	return buf_str(&text);
}

static void
add_cause(struct err *err, struct str text)
{
	if (err->n == ERR_LEVELS)
		err->n--;
	err->msg[err->n++] = text;
}

static int
add_format(struct err *err, const char *fmt, va_list args)
{
	if (err != NULL)
		add_cause(err, format_text(err, fmt, args));
	return -1;
}

static int
replace_text(struct err *err, enum err_kind kind, const char *fmt, va_list args)
{
	struct pool old;

	if (err == NULL)
		return -1;
	/* the arguments may point into the message that is replaced */
	old = err->pool;
	*err = (struct err){ .kind = kind };
	add_format(err, fmt, args);
	pool_clear(&old);
	return -1;
}

int
err_set(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	replace_text(err, ERR_FAILED, fmt, args);
	va_end(args);
	return -1;
}

int
err_usage(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	replace_text(err, ERR_USAGE, fmt, args);
	va_end(args);
	return -1;
}

int
err_set_kind(struct err *err, enum err_kind kind)
{
	if (err != NULL)
		err->kind = kind;
	return -1;
}

int
err_set_str(struct err *err, struct str text)
{
	struct pool old;

	if (err == NULL)
		return -1;
	old = err->pool;
	*err = (struct err)ERR_NONE;
	add_cause(err, pool_copy(&err->pool, text));
	pool_clear(&old);
	return -1;
}

int
err_set_errno(struct err *err, int errnum)
{
	return err_set(err, "%s (os error %d)", strerror(errnum), errnum);
}

int
err_sys(struct err *err, const char *fmt, ...)
{
	va_list args;

	err_set_errno(err, errno);
	va_start(args, fmt);
	add_format(err, fmt, args);
	va_end(args);
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_format(err, fmt, args);
	va_end(args);
	return -1;
}

int
err_set_debug(struct err *err, const char *fmt, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	va_start(args, fmt);
	err->debug = format_text(err, fmt, args);
	va_end(args);
	return -1;
}

struct str
err_text(const struct err *err)
{
	return err->n != 0 ? err->msg[err->n - 1] : STR("");
}

struct str
err_join(struct pool *pool, const struct err *err)
{
	struct buf text = BUF_IN(pool);

	for (unsigned i = err->n; i-- > 0;) {
		buf_add(&text, err->msg[i]);
		if (i != 0)
			buf_add(&text, STR(": "));
	}
	(void)buf_cstr(&text);
	return buf_str(&text);
}

const char *
err_cstr(struct err *err)
{
	return err_join(&err->pool, err).p;
}

void
err_clear(struct err *err)
{
	pool_clear(&err->pool);
	*err = (struct err)ERR_NONE;
}

void
err_move(struct err *to, struct err *from)
{
	if (to == NULL) {
		err_clear(from);
		return;
	}
	pool_clear(&to->pool);
	*to = *from;
	*from = (struct err)ERR_NONE;
}
