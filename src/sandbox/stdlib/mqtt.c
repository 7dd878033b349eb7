/* mqtt: subscriptions as modules see them. */
#include "mqtt/mqtt.h"

#include "base/mem.h"
#include "stdlib/endpoint.h"
#include "stdlib/handle.h"

/* A reading module wakes up in time for the next ping. */
#define READ_TIMEOUT_SECONDS  90
#define PING_INTERVAL_SECONDS 90
#define KEEP_ALIVE_SECONDS    120

static const struct endpoint_scheme scheme = {
	.plain = "mqtt",
	.tls = "mqtts",
	.plain_port = 1883,
	.tls_port = 8883,
	.refused = "Invalid mqtt protocol",
	.kind = TAP_MQTT,
};

struct options {
	struct str username, password;
	struct network_options net;
	uint64_t ping_interval;
	uint16_t keep_alive;
};

static const struct slot slots[] = {
	{ "username", SLOT_TEXT, SLOT_OPT, AT(options, username),
	    "for the login" },
	{ "password", SLOT_TEXT, SLOT_OPT, AT(options, password),
	    "for the login" },
	NETWORK_SLOTS(AT(options, net), READ_TIMEOUT_SECONDS),
	{ "ping_interval", SLOT_U64, SLOT_OPT, AT(options, ping_interval),
	    "seconds between pings; 0 is none",
	    .initial = PING_INTERVAL_SECONDS },
	{ "keep_alive", SLOT_U16, SLOT_OPT, AT(options, keep_alive),
	    "seconds of silence after which the broker may end it",
	    .initial = KEEP_ALIVE_SECONDS },
	{ NULL },
};

static void
free_mqtt(void *thing)
{
	mqtt_free(thing);
}

static const struct handle_kind handles = { free_mqtt,
	"Invalid mqtt reference" };

static int
fn_mqtt_connect(struct call *c)
{
	struct options options = { .username = STR_NONE };
	struct mqtt_opts opts;
	struct stream *stream;
	struct mqtt *m;
	struct url url;

	slot_init(slots, &options);
	if (network_read_options(c, 2, slots, &options, &options.net, "mqtt") ==
		-1 ||
	    endpoint_connect(c, &scheme, call_str(c, 1), &options.net, &url,
		&stream) == -1)
		return -1;
	opts = (struct mqtt_opts){ options.username, options.password,
		options.keep_alive, options.ping_interval };
	if (mqtt_new(stream, &opts, &m, c->err) == -1)
		return endpoint_lost(c, stream);
	endpoint_stands(stream, 0);
	return call_return_str(c, handle_add(c, &handles, m));
}

static int
fn_mqtt_subscribe(struct call *c)
{
	struct mqtt *m = handle_arg(c, &handles);

	if (m == NULL)
		return -1;
	if (mqtt_subscribe(m, call_str(c, 2), (unsigned)call_int(c, 3),
		c->err) == -1)
		return network_fail(c, mqtt_stream(m), true);
	return call_return_none(c);
}

static int
fn_mqtt_recv(struct call *c)
{
	struct mqtt *m = handle_arg(c, &handles);
	struct json map = json_map();
	struct mqtt_message message;
	int status;

	if (m == NULL)
		return -1;
	status = mqtt_recv(m, c->pool, &message, c->err);
	if (status == -1)
		return network_fail(c, mqtt_stream(m), true);
	if (status == 0)
		return call_return_nil(c);
	(void)json_set(c->pool, &map, STR("type"),
	    json_text(message.is_pong ? "pong" : "publish"));
	if (!message.is_pong) {
		(void)json_set(c->pool, &map, STR("topic"),
		    json_str(message.topic));
		(void)json_set(c->pool, &map, STR("body"),
		    json_byte_list(message.body));
	}
	return call_return_json(c, &map);
}

static int
fn_mqtt_ping(struct call *c)
{
	struct mqtt *m = handle_arg(c, &handles);

	if (m == NULL)
		return -1;
	if (mqtt_ping(m, c->err) == -1)
		return network_fail(c, mqtt_stream(m), true);
	return call_return_none(c);
}

const struct stdlib_fn stdlib_mqtt[] = {
	{
	    .name = "mqtt_connect",
	    .call = fn_mqtt_connect,
	    .args = "url:text, options:any",
	    .returns = "text",
	    .doc =
		"Connects to a broker (mqtt:// or mqtts://) and gives a handle.",
	    .example =
		"mqtt_connect('mqtts://broker.example.com', {username='me', password='secret'})",
	    .keys = slots,
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "mqtt_subscribe",
	    .call = fn_mqtt_subscribe,
	    .args = "sock:text, filter:text, level:u8",
	    .doc =
		"Subscribes to the topics that the filter fits, with quality of service 0, 1 or 2, and waits until the broker has confirmed it.",
	    .example = "mqtt_subscribe(sock, 'sensors/+/temperature', 0)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "mqtt_recv",
	    .call = fn_mqtt_recv,
	    .args = "sock:text",
	    .returns = "table",
	    .doc =
		"The next message: {type='publish', topic=TEXT, body={BYTE, ...}}, or {type='pong'}. nil without an error after read_timeout.",
	    .example = "mqtt_recv(sock)['topic']",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "mqtt_ping",
	    .call = fn_mqtt_ping,
	    .args = "sock:text",
	    .doc = "Sends a ping; the answer is a later pong of mqtt_recv.",
	    .example = "mqtt_ping(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{ NULL },
};
