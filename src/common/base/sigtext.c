#include "base/sigtext.h"

#ifdef __linux__
#include <ucontext.h>
#endif

static void
add_char(struct sigtext *text, char c)
{
	if (text->n < sizeof(text->p))
		text->p[text->n++] = c;
}

void
sigtext_add(struct sigtext *text, const char *more)
{
	while (*more != '\0')
		add_char(text, *more++);
}

static void
add_digits(struct sigtext *text, uint64_t value, unsigned base)
{
	char digit[20];
	int n = 0;

	do {
		digit[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (n-- > 0)
		add_char(text, digit[n]);
}

void
sigtext_add_int(struct sigtext *text, int64_t value)
{
	if (value < 0)
		add_char(text, '-');
	add_digits(text, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

void
sigtext_add_hex(struct sigtext *text, uint64_t value)
{
	sigtext_add(text, "0x");
	add_digits(text, value, 16);
}

/* The registers of the arguments, where <ucontext.h> has them. */
#if !defined(__linux__)
#elif defined(__x86_64__)
#define REGISTERS m->gregs
static const int reg[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9 };
#elif defined(__i386__)
#define REGISTERS m->gregs
static const int reg[] = { REG_EBX, REG_ECX, REG_EDX, REG_ESI, REG_EDI,
	REG_EBP };
#elif defined(__aarch64__)
#define REGISTERS m->regs
static const int reg[] = { 0, 1, 2, 3, 4, 5 };
#elif defined(__arm__)
#define REGISTERS                                                              \
	(const unsigned long[])                                                \
	{                                                                      \
		m->arm_r0, m->arm_r1, m->arm_r2, m->arm_r3, m->arm_r4,         \
		    m->arm_r5                                                  \
	}
static const int reg[] = { 0, 1, 2, 3, 4, 5 };
#elif defined(__riscv)
#define REGISTERS m->__gregs
static const int reg[] = { 10, 11, 12, 13, 14, 15 };
#elif defined(__powerpc64__)
#define REGISTERS m->gp_regs
static const int reg[] = { 3, 4, 5, 6, 7, 8 };
#endif

void
sigtext_add_arguments(struct sigtext *text, const void *context)
{
#ifdef REGISTERS
	const mcontext_t *m = &((const ucontext_t *)context)->uc_mcontext;

	sigtext_add(text, " arguments");
	for (int i = 0; i < 6; i++) {
		sigtext_add(text, " ");
		/* a long of 32 bits is no negative number */
		sigtext_add_hex(text, (unsigned long)REGISTERS[reg[i]]);
	}
#else
	(void)text;
	(void)context;
#endif
}
