/* SPDX-License-Identifier: MIT
 * Requests and answers over a transport. */
#ifndef JB_LINK_H
#define JB_LINK_H

#include "packet.h"
#include "transport.h"

/* Times a packet is sent before the link is given up. */
#define LINK_TRIES 4

struct link {
	const struct transport *transport;
	void *state;
	int timeout_ms;
	struct packet_parser parser;
	uint16_t sequence; /* of the packet sent last */
	uint8_t *tx;       /* room for the largest packet, owned */
	uint8_t rx[PACKET_MAX_ANSWER];
	size_t rx_count, rx_at; /* read, not yet parsed */
	uint32_t resent;
	/* Packets that answer no request of link_request go here. */
	void (*event)(void *context, const struct packet *p);
	void *context;
};

struct link_answer {
	uint8_t payload[PACKET_MAX_ANSWER];
	size_t length;
	int reason; /* why it was refused (JB_R_*), 0: it was not */
};

/* Opens the transport. Errors: those of the transport's open, BNN_E_MEMORY. */
int link_open(struct link *l, const struct transport *t, const char *arg,
	      const struct bnn_open_options *opt, struct bnn_err *err);
void link_close(struct link *l);

/* Sends one packet under a new sequence number (l->sequence). Packets that arrive meanwhile are
 * handed to event. Errors: BNN_E_LINK, BNN_E_TIMEOUT. */
int link_send(struct link *l, uint8_t type, uint8_t flags, const void *payload, size_t length,
	      struct bnn_err *err);
/* Waits for one packet and hands it to event. Errors: BNN_E_TIMEOUT, BNN_E_LINK. */
int link_wait(struct link *l, struct bnn_err *err);
/* Sends a request and waits for its answer; sends again when either was damaged or lost. A refusal
 * is an answer with a->reason. Errors: BNN_E_TIMEOUT, BNN_E_LINK. */
int link_request(struct link *l, uint8_t type, const void *payload, size_t length,
		 struct link_answer *a, struct bnn_err *err);
/* A request whose refusal is an error. Errors: those of link_request, BNN_E_DEVICE (refused; `what`
 * is named). */
int link_ask(struct link *l, const char *what, uint8_t type, const void *payload, size_t length,
	     struct link_answer *a, struct bnn_err *err);
/* Asks, without payload, for a block of exactly `count` words. Errors: those of link_ask, BNN_E_DEVICE
 * (another size). */
int link_ask_block(struct link *l, const char *what, uint8_t type, uint32_t *words, int count,
		   struct bnn_err *err);
/* True for refusals that mean: damaged on the way, send again. */
bool link_damaged(int reason);
/* BNN_E_DEVICE with the reason's text. */
int link_refused(const char *what, int reason, struct bnn_err *err);
uint32_t link_u32(const uint8_t *payload, int word);

#endif
