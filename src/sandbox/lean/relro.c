/*
 * What the start files of a static program have filled in and nobody writes
 * again becomes read-only before main(): musl locks it in dynamic ones only.
 */
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int
lock_segment(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr;
		uintptr_t to = (from + p->p_memsz) & -page;

		if (p->p_type == PT_GNU_RELRO &&
		    mprotect((void *)(from & -page), to - (from & -page),
			PROT_READ) == -1)
			*(int *)arg = -1;
	}
	return 0;
}

__attribute__((constructor)) static void
lock_data(void)
{
	int status = 0;

	(void)dl_iterate_phdr(lock_segment, &status);
	if (status == -1)
		_exit(1);
}
