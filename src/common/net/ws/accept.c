#include "ws/accept.h"

#include "base/mem.h"
#include "base/num.h"
#include "http/text.h"

#define PROTOCOL "WebSocket protocol error: "

static bool
is_host(const struct http_field *header)
{
	return str_eq_nocase(header->name, STR("host"));
}

static struct str
host_of(const struct ws_request *request)
{
	for (size_t i = 0; i < request->headers; i++) {
		if (is_host(&request->header[i]))
			return request->header[i].value;
	}
	return request->host;
}

int
ws_request_write(struct buf *out, const struct ws_request *request,
    struct str key, struct err *err)
{
	if (http_fields_check(request->header, request->headers, err) == -1)
		return -1;
	buf_add(out, STR("GET "));
	buf_add(out, request->target);
	buf_add(out, STR(" HTTP/1.1\r\nHost: "));
	buf_add(out, host_of(request));
	buf_add(out, STR("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
			 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "));
	buf_add(out, key);
	buf_add(out, STR("\r\n"));
	for (size_t i = 0; i < request->headers; i++) {
		if (!is_host(&request->header[i]))
			http_add_field(out, &request->header[i]);
	}
	buf_add(out, STR("\r\n"));
	return 0;
}

/* The registered reasons, RFC 9110, 15, and the registry of status codes. */
static const char *
status_reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} row[] = {
		{ 100, "Continue" },
		{ 102, "Processing" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 203, "Non Authoritative Information" },
		{ 204, "No Content" },
		{ 205, "Reset Content" },
		{ 206, "Partial Content" },
		{ 207, "Multi-Status" },
		{ 208, "Already Reported" },
		{ 226, "IM Used" },
		{ 300, "Multiple Choices" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 305, "Use Proxy" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 402, "Payment Required" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Payload Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" },
		{ 418, "I'm a teapot" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Entity" },
		{ 423, "Locked" },
		{ 424, "Failed Dependency" },
		{ 426, "Upgrade Required" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 451, "Unavailable For Legal Reasons" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 506, "Variant Also Negotiates" },
		{ 507, "Insufficient Storage" },
		{ 508, "Loop Detected" },
		{ 510, "Not Extended" },
		{ 511, "Network Authentication Required" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (row[i].status == status)
			return row[i].reason;
	}
	return "<unknown status code>";
}

/* "HTTP/1.1 101 Switching Protocols" */
static int
read_status(struct str line, uint64_t *status, struct err *err)
{
	struct str number = str_sub(line, 9, 3);

	if (!str_starts(line, STR("HTTP/1.1 ")) &&
	    !str_starts(line, STR("HTTP/1.0 ")))
		return err_set(err,
		    PROTOCOL "httparse error: invalid HTTP version");
	if (number.n != 3 || num_read_max(number, 999, status) == -1 ||
	    (line.n > 12 && line.p[12] != ' '))
		return err_set(err,
		    PROTOCOL "httparse error: invalid response status");
	return 0;
}

struct answer {
	bool upgrades, connects;
	struct str accept;
};

static int
read_header(struct str line, struct answer *answer, struct err *err)
{
	struct str value = line;
	struct str name = str_cut(&value, ':');

	if (value.p == NULL || !http_is_token(name))
		return err_set(err,
		    PROTOCOL "httparse error: invalid header name");
	value = str_trim(value);
	if (str_eq_nocase(name, STR("upgrade")))
		answer->upgrades |= str_eq_nocase(value, STR("websocket"));
	else if (str_eq_nocase(name, STR("connection")))
		answer->connects |= http_has_word(value, STR("upgrade"));
	else if (str_eq_nocase(name, STR("sec-websocket-accept")))
		answer->accept = value;
	return 0;
}

static int
read_headers(struct str head, struct answer *answer, struct err *err)
{
	while (head.p != NULL) {
		struct str line = str_cut(&head, '\n');

		if (line.n != 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n != 0 && read_header(line, answer, err) == -1)
			return -1;
	}
	return 0;
}

int
ws_accept_read(struct str head, struct str accept, struct err *err)
{
	struct answer answer = { .accept = STR_NONE };
	struct str line = str_trim(str_cut(&head, '\n'));
	uint64_t status = 0;

	if (read_status(line, &status, err) == -1 ||
	    read_headers(head, &answer, err) == -1)
		return -1;
	if (status != 101)
		return err_set(err, "HTTP error: %u %s", (unsigned)status,
		    status_reason((unsigned)status));
	if (!answer.upgrades)
		return err_set(err,
		    PROTOCOL "No \"Upgrade: websocket\" header");
	if (!answer.connects)
		return err_set(err,
		    PROTOCOL "No \"Connection: upgrade\" header");
	if (!str_eq(answer.accept, accept))
		return err_set(err,
		    PROTOCOL "Key mismatch in \"Sec-WebSocket-Accept\" header");
	return 0;
}
