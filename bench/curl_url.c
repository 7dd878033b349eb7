/*
 * curl_url N URL [RELATIVE]: N times all parts of the URL with libcurl's own
 * reader, or RELATIVE resolved against it: the floor for url_parse, url_join.
 */
#include <curl/curl.h>
#include <stdlib.h>

static void
get(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	if (curl_url_get(url, part, &text, 0) == CURLUE_OK)
		curl_free(text);
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (long i = atol(argv[1]); i > 0; i--) {
		CURLU *url = curl_url();

		if (curl_url_set(url, CURLUPART_URL, argv[2], 0) != CURLUE_OK)
			return 1;
		if (argc > 3) {
			if (curl_url_set(url, CURLUPART_URL, argv[3], 0) !=
			    CURLUE_OK)
				return 1;
			get(url, CURLUPART_URL);
		} else {
			for (int part = CURLUPART_SCHEME;
			     part <= CURLUPART_FRAGMENT; part++)
				get(url, (CURLUPart)part);
		}
		curl_url_cleanup(url);
	}
	return 0;
}
