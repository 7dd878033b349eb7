/*
 * The plugin secret.so: libsecret behind one table. An item is found by the id
 * of the ring, and is text: SERVICE_DIGITS hexadecimal digits.
 */
#include "seal/secret.h"

#include <libsecret/secret.h>
#include <stdio.h>
#include <string.h>

static const SecretSchema schema = {
	.name = "org.sn0int.Keyring",
	.flags = SECRET_SCHEMA_NONE,
	.attributes = { { "id", SECRET_SCHEMA_ATTRIBUTE_STRING },
	    { NULL, SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

static int
failed(GError *error, char *why, size_t n)
{
	(void)snprintf(why, n, "%s",
	    error != NULL ? error->message : "it gives no reason");
	g_clear_error(&error);
	return -1;
}

static int
take_secret(SecretItem *item, char *secret, char *why, size_t n)
{
	SecretValue *value;
	const char *text;
	int status = -1;

	if (secret_item_get_locked(item)) {
		(void)snprintf(why, n, "it is locked");
		return -1;
	}
	value = secret_item_get_secret(item);
	text = value != NULL ? secret_value_get_text(value) : NULL;
	if (text != NULL && strlen(text) == SERVICE_DIGITS) {
		memcpy(secret, text, SERVICE_DIGITS + 1);
		status = 1;
	} else {
		(void)snprintf(why, n, "what it has is no key of ours");
	}
	if (value != NULL)
		secret_value_unref(value);
	return status;
}

/* Without SECRET_SEARCH_UNLOCK: no dialog, where nobody would see one. */
static int
find(const char *id, bool may_ask, char *secret, char *why, size_t n)
{
	GError *error = NULL;
	SecretService *service =
	    secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, NULL, &error);
	GHashTable *attributes;
	GList *items;
	int status = 0;

	if (service == NULL)
		return failed(error, why, n);
	attributes = secret_attributes_build(&schema, "id", id, NULL);
	items = secret_service_search_sync(service, &schema, attributes,
	    SECRET_SEARCH_LOAD_SECRETS |
		(may_ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE),
	    NULL, &error);
	if (error != NULL)
		status = failed(error, why, n);
	else if (items != NULL)
		status = take_secret(items->data, secret, why, n);
	g_list_free_full(items, g_object_unref);
	g_hash_table_unref(attributes);
	g_object_unref(service);
	return status;
}

static int
keep(const char *id, const char *secret, char *why, size_t n)
{
	GError *error = NULL;

	if (secret_password_store_sync(&schema, SECRET_COLLECTION_DEFAULT,
		"sn0int keyring", secret, NULL, &error, "id", id, NULL))
		return 1;
	return failed(error, why, n);
}

static int
forget(const char *id, char *why, size_t n)
{
	GError *error = NULL;
	gboolean was_there =
	    secret_password_clear_sync(&schema, NULL, &error, "id", id, NULL);

	return error != NULL ? failed(error, why, n) : was_there;
}

const struct seal_service seal_service_plugin = {
	.abi = SERVICE_ABI,
	.find = find,
	.keep = keep,
	.forget = forget,
};
