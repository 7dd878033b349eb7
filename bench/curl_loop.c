/*
 * curl_loop N CA URL...: fetches the URLs in turn, N times in all, with one
 * handle of libcurl that keeps its connections: the floor for http_fetch. CA
 * is a bundle, or - for none. Bodies are collected in memory and dropped.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
	char *p;
	size_t n, cap;
};

static size_t
collect(char *p, size_t size, size_t n, void *arg)
{
	struct body *body = arg;

	n *= size;
	if (body->cap - body->n < n) {
		body->cap = body->cap * 2 + n;
		body->p = realloc(body->p, body->cap);
		if (body->p == NULL)
			return 0;
	}
	memcpy(body->p + body->n, p, n);
	body->n += n;
	return n;
}

int
main(int argc, char **argv)
{
	struct body body = { NULL, 0, 0 };
	CURL *curl;
	long status = 200;

	if (argc < 4)
		return 2;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	if (strcmp(argv[2], "-") != 0)
		curl_easy_setopt(curl, CURLOPT_CAINFO, argv[2]);
	for (long i = 0; i < atol(argv[1]) && status == 200; i++) {
		body.n = 0;
		curl_easy_setopt(curl, CURLOPT_URL, argv[3 + i % (argc - 3)]);
		if (curl_easy_perform(curl) != CURLE_OK)
			return 1;
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	}
	curl_easy_cleanup(curl);
	free(body.p);
	return status != 200;
}
