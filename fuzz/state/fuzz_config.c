/* config: sn0int.toml as it may stand in a home, or an error */
#include "state/config.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The text as a file that has no name; -1: this system has none. */
static int
file_of(const uint8_t *p, size_t n)
{
	int fd = memfd_create("sn0int.toml", MFD_CLOEXEC);

	assert(fd == -1 || write(fd, p, n) == (ssize_t)n);
	return fd;
}

static void
check(const struct config *config)
{
	struct addr addr;

	if (config->proxy.p != NULL)
		assert(addr_read(config->proxy, &addr, NULL) == 0);
	for (size_t i = 0; i < config->ns.n; i++)
		assert(addr_read(config->ns.text[i], &addr, NULL) == 0);
	for (size_t i = 0; i < config->namespaces; i++)
		assert(config->namespace[i].folder[0] == '/');
	for (size_t i = 0; i < config->warnings; i++)
		assert(config->warning[i].n != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct config config;
	int fd = file_of(p, n);

	if (fd == -1)
		return 0;
	if (config_load(&config, pool_printf(&pool, "/proc/self/fd/%d", fd),
		"/home/me", &pool, &err) == -1)
		assert(err.n > 1); /* the file is named */
	else
		check(&config);
	(void)close(fd);
	return 0;
}
