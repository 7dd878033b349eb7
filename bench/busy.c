/* A busy loop that ends with its parent: bench/run --busy. */
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>

int
main(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (volatile uint64_t i = 0;; i++)
		;
}
