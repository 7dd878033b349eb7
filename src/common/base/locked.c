#include "base/locked.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

static bool has_failed;

static size_t
whole_pages(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t more;

	if (__builtin_add_overflow(n, page - 1, &more))
		mem_fail(n);
	return more / page * page;
}

void *
locked_alloc(size_t n)
{
	size_t size = whole_pages(n + (n == 0));
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		mem_fail(n);
	if (mlock(p, size) == -1)
		has_failed = true;
#ifdef MADV_DONTDUMP
	(void)madvise(p, size, MADV_DONTDUMP);
#endif
	return p;
}

void
locked_free(void *p, size_t n)
{
	mem_wipe(p, n);
	(void)munmap(p, whole_pages(n + (n == 0)));
}

bool
locked_failed(void)
{
	return has_failed;
}

const struct pool_memory locked_memory = { locked_alloc, locked_free };
