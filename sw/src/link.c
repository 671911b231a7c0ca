/* SPDX-License-Identifier: MIT
 * Requests and answers over a transport. Nothing here waits without end: every read is bounded by the
 * time-out, and a device that babbles is given up after NOISE_BYTES without the packet waited for. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "link.h"
#include "model.h"

#define NOISE_BYTES (1u << 20)

int link_open(struct link *l, const struct transport *t, const char *arg,
	      const struct bnn_open_options *opt, struct bnn_err *err)
{
	int rc;

	memset(l, 0, sizeof(*l));
	l->transport = t;
	l->timeout_ms = opt && opt->timeout_ms > 0 ? opt->timeout_ms : 10000;
	l->tx = malloc(PACKET_SIZE(JB_PKT_MAX_PAYLOAD));
	if (!l->tx)
		return err_set(err, BNN_E_MEMORY, "out of memory for the link");
	rc = t->open(arg, opt, &l->state, err);
	if (rc) {
		free(l->tx);
		l->tx = NULL;
	}
	return rc;
}

void link_close(struct link *l)
{
	if (l->tx)
		l->transport->close(l->state);
	free(l->tx);
	l->tx = NULL;
}

/* A transport failed in the middle of what it was doing. */
static int lost(int code, const char *what, struct bnn_err *err)
{
	if (code == BNN_E_NO_DEVICE)
		return err_set(err, BNN_E_LINK, "the board was unplugged (while %s)", what);
	return err_set(err, code, "the link to the device broke while %s", what);
}

/* The next good packet of those that arrived; reads when there is none and wait is set. 1: *p is
 * one, 0: none in time, or an error. */
static int next_packet(struct link *l, int timeout_ms, struct packet *p, struct bnn_err *err)
{
	size_t noise = 0;

	for (;;) {
		long n;

		if (packet_next(&l->parser, p))
			return 1;
		if (l->rx_at < l->rx_count) {
			l->rx_at +=
				packet_feed(&l->parser, l->rx + l->rx_at, l->rx_count - l->rx_at);
			continue;
		}
		n = l->transport->read(l->state, l->rx, sizeof(l->rx), timeout_ms);
		if (n < 0)
			return lost((int)n, "reading", err);
		l->rx_count = (size_t)n;
		l->rx_at = 0;
		noise += (size_t)n;
		if (n == 0 && timeout_ms == 0)
			return 0;
		if (n == 0) { /* a packet that stopped half-way may hide another */
			if (l->parser.start == l->parser.end)
				return 0;
			packet_give_up(&l->parser);
			timeout_ms = 0;
		}
		if (noise > NOISE_BYTES)
			return err_set(err, BNN_E_LINK,
				       "%zu bytes arrived without a packet among them", noise);
	}
}

/* The device takes no bytes: it may wait for us to take its own. */
static int make_way(struct link *l, struct bnn_err *err)
{
	struct packet p;
	int got = next_packet(l, l->timeout_ms, &p, err);

	if (got == 1)
		l->event(l->context, &p);
	return got;
}

int link_send(struct link *l, uint8_t type, uint8_t flags, const void *payload, size_t length,
	      struct bnn_err *err)
{
	struct packet p = { type, flags, ++l->sequence, (uint16_t)length, payload };
	size_t size = packet_pack(&p, l->tx), at = 0;
	bool blocked = false;

	while (at < size) {
		long n = l->transport->write(l->state, l->tx + at, size - at);

		if (n < 0)
			return lost((int)n, "writing", err);
		at += (size_t)n;
		if (n == 0) {
			int got = make_way(l, err);

			if (got < 0)
				return got;
			if (got == 0 && blocked)
				return err_set(err, BNN_E_TIMEOUT,
					       "the device took no bytes for %d ms", l->timeout_ms);
			blocked = got == 0;
		} else {
			blocked = false;
		}
	}
	return BNN_OK;
}

