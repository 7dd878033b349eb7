#include "reach/library.h"

#include "base/mem.h"
#include "reach/reach.h"

#define ROW(name, gives)                                                       \
	{                                                                      \
		name, gives, DOES_NOTHING, 0, NULL, NULL                       \
	}
#define ACT(name, gives, does, acts)                                           \
	{                                                                      \
		name, gives, does, acts, NULL, NULL                            \
	}
#define SAYS(name, acts, what)                                                 \
	{                                                                      \
		name, GIVES_ANSWER, DOES_NOTHING, acts, NULL, what             \
	}
#define CONNECTS(name, scheme)                                                 \
	{                                                                      \
		name, GIVES_PLAIN, DOES_CONNECT, 0, scheme, NULL               \
	}

/* in byte order */
static const struct library_row rows[] = {
	SAYS("asn_lookup", 0, "what a database says"),
	ROW("base32_custom_decode", GIVES_PARTS),
	ROW("base32_custom_encode", GIVES_PARTS),
	ROW("base64_custom_decode", GIVES_PARTS),
	ROW("base64_custom_encode", GIVES_PARTS),
	ROW("base64_decode", GIVES_PARTS),
	ROW("base64_encode", GIVES_PARTS),
	ROW("clear_err", GIVES_NOTHING),
	ACT("create_blob", GIVES_PLAIN, DOES_NOTHING, ACT_BLOBS),
	ROW("datetime", GIVES_PLAIN),
	ACT("db_activity", GIVES_PLAIN, DOES_NOTHING, ACT_ACTIVITY),
	ACT("db_add", GIVES_PLAIN, DOES_ADD, 0),
	ACT("db_add_ttl", GIVES_PLAIN, DOES_ADD, 0),
	{ "db_select", GIVES_ANSWER, DOES_READ, 0, NULL, "a row" },
	ACT("db_update", GIVES_PLAIN, DOES_UPDATE, 0),
	ROW("debug", GIVES_NOTHING),
	ACT("dns", GIVES_ANSWER, DOES_DNS, ACT_NAMES),
	ROW("error", GIVES_NOTHING),
	ROW("geo_polygon_contains", GIVES_NOTHING),
	SAYS("geoip_lookup", 0, "what a database says"),
	ROW("getopt", GIVES_OPTION),
	ROW("gzip_decode", GIVES_PARTS),
	ROW("hex", GIVES_PLAIN),
	ROW("hmac_md5", GIVES_PLAIN),
	ROW("hmac_sha1", GIVES_PLAIN),
	ROW("hmac_sha2_256", GIVES_PLAIN),
	ROW("hmac_sha2_512", GIVES_PLAIN),
	ROW("hmac_sha3_256", GIVES_PLAIN),
	ROW("hmac_sha3_512", GIVES_PLAIN),
	ROW("html_select", GIVES_PARTS),
	ROW("html_select_list", GIVES_PARTS),
	ACT("http_fetch", GIVES_ANSWER, DOES_SEND, 0),
	ACT("http_fetch_json", GIVES_ANSWER, DOES_SEND, 0),
	ROW("http_mksession", GIVES_PLAIN),
	ACT("http_request", GIVES_REQUEST, DOES_REQUEST, 0),
	ACT("http_send", GIVES_ANSWER, DOES_SEND, 0),
	ROW("img_ahash", GIVES_PLAIN),
	ROW("img_dhash", GIVES_PLAIN),
	SAYS("img_exif", 0, "what an image says"),
	ROW("img_load", GIVES_PLAIN),
	ROW("img_nudity", GIVES_PLAIN),
	ROW("img_phash", GIVES_PLAIN),
	ROW("info", GIVES_NOTHING),
	ROW("intval", GIVES_PLAIN),
	ROW("json_decode", GIVES_PARTS),
	ROW("json_decode_stream", GIVES_PARTS),
	ROW("json_encode", GIVES_PARTS),
	ROW("key_trunc_pad", GIVES_PARTS),
	ROW("keyring", GIVES_KEYS),
	ROW("last_err", GIVES_PLAIN),
	ROW("md5", GIVES_PLAIN),
	CONNECTS("mqtt_connect", "mqtt"),
	ROW("mqtt_ping", GIVES_NOTHING),
	SAYS("mqtt_recv", 0, NULL),
	ROW("mqtt_subscribe", GIVES_NOTHING),
	ROW("murmur3", GIVES_PLAIN),
	ROW("pgp_pubkey", GIVES_PARTS),
	ROW("pgp_pubkey_armored", GIVES_PARTS),
	ROW("print", GIVES_NOTHING),
	ROW("psl_domain_from_dns_name", GIVES_PARTS),
	ACT("ratelimit_throttle", GIVES_NOTHING, DOES_NOTHING, ACT_RATELIMITS),
	ROW("regex_find", GIVES_PARTS),
	ROW("regex_find_all", GIVES_PARTS),
	ROW("semver_match", GIVES_NOTHING),
	ROW("set_err", GIVES_NOTHING),
	ROW("sha1", GIVES_PLAIN),
	ROW("sha2_256", GIVES_PLAIN),
	ROW("sha2_512", GIVES_PLAIN),
	ROW("sha3_256", GIVES_PLAIN),
	ROW("sha3_512", GIVES_PLAIN),
	ROW("sleep", GIVES_NOTHING),
	ROW("sn0int_time", GIVES_PLAIN),
	ROW("sn0int_time_from", GIVES_PLAIN),
	ROW("sn0int_version", GIVES_PLAIN),
	ACT("sock_connect", GIVES_PLAIN, DOES_SOCKET, 0),
	ROW("sock_newline", GIVES_NOTHING),
	ROW("sock_options", GIVES_NOTHING),
	SAYS("sock_recv", 0, NULL),
	SAYS("sock_recvall", 0, NULL),
	SAYS("sock_recvline", 0, NULL),
	SAYS("sock_recvline_contains", 0, NULL),
	SAYS("sock_recvline_regex", 0, NULL),
	SAYS("sock_recvn", 0, NULL),
	SAYS("sock_recvuntil", 0, NULL),
	ROW("sock_send", GIVES_NOTHING),
	ROW("sock_sendafter", GIVES_NOTHING),
	ROW("sock_sendline", GIVES_NOTHING),
	SAYS("sock_upgrade_tls", 0, NULL),
	ROW("sodium_secretbox_open", GIVES_PARTS),
	ROW("status", GIVES_NOTHING),
	SAYS("stdin_read_line", ACT_STDIN, "standard input"),
	SAYS("stdin_read_to_end", ACT_STDIN, "standard input"),
	SAYS("stdin_readline", ACT_STDIN, "standard input"),
	ROW("str_find", GIVES_PLAIN),
	ROW("str_replace", GIVES_REPLACE),
	ROW("strftime", GIVES_PLAIN),
	ROW("strptime", GIVES_PLAIN),
	ROW("strval", GIVES_SAME),
	ROW("text_decode", GIVES_PARTS),
	ROW("time_unix", GIVES_PLAIN),
	ROW("url_decode", GIVES_PARTS),
	ROW("url_encode", GIVES_PARTS),
	ROW("url_escape", GIVES_PARTS),
	ROW("url_join", GIVES_JOIN),
	ROW("url_links", GIVES_PARTS),
	ROW("url_parse", GIVES_PARTS),
	ROW("url_unescape", GIVES_PARTS),
	ROW("utf8_decode", GIVES_PARTS),
	ROW("warn", GIVES_NOTHING),
	ROW("warn_once", GIVES_NOTHING),
	CONNECTS("ws_connect", "ws"),
	ROW("ws_options", GIVES_NOTHING),
	SAYS("ws_recv_binary", 0, NULL),
	SAYS("ws_recv_json", 0, NULL),
	SAYS("ws_recv_text", 0, NULL),
	ROW("ws_send_binary", GIVES_NOTHING),
	ROW("ws_send_json", GIVES_NOTHING),
	ROW("ws_send_text", GIVES_NOTHING),
	ROW("x509_parse_pem", GIVES_PARTS),
	ROW("xml_decode", GIVES_PARTS),
	ROW("xml_named", GIVES_PARTS),
};

static const struct library_row strings[] = {
	ROW("byte", GIVES_PLAIN),
	ROW("char", GIVES_PLAIN),
	ROW("find", GIVES_CAPTURES),
	ROW("format", GIVES_FORMAT),
	ROW("gmatch", GIVES_PARTS),
	ROW("gsub", GIVES_REPLACE),
	ROW("len", GIVES_PLAIN),
	ROW("lower", GIVES_SAME),
	ROW("match", GIVES_CAPTURES),
	ROW("rep", GIVES_PARTS),
	ROW("reverse", GIVES_PARTS),
	ROW("sub", GIVES_PARTS),
	ROW("upper", GIVES_SAME),
};

static const struct library_row *
row_in(const struct library_row *list, size_t n, struct str name)
{
	size_t from = 0;

	while (from < n) {
		size_t middle = from + (n - from) / 2;
		int order = str_cmp(name, str_of(list[middle].name));

		if (order == 0)
			return &list[middle];
		if (order < 0)
			n = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct library_row *
library_by_name(struct str name)
{
	return row_in(rows, ARRAY_SIZE(rows), name);
}

const struct library_row *
library_string(struct str name)
{
	return row_in(strings, ARRAY_SIZE(strings), name);
}
