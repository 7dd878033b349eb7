/* lint: whatever the text is, findings are in order, few, and in it */
#include "lint/lint.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct lint_report report;
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n' || p[i] == '\r';
	lint_text(&pool, str_view((const char *)p, n), n % 2 != 0, &report);
	assert(report.n <= LINT_MOST && report.faults <= report.n);
	for (size_t i = 0; i < report.n; i++) {
		const struct lint_finding *f = &report.finding[i];

		assert(f->rule < LINT_RULES && f->text.n != 0);
		assert(f->line >= 1 && f->line <= lines && f->column >= 1);
		assert(i == 0 || report.finding[i - 1].line <= f->line);
	}
	return 0;
}
