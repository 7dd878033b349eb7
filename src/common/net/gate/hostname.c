#include "gate/hostname.h"

#include "base/num.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return num_hex_digit(c) != -1;
}

static bool
is_name_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

static struct str
last_label(struct str name)
{
	size_t at = str_rfind_char(name, '.');

	return at == STR_NPOS ? name : str_from(name, at + 1);
}

static bool
is_all(struct str s, bool (*is_one)(char))
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_one(s.p[i]))
			return false;
	}
	return true;
}

bool
hostname_ends_in_number(struct str name)
{
	struct str last = last_label(name);

	if (last.n >= 2 && last.p[0] == '0' && (last.p[1] | 0x20) == 'x')
		return is_all(str_from(last, 2), is_hex);
	return last.n != 0 && is_all(last, is_digit);
}

bool
hostname_is_normal(struct str name)
{
	size_t label = 0;

	if (name.n > HOSTNAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.' ? label == 0 : !is_name_char(name.p[i]))
			return false;
		label = name.p[i] == '.' ? 0 : label + 1;
		if (label > HOSTNAME_LABEL_MAX)
			return false;
	}
	return label != 0 && !hostname_ends_in_number(name);
}

bool
hostname_is_local(struct str name)
{
	static const char *const domain[] = {
		".localhost",
		".localdomain",
		".local",
		".home.arpa",
		".internal",
		/* RFC 6762, appendix G: what private networks are called */
		".intranet",
		".private",
		".corp",
		".home",
		".lan",
	};

	for (size_t i = 0; i < sizeof(domain) / sizeof(*domain); i++) {
		struct str tail = str_of(domain[i]);

		if (name.n >= tail.n &&
		    str_eq(str_from(name, name.n - tail.n), tail))
			return true;
	}
	/* the domain itself has a dot in one case only */
	return str_find_char(name, '.') == STR_NPOS ||
	       str_is(name, "home.arpa");
}
