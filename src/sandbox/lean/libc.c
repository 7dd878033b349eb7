/*
 * What objects that were compiled against glibc's headers expect of a C library,
 * for those of the static program, whose library is musl: the checked forms that
 * _FORTIFY_SOURCE calls, and two names. The headers are glibc's here as well, so
 * that types are the callers'; those that are passed to musl have one layout on
 * x86_64 in both, as the kernel wants it. None of it includes a checked form.
 */
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room);
void *__memmove_chk(void *to, const void *from, size_t n, size_t room);
void *__memset_chk(void *to, int c, size_t n, size_t room);
int __vsnprintf_chk(char *to, size_t n, int flags, size_t room,
    const char *format, va_list args);
int __snprintf_chk(char *to, size_t n, int flags, size_t room,
    const char *format, ...);
int __printf_chk(int flags, const char *format, ...);
int __fprintf_chk(FILE *to, int flags, const char *format, ...);
int __ppoll_chk(struct pollfd *p, nfds_t n, const struct timespec *timeout,
    const sigset_t *mask, size_t room);
void __longjmp_chk(jmp_buf to, int value) __attribute__((noreturn));
int fcntl64(int fd, int command, ...);
void __wrap_abort(void) __attribute__((noreturn));

/*
 * musl's own sends the signal by a number of this thread that a clone which is
 * not its fork() leaves stale, and by a call that the filter does not know.
 */
void
__wrap_abort(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGABRT);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)syscall(SYS_tgkill, getpid(), gettid(), SIGABRT);
	for (;;)
		__builtin_trap();
}

/*
 * Letters of both cases, from -128 to 255 as glibc has them; musl knows none
 * above 127, where Lua's lower() and upper() leave bytes as they are.
 */
#define TO_LOWER(c) ((c) >= 'A' && (c) <= 'Z' ? (c) + 'a' - 'A' : (c))
#define TO_UPPER(c) ((c) >= 'a' && (c) <= 'z' ? (c) - 'a' + 'A' : (c))
#define FOUR(to, c) to(c), to((c) + 1), to((c) + 2), to((c) + 3)
#define ROW(to, c)                                                             \
	FOUR(to, c), FOUR(to, (c) + 4), FOUR(to, (c) + 8), FOUR(to, (c) + 12)
#define HALF(to, c)                                                            \
	ROW(to, c), ROW(to, (c) + 16), ROW(to, (c) + 32), ROW(to, (c) + 48),   \
	    ROW(to, (c) + 64), ROW(to, (c) + 80), ROW(to, (c) + 96),           \
	    ROW(to, (c) + 112)
#define CASES(to)                                                              \
	{                                                                      \
		HALF(to, 128), HALF(to, 0), HALF(to, 128)                      \
	}

const int32_t **__ctype_tolower_loc(void);
const int32_t **__ctype_toupper_loc(void);

const int32_t **
__ctype_tolower_loc(void)
{
	static const int32_t table[] = CASES(TO_LOWER);
	static const int32_t *middle = table + 128;

	return &middle;
}

const int32_t **
__ctype_toupper_loc(void)
{
	static const int32_t table[] = CASES(TO_UPPER);
	static const int32_t *middle = table + 128;

	return &middle;
}

static void
check(size_t n, size_t room)
{
	static const char said[] =
	    "*** buffer overflow detected ***: terminated\n";

	if (n <= room)
		return;
	(void)!write(STDERR_FILENO, said, sizeof(said) - 1);
	abort();
}

void *
__memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
	check(n, room);
	return memcpy(to, from, n);
}

void *
__memmove_chk(void *to, const void *from, size_t n, size_t room)
{
	check(n, room);
	return memmove(to, from, n);
}

void *
__memset_chk(void *to, int c, size_t n, size_t room)
{
	check(n, room);
	return memset(to, c, n);
}

int
__vsnprintf_chk(char *to, size_t n, int flags, size_t room, const char *format,
    va_list args)
{
	(void)flags;
	check(n, room);
	return vsnprintf(to, n, format, args);
}

int
__snprintf_chk(char *to, size_t n, int flags, size_t room, const char *format,
    ...)
{
	va_list args;
	int written;

	va_start(args, format);
	written = __vsnprintf_chk(to, n, flags, room, format, args);
	va_end(args);
	return written;
}

int
__printf_chk(int flags, const char *format, ...)
{
	va_list args;
	int written;

	(void)flags;
	va_start(args, format);
	written = vprintf(format, args);
	va_end(args);
	return written;
}

int
__fprintf_chk(FILE *to, int flags, const char *format, ...)
{
	va_list args;
	int written;

	(void)flags;
	va_start(args, format);
	written = vfprintf(to, format, args);
	va_end(args);
	return written;
}

int
__ppoll_chk(struct pollfd *p, nfds_t n, const struct timespec *timeout,
    const sigset_t *mask, size_t room)
{
	check(n, room / sizeof(*p));
	return ppoll(p, n, timeout, mask);
}

void
__longjmp_chk(jmp_buf to, int value)
{
	longjmp(to, value);
}

/* What strtol() is called where a header is that of C23. */
long __isoc23_strtol(const char *p, char **end, int base);
long strtol_of_musl(const char *p, char **end, int base) __asm__("strtol");

long
__isoc23_strtol(const char *p, char **end, int base)
{
	return strtol_of_musl(p, end, base);
}

/* All that our commands take is an int. */
int
fcntl64(int fd, int command, ...)
{
	va_list args;
	int word;

	va_start(args, command);
	word = va_arg(args, int);
	va_end(args);
	return (int)syscall(SYS_fcntl, fd, command, word);
}
