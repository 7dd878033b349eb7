/*
 * verdict: what a filter answers, without the kernel: classic BPF over struct
 * seccomp_data, as seccomp(2) runs it. 0 (kill the thread) for an instruction
 * that a filter of ours does not have, and for one without an end.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t
verdict_of(const struct sock_filter *code, size_t n,
    const struct seccomp_data *data)
{
	uint32_t a = 0, word[sizeof(*data) / sizeof(uint32_t)];

	memcpy(word, data, sizeof(word));
	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &code[pc];
		bool is_so = false;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = word[i->k / sizeof(uint32_t)];
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			is_so = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			is_so = a > i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			is_so = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			is_so = (a & i->k) != 0;
			break;
		default:
			return 0;
		}
		pc += is_so ? i->jt : i->jf;
	}
	return 0;
}

#endif
