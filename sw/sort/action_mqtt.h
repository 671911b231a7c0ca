/* SPDX-License-Identifier: MIT
 * Events to an MQTT broker. The broker may come, go and come back: up to MQTT_MOST events wait for
 * it, later ones are dropped and counted. */
#ifndef SORT_ACTION_MQTT_H
#define SORT_ACTION_MQTT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "bnn.h"
#include "console.h"

#define MQTT_MOST 1000 /* events the broker has not confirmed */
#define MQTT_TEXT 200  /* bytes of host and topic */
#define MQTT_PORT 1883

struct mqtt_action {
	struct mosquitto *client; /* NULL: not open */
	struct console *console;
	char host[MQTT_TEXT], topic[MQTT_TEXT];
	int port;
	char events[MQTT_TEXT + 8], state[MQTT_TEXT + 8]; /* TOPIC/event, TOPIC/state */
	atomic_int waiting;                               /* not confirmed yet */
	atomic_bool connected, ended, served;             /* served: the thread is at its end */
	pthread_t thread;
	bool started;
};

/* Takes HOST[:PORT][/TOPIC] apart; an IPv6 address stands in brackets. Topic "jetbnn/sort" when none
 * is told. Errors: BNN_E_ARG. */
int mqtt_parse(struct mqtt_action *a, const char *where, struct bnn_err *err);
/* Starts the client after mqtt_parse; does not wait for the broker. user and password may be NULL.
 * TOPIC/state is retained: "running", "ended", or "lost" when the connection breaks. Errors:
 * BNN_E_MEMORY, BNN_E_INTERNAL. */
int mqtt_open(struct mqtt_action *a, struct console *console, const char *user,
	      const char *password, struct bnn_err *err);
/* Publishes TOPIC/event, at least once. Errors: BNN_E_LIMIT (it was dropped). */
int mqtt_event(struct mqtt_action *a, const char *text, size_t n, struct bnn_err *err);
/* Waits for what is not confirmed, some seconds at most; returns how many never were. */
int mqtt_close(struct mqtt_action *a);

#endif