int link_wait(struct link *l, struct bnn_err *err)
{
	struct packet p;
	int got = next_packet(l, l->timeout_ms, &p, err);

	if (got == 1)
		l->event(l->context, &p);
	if (got == 0)
		return err_set(err, BNN_E_TIMEOUT, "no answer within %d ms", l->timeout_ms);
	return got < 0 ? got : BNN_OK;
}

bool link_damaged(int reason)
{
	return reason == JB_R_CRC || reason == JB_R_TIMEOUT;
}

static void take_answer(const struct packet *p, struct link_answer *a)
{
	a->reason = 0;
	a->length = p->length;
	memcpy(a->payload, p->payload, p->length);
	if (p->type == (JB_T_REJECT | JB_FLAG_ANSWER))
		a->reason = p->length > 0 && p->payload[0] ? p->payload[0] : JB_R_ARGUMENT;
}

/* One sending. 1: answered, 0: not in time. */
static int ask(struct link *l, uint8_t type, const void *payload, size_t length,
	       struct link_answer *a, struct bnn_err *err)
{
	struct packet p;
	uint16_t sequence;
	int got = link_send(l, type, 0, payload, length, err);

	if (got < 0)
		return got;
	sequence = l->sequence;
	for (int others = 0; others < 64; others++) {
		got = next_packet(l, l->timeout_ms, &p, err);
		if (got != 1)
			return got;
		if (packet_answers(&p, type, sequence)) {
			take_answer(&p, a);
			return 1;
		}
		l->event(l->context, &p);
	}
	return 0;
}

int link_request(struct link *l, uint8_t type, const void *payload, size_t length,
		 struct link_answer *a, struct bnn_err *err)
{
	for (int i = 0; i < LINK_TRIES; i++) {
		int got = ask(l, type, payload, length, a, err);

		if (got < 0)
			return got;
		if (got == 1 && !link_damaged(a->reason))
			return BNN_OK;
		l->resent++;
	}
	return err_set(err, BNN_E_TIMEOUT, "request 0x%02x: no good answer in %d tries of %d ms",
		       type, LINK_TRIES, l->timeout_ms);
}

int link_refused(const char *what, int reason, struct bnn_err *err)
{
	static const char *const text[] = {
		[JB_R_TYPE] = "unknown packet type",
		[JB_R_VERSION] = "it speaks another protocol version",
		[JB_R_CRC] = "damaged on the way",
		[JB_R_LENGTH] = "the length fits neither type nor model",
		[JB_R_NO_MODEL] = "it has no model",
		[JB_R_SPACE] = "the program does not fit its free model memory",
		[JB_R_ORDER] = "out of order",
		[JB_R_PROGRAM] = "the program's check failed",
		[JB_R_TIMEOUT] = "the rest did not arrive in time",
		[JB_R_BUSY] = "not while the engine runs",
		[JB_R_ARGUMENT] = "an argument is out of range",
	};
	int count = (int)(sizeof(text) / sizeof(text[0]));
	const char *why = reason > 0 && reason < count ? text[reason] : "unknown reason";

	return err_set(err, BNN_E_DEVICE, "%s refused by the device (%d): %s", what, reason, why);
}

int link_ask(struct link *l, const char *what, uint8_t type, const void *payload, size_t length,
	     struct link_answer *a, struct bnn_err *err)
{
	int rc = link_request(l, type, payload, length, a, err);

	return rc || !a->reason ? rc : link_refused(what, a->reason, err);
}

int link_ask_block(struct link *l, const char *what, uint8_t type, uint32_t *words, int count,
		   struct bnn_err *err)
{
	struct link_answer a;
	int rc = link_ask(l, what, type, NULL, 0, &a, err);

	if (rc)
		return rc;
	if (a.length != 4 * (size_t)count)
		return err_set(err, BNN_E_DEVICE, "%s block of %zu bytes, expected %d", what,
			       a.length, 4 * count);
	for (int i = 0; i < count; i++)
		words[i] = link_u32(a.payload, i);
	return BNN_OK;
}

uint32_t link_u32(const uint8_t *payload, int word)
{
	return bytes_u32(payload + 4 * word);
}
