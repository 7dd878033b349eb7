/* dns_name: a name that is read fits into a question */
#include <assert.h>
#include <stdint.h>

#include "name/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	unsigned char query[DNS_QUERY_MAX];
	char plain[DNS_NAME_MAX + 1];
	struct dns_message message;
	struct dns_name name;
	size_t size;

	if (dns_name_read(str_view((const char *)p, n), &name, &err) == -1)
		return 0;
	assert(name.n >= 1 && name.n <= DNS_NAME_MAX);
	dns_name_plain(&name, plain);
	size = dns_write_query(query, 7, &name, DNS_A, n % 2 == 0);
	assert(dns_read(&pool, str_view((char *)query, size), &message, &err) ==
	       0);
	assert(message.has_question && message.question.n == name.n &&
	       memcmp(message.question.wire, name.wire, name.n) == 0);
	return 0;
}
