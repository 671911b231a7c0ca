/* SPDX-License-Identifier: MIT
 * Events to an MQTT broker, by libmosquitto. */
#define _POSIX_C_SOURCE 200809L
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "action_mqtt.h"
#include "clock.h"
#include "model.h"

enum { KEEPALIVE_SECONDS = 15, LOOP_MS = 200 };
/* Seconds between attempts to connect, and that closing may take. */
static const double retry_first = 0.25, retry_most = 10, close_most = 3;

/* n bytes at `from`, which must fit and not be empty. */
static bool take(char *to, const char *from, size_t n)
{
	if (n == 0 || n >= MQTT_TEXT)
		return false;
	memcpy(to, from, n);
	to[n] = 0;
	return true;
}

int mqtt_parse(struct mqtt_action *a, const char *where, struct bnn_err *err)
{
	const char *at = where, *topic;
	bool ok;
	size_t n;

	memset(a, 0, sizeof(*a));
	a->port = MQTT_PORT;
	if (*at == '[') {
		n = strcspn(++at, "]");
		ok = at[n] == ']' && take(a->host, at, n);
		at += n + (at[n] == ']');
	} else {
		n = strcspn(at, ":/");
		ok = take(a->host, at, n);
		at += n;
	}
	if (ok && *at == ':') {
		char *end;
		long port = strtol(at + 1, &end, 10);

		ok = end > at + 1 && port >= 1 && port <= 65535;
		a->port = (int)port;
		at = end;
	}
	topic = *at == '/' ? at + 1 : "jetbnn/sort";
	if (!ok || (*at && *at != '/') || strpbrk(topic, "+#") ||
	    !take(a->topic, topic, strlen(topic)))
		return err_set(
			err, BNN_E_ARG,
			"MQTT broker \"%.80s\": HOST[:PORT][/TOPIC] is needed, with a port from 1 "
			"to 65535, a topic without + and #, and less than %d bytes each",
			where, MQTT_TEXT);
	snprintf(a->events, sizeof(a->events), "%s/event", a->topic);
	snprintf(a->state, sizeof(a->state), "%s/state", a->topic);
	return BNN_OK;
}

static void publish(struct mqtt_action *a, const char *topic, const char *text, size_t n,
		    bool retain)
{
	int rc;

	atomic_fetch_add(&a->waiting, 1);
	rc = mosquitto_publish(a->client, NULL, topic, (int)n, text, 1, retain);
	/* Without a connection it waits inside the client. */
	if (rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_NO_CONN && rc != MOSQ_ERR_CONN_LOST)
		atomic_fetch_sub(&a->waiting, 1);
}

static void on_connect(struct mosquitto *client, void *context, int why)
{
	struct mqtt_action *a = context;

	(void)client;
	if (why) {
		console_fault(a->console, "MQTT broker %s: %s", a->host,
			      mosquitto_connack_string(why));
		return;
	}
	atomic_store(&a->connected, true);
	console_note(a->console, "MQTT broker %s is there", a->host);
	publish(a, a->state, "running", strlen("running"), true);
}

static void on_disconnect(struct mosquitto *client, void *context, int why)
{
	struct mqtt_action *a = context;

	(void)client;
	if (atomic_exchange(&a->connected, false) && why)
		console_fault(a->console, "MQTT broker %s is lost", a->host);
}

static void on_publish(struct mosquitto *client, void *context, int id)
{
	struct mqtt_action *a = context;

	(void)client;
	(void)id;
	atomic_fetch_sub(&a->waiting, 1);
}

static void nap(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds };

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

/* Before the next attempt; less when the end has come. */
static void pause_retry(struct mqtt_action *a, double seconds)
{
	double until = clock_seconds() + seconds;

	while (!atomic_load(&a->ended) && clock_seconds() < until)
		nap(0.05);
}

/* Connects, serves the connection, connects again. (The client's own thread gives up for good when
 * its first attempt fails.) */
static void *serve(void *context)
{
	struct mqtt_action *a = context;
	double retry = retry_first;

	while (!atomic_load(&a->ended)) {
		if (mosquitto_connect(a->client, a->host, a->port, KEEPALIVE_SECONDS)) {
			pause_retry(a, retry);
			retry = retry < retry_most / 2 ? 2 * retry : retry_most;
			continue;
		}
		while (mosquitto_loop(a->client, LOOP_MS, 1) == MOSQ_ERR_SUCCESS)
			retry = retry_first;
		if (!atomic_load(&a->ended))
			pause_retry(a, retry);
	}
	return NULL;
}

int mqtt_open(struct mqtt_action *a, struct console *console, const char *user,
	      const char *password, struct bnn_err *err)
{
	int rc;

	a->console = console;
	mosquitto_lib_init();
	a->client = mosquitto_new(NULL, true, a);
	if (!a->client) {
		mosquitto_lib_cleanup();
		return err_set(err, BNN_E_MEMORY, "out of memory for the MQTT client");
	}
	mosquitto_connect_callback_set(a->client, on_connect);
	mosquitto_disconnect_callback_set(a->client, on_disconnect);
	mosquitto_publish_callback_set(a->client, on_publish);
	mosquitto_threaded_set(a->client, true);
	mosquitto_int_option(a->client, MOSQ_OPT_TCP_NODELAY, 1);
	rc = mosquitto_will_set(a->client, a->state, (int)strlen("lost"), "lost", 1, true);
	if (!rc && user)
		rc = mosquitto_username_pw_set(a->client, user, password);
	if (rc)
		return err_set(err, BNN_E_INTERNAL, "MQTT client: %s", mosquitto_strerror(rc));
	a->started = pthread_create(&a->thread, NULL, serve, a) == 0;
	return a->started ? BNN_OK : err_set(err, BNN_E_INTERNAL, "no thread for the MQTT client");
}

int mqtt_event(struct mqtt_action *a, const char *text, size_t n, struct bnn_err *err)
{
	if (atomic_load(&a->waiting) >= MQTT_MOST)
		return err_set(err, BNN_E_LIMIT,
			       "MQTT broker %s: %d events wait for it, one was dropped", a->host,
			       MQTT_MOST);
	publish(a, a->events, text, n, false);
	return BNN_OK;
}

int mqtt_close(struct mqtt_action *a)
{
	double until = clock_seconds() + close_most;
	int waiting;

	if (!a->client)
		return 0;
	if (atomic_load(&a->connected))
		publish(a, a->state, "ended", strlen("ended"), true);
	while (atomic_load(&a->connected) && atomic_load(&a->waiting) > 0 &&
	       clock_seconds() < until)
		nap(0.005);
	waiting = atomic_load(&a->waiting);
	atomic_store(&a->ended, true);
	mosquitto_disconnect(a->client);
	if (a->started) {
		while (!atomic_load(&a->served) && clock_seconds() < until)
			nap(0.005);
		if (!atomic_load(&a->served))
			pthread_cancel(a->thread); /* it is connecting, which may take minutes */
		pthread_join(a->thread, NULL);
	}
	mosquitto_destroy(a->client);
	mosquitto_lib_cleanup();
	a->client = NULL;
	return waiting;
}
