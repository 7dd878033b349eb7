/*
 * gen: writes filters.c, the programs as constants. Usage: gen > filters.c
 * One block for each architecture, so that a program holds its own only;
 * the tests define FILTER_ALL and hold every one.
 */
#include "jail/emit.h"

#include <stdio.h>

static const char *const define[CALL_ARCHS] = {
	[CALL_X86_64] = "defined(__x86_64__)",
	[CALL_AARCH64] = "defined(__aarch64__)",
	[CALL_ARM] = "defined(__arm__)",
	[CALL_RISCV64] = "defined(__riscv)",
	[CALL_PPC64LE] = "defined(__powerpc64__)",
	[CALL_I386] = "defined(__i386__)",
};

static const unsigned variant[] = {
	POLICY_NONE,
	POLICY_BROKER,
	POLICY_DIRECT,
	POLICY_NONE | POLICY_AUDIT,
	POLICY_BROKER | POLICY_AUDIT,
	POLICY_DIRECT | POLICY_AUDIT,
	POLICY_WAITS,
	POLICY_SERVES,
	POLICY_BROKERS,
	/* who audits has messages to write */
	POLICY_SERVES | POLICY_OUTER_AUDIT,
	POLICY_BROKERS | POLICY_OUTER_AUDIT,
};
#define VARIANTS (sizeof(variant) / sizeof(variant[0]))
#define NETWORK  (POLICY_BROKER | POLICY_DIRECT | POLICY_BROKERS)

/* The C libraries of i386 call socketcall(2), whose arguments are in memory:
 * no filter can judge it, so there is none for who has the network. */
static bool
is_made(enum call_arch arch, unsigned v)
{
	return arch != CALL_I386 || (v & NETWORK) == 0;
}

static void
write_spots(const char *arch, unsigned v, const char *name,
    const struct emit_spots *spots)
{
	printf("static const unsigned %s_%u_%s[] = { ", arch, v, name);
	emit_print_spots(spots);
	printf(" };\n");
}

static int
write_program(enum call_arch arch, unsigned v)
{
	static struct emitted e;
	const char *why;

	if (emit(&e, arch, policy_of(v), v, &why) == -1) {
		fprintf(stderr, "gen: %s\n", why);
		return -1;
	}
	printf("static const struct sock_filter %s_%u[] = {\n",
	    call_arch_name(arch), v);
	emit_print_code(&e);
	printf("};\n");
	write_spots(call_arch_name(arch), v, "self", &e.self);
	write_spots(call_arch_name(arch), v, "worker", &e.worker);
	return 0;
}

static void
write_row(enum call_arch arch, unsigned v)
{
	const char *name = call_arch_name(arch);

	printf("\t{ %d, %u, COUNT(%s_%u), %s_%u,\n"
	       "\t    { COUNT(%s_%u_self) - 1, %s_%u_self },\n"
	       "\t    { COUNT(%s_%u_worker) - 1, %s_%u_worker } },\n",
	    (int)arch, v, name, v, name, v, name, v, name, v, name, v, name, v);
}

static int
write_arch(enum call_arch arch)
{
	printf("#if %s || defined(FILTER_ALL)\n", define[arch]);
	for (size_t i = 0; i < VARIANTS; i++) {
		if (is_made(arch, variant[i]) &&
		    write_program(arch, variant[i]) == -1)
			return -1;
	}
	printf("#endif\n\n");
	return 0;
}

int
main(void)
{
	printf("/* Written by jail/gen.c from the policies. */\n"
	       "#include \"jail/filter.h\"\n\n"
	       "#define COUNT(a) (sizeof(a) / sizeof((a)[0]))\n\n");
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		if (write_arch((enum call_arch)arch) == -1)
			return 1;
	}
	printf("const struct filter filters[] = {\n");
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		printf("#if %s || defined(FILTER_ALL)\n", define[arch]);
		for (size_t i = 0; i < VARIANTS; i++) {
			if (is_made((enum call_arch)arch, variant[i]))
				write_row((enum call_arch)arch, variant[i]);
		}
		printf("#endif\n");
	}
	printf("\t{ 0 },\n};\n");
	return emit_flush() == 0 ? 0 : 1;
}
