/*
 * strerror() of the static programs: where musl has other words than glibc,
 * those of glibc, so that both programs of the child say the same. What neither
 * has a word for goes by its number; of the errors of STREAMS, which Linux never
 * had, musl knows a few only, and those go so as well.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

char *__real_strerror(int errnum);
char *__wrap_strerror(int errnum);

static const struct {
	int errnum;
	const char *text;
} row[] = {
	{ 0, "Success" },
	{ EIO, "Input/output error" },
	{ ECHILD, "No child processes" },
	{ ENOMEM, "Cannot allocate memory" },
	{ EBUSY, "Device or resource busy" },
	{ EXDEV, "Invalid cross-device link" },
	{ EMFILE, "Too many open files" },
	{ ENOTTY, "Inappropriate ioctl for device" },
	{ ESPIPE, "Illegal seek" },
	{ EDOM, "Numerical argument out of domain" },
	{ ERANGE, "Numerical result out of range" },
	{ EDEADLOCK, "Resource deadlock avoided" },
	{ ENAMETOOLONG, "File name too long" },
	{ ELOOP, "Too many levels of symbolic links" },
	{ ETIME, "Timer expired" },
	{ EOVERFLOW, "Value too large for defined data type" },
	{ EILSEQ, "Invalid or incomplete multibyte or wide character" },
	{ EUSERS, "Too many users" },
	{ ENOTSOCK, "Socket operation on non-socket" },
	{ EMSGSIZE, "Message too long" },
	{ ENOTSUP, "Operation not supported" },
	{ EADDRINUSE, "Address already in use" },
	{ EADDRNOTAVAIL, "Cannot assign requested address" },
	{ ENETUNREACH, "Network is unreachable" },
	{ ENETRESET, "Network dropped connection on reset" },
	{ ECONNABORTED, "Software caused connection abort" },
	{ EISCONN, "Transport endpoint is already connected" },
	{ ENOTCONN, "Transport endpoint is not connected" },
	{ ESHUTDOWN, "Cannot send after transport endpoint shutdown" },
	{ ETOOMANYREFS, "Too many references: cannot splice" },
	{ ETIMEDOUT, "Connection timed out" },
	{ EHOSTUNREACH, "No route to host" },
	{ EINPROGRESS, "Operation now in progress" },
	{ EUCLEAN, "Structure needs cleaning" },
	{ EDQUOT, "Disk quota exceeded" },
	{ EOWNERDEAD, "Owner died" },
};

char *
__wrap_strerror(int errnum)
{
	static char unknown[32];
	char *text;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].errnum == errnum)
			return (char *)row[i].text;
	}
	text = __real_strerror(errnum);
	if (strcmp(text, __real_strerror(-1)) != 0)
		return text;
	(void)snprintf(unknown, sizeof(unknown), "Unknown error %d", errnum);
	return unknown;
}
