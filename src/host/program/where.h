/*
 * where: this program's own files, by absolute paths fixed at build time. A
 * program that runs from its build tree uses the files of that tree; nothing
 * is looked for through the environment or the working directory.
 */
#ifndef PROGRAM_WHERE_H
#define PROGRAM_WHERE_H

enum where_file {
	WHERE_SANDBOX,   /* sn0int-sandbox */
	WHERE_PLUGINS,   /* the sandbox that loads plugins; may be the same */
	WHERE_FRONT,     /* sn0int-host, where sn0int has no loader */
	WHERE_HOST,      /* host.so */
	WHERE_MODULES,   /* the folder of the bundled modules */
	WHERE_TEMPLATES, /* the folder of what `new` begins with */
	WHERE_SEAL,      /* seal.so, seal/crypto.h */
	WHERE_SECRET,    /* secret.so, seal/service.h; may not be there */
};

const char *where_is(enum where_file file);

#endif
