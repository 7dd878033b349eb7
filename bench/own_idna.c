/*
 * own_idna NAME...: each name as libidn2 (nontransitional) and we write it, a
 * line each: the name, ours, theirs, with TABs between; - for a refusal.
 */
#include <idn2.h>

#include "base/mem.h"
#include "own.h"
#include "url/idna.h"

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		autopool struct pool pool = POOL_NONE;
		struct str ours = STR("-");
		char *theirs = NULL;

		(void)idna_to_ascii(&pool, str_of(argv[i]), &ours);
		if (idn2_to_ascii_8z(argv[i], &theirs, IDN2_NONTRANSITIONAL) !=
		    IDN2_OK)
			theirs = NULL;
		printf("%s\t%.*s\t%s\n", argv[i], STR_ARG(ours),
		    theirs != NULL ? theirs : "-");
		idn2_free(theirs);
	}
	return 0;
}
