/*
 * replay: the main of a fuzz target when it is run as a test. Gives every file
 * of a corpus folder to the target, each from a heap block of its exact size,
 * so that a sanitizer sees a read beyond it. Prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
replay(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *p;
	FILE *f;
	long n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) == -1 || (n = ftell(f)) == -1) {
		perror(path);
		return -1;
	}
	rewind(f);
	p = malloc((size_t)n);
	if (n != 0 && (p == NULL || fread(p, (size_t)n, 1, f) != 1)) {
		perror(path);
		return -1;
	}
	fclose(f);
	LLVMFuzzerTestOneInput(p, (size_t)n);
	free(p);
	return 0;
}

int
main(int argc, char **argv)
{
	struct dirent **entry;
	int n, run = 0, failed = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	LLVMFuzzerTestOneInput(NULL, 0);
	n = scandir(argv[1], &entry, NULL, alphasort);
	if (n == -1) {
		perror(argv[1]);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		if (entry[i]->d_name[0] != '.') {
			failed += replay(argv[1], entry[i]->d_name) == -1;
			run++;
		}
		free(entry[i]);
	}
	free(entry);
	/* a corpus that is not there proves nothing */
	printf("%s 1 - %d inputs\n1..1\n",
	    failed == 0 && run > 0 ? "ok" : "not ok", run);
	return failed != 0 || run == 0;
}
