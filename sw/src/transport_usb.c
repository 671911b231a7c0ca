/* SPDX-License-Identifier: MIT
 * Transport "usb". Reads are always posted and writes queued, so that neither direction of the bus waits
 * for this program. Transfers end in the order they were submitted on their endpoint; what they bring is
 * handed over in that order. All callbacks run inside our own calls (libusb_handle_events_*), so nothing
 * here needs a lock. */
#include "transport_usb.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "jetbnn_defs.h"
#include "model.h"
#include "usb_boards.h"

enum {
	READS = 4,
	WRITES = 8,
	READ_SIZE = 4096,   /* multiple of the packet: a full transfer never overruns */
	WRITE_SIZE = 16384, /* what the kernel takes in one piece */
	BLOCKED_MS = 1000,  /* without a free write: the write would block */
	CLOSE_MS = 2000,    /* to get cancelled transfers back */
	STALLS = 3          /* halts cleared in a row before giving up */
};

struct stream;

struct request {
	struct stream *owner;
	struct libusb_transfer *transfer;
	unsigned char *data;
	int given;           /* read: bytes handed over; write: bytes the board has */
	bool busy;           /* submitted */
	bool ended;          /* read: bytes wait for read() */
	bool held;           /* to be submitted again when the halt is cleared */
	unsigned long order; /* of its first submission */
};

struct stream {
	libusb_context *ctx;
	libusb_device_handle *handle;
	struct request read[READS], write[WRITES];
	int next_read; /* its bytes come next */
	int stalls;    /* halts cleared in a row */
	bool halted_in, halted_out;
	unsigned long order;
	int failed; /* 0, or the enum bnn_error of the first failure */
};

static void fail(struct stream *s, int code)
{
	if (!s->failed)
		s->failed = code;
}

static void submit(struct request *r)
{
	int rc = libusb_submit_transfer(r->transfer);

	r->busy = rc == 0;
	if (rc)
		fail(r->owner, rc == LIBUSB_ERROR_NO_DEVICE ? BNN_E_NO_DEVICE : BNN_E_LINK);
}

static bool is_read(const struct request *r)
{
	return r->transfer->endpoint == JB_USB_EP_IN;
}

/* A write that ended early goes on where it stopped. */
static void go_on(struct request *r)
{
	r->transfer->buffer += r->transfer->actual_length;
	r->transfer->length -= r->transfer->actual_length;
	if (r->transfer->length > 0)
		submit(r);
}

static void LIBUSB_CALL transfer_ended(struct libusb_transfer *t)
{
	struct request *r = t->user_data;
	struct stream *s = r->owner;

	r->busy = false;
	switch (t->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		s->stalls = 0;
		if (is_read(r))
			r->ended = true;
		else
			go_on(r);
		break;
	case LIBUSB_TRANSFER_STALL:
		r->held = true;
		*(is_read(r) ? &s->halted_in : &s->halted_out) = true;
		break;
	case LIBUSB_TRANSFER_CANCELLED: r->held = true; break;
	case LIBUSB_TRANSFER_NO_DEVICE: fail(s, BNN_E_NO_DEVICE); break;
	default: fail(s, BNN_E_LINK); break;
	}
}

static bool any_busy(const struct request *all, int count)
{
	for (int i = 0; i < count; i++)
		if (all[i].busy)
			return true;
	return false;
}

/* Gives all transfers of an endpoint back, for at most CLOSE_MS. */
static void cancel_all(struct stream *s, struct request *all, int count)
{
	long end = clock_ms() + CLOSE_MS;

	for (int i = 0; i < count; i++)
		if (all[i].busy)
			libusb_cancel_transfer(all[i].transfer);
	while (any_busy(all, count) && clock_ms() < end) {
		struct timeval tv = { 0, 100000 };

		libusb_handle_events_timeout_completed(s->ctx, &tv, NULL);
	}
}

static void resume(struct request *r)
{
	r->held = false;
	if (!is_read(r))
		go_on(r);
	else if (r->transfer->actual_length > 0)
		r->ended = true;
	else
		submit(r);
}

/* The endpoint is halted. Transfers behind the one that met the halt would overtake it, so all come back
 * first and are queued again in their order. Not possible in a callback. */
static void clear_halt(struct stream *s, struct request *all, int count, unsigned char endpoint)
{
	cancel_all(s, all, count);
	if (++s->stalls > STALLS || libusb_clear_halt(s->handle, endpoint))
		fail(s, BNN_E_LINK);
	while (!s->failed) {
		struct request *first = NULL;

		for (int i = 0; i < count; i++)
			if (all[i].held && (!first || all[i].order < first->order))
				first = &all[i];
		if (!first)
			break;
		resume(first);
	}
}

static void serve(struct stream *s, long ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	int rc = libusb_handle_events_timeout_completed(s->ctx, &tv, NULL);

	if (rc && rc != LIBUSB_ERROR_INTERRUPTED)
		fail(s, rc == LIBUSB_ERROR_NO_DEVICE ? BNN_E_NO_DEVICE : BNN_E_LINK);
	if (s->halted_in)
		clear_halt(s, s->read, READS, JB_USB_EP_IN);
	if (s->halted_out)
		clear_halt(s, s->write, WRITES, JB_USB_EP_OUT);
	s->halted_in = s->halted_out = false;
}

/* ---- the four functions --------------------------------------------------------------------- */

static void end_request(struct request *r)
{
	if (r->busy) /* libusb would not give it back: it must stay as it is */
		return;
	if (r->transfer)
		libusb_free_transfer(r->transfer);
	free(r->data);
}

static void usb_close(void *state)
{
	struct stream *s = state;

	cancel_all(s, s->read, READS);
	cancel_all(s, s->write, WRITES);
	if (s->handle) {
		libusb_release_interface(s->handle, 0);
		libusb_close(s->handle);
	}
	for (int i = 0; i < READS; i++)
		end_request(&s->read[i]);
	for (int i = 0; i < WRITES; i++)
		end_request(&s->write[i]);
	if (s->ctx)
		libusb_exit(s->ctx);
	free(s);
}

static bool prepare(struct stream *s, struct request *r, int size)
{
	r->owner = s;
	r->transfer = libusb_alloc_transfer(0);
	r->data = malloc((size_t)size);
	return r->transfer && r->data;
}

static void post_read(struct stream *s, struct request *r)
{
	r->given = 0;
	r->ended = false;
	libusb_fill_bulk_transfer(r->transfer, s->handle, JB_USB_EP_IN, r->data, READ_SIZE,
				  transfer_ended, r, 0);
	r->order = s->order++;
	submit(r);
}

static int open_board(struct stream *s, const char *serial, struct bnn_err *err)
{
	int rc = usb_take(s->ctx, serial, &s->handle, err);

	if (rc)
		return rc;
	/* Both streams of the board are emptied: an earlier program may have left bytes there. */
	rc = libusb_set_interface_alt_setting(s->handle, 0, 0);
	if (rc)
		return err_set(err, BNN_E_LINK, "the board does not take its interface: %s",
			       libusb_strerror(rc));
	return BNN_OK;
}

static int usb_open(const char *arg, const struct bnn_open_options *opt, void **state,
		    struct bnn_err *err)
{
	struct stream *s = calloc(1, sizeof(*s));
	bool room = s != NULL;
	int rc;

	(void)opt;
	for (int i = 0; room && i < READS; i++)
		room = prepare(s, &s->read[i], READ_SIZE);
	for (int i = 0; room && i < WRITES; i++)
		room = prepare(s, &s->write[i], WRITE_SIZE);
	if (!room)
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the USB transfers");
	else if (libusb_init(&s->ctx))
		rc = err_set(err, BNN_E_NO_DEVICE, "USB is not available");
	else
		rc = open_board(s, arg, err);
	if (rc) {
		if (s)
			usb_close(s);
		return rc;
	}
	for (int i = 0; i < READS; i++)
		post_read(s, &s->read[i]);
	*state = s;
	return BNN_OK;
}

static struct request *free_write(struct stream *s)
{
	for (int i = 0; i < WRITES; i++)
		if (!s->write[i].busy && !s->write[i].held)
			return &s->write[i];
	return NULL;
}

static long usb_write(void *state, const uint8_t *buf, size_t n)
{
	struct stream *s = state;
	struct request *w = free_write(s);
	long end = clock_ms() + BLOCKED_MS;

	serve(s, 0);
	/* An answer that waits may be what the board wants to get rid of first. */
	while (!w && !s->failed && !s->read[s->next_read].ended && clock_ms() < end) {
		serve(s, BLOCKED_MS / 10);
		w = free_write(s);
	}
	if (s->failed)
		return s->failed;
	if (!w)
		return 0;
	if (n > WRITE_SIZE)
		n = WRITE_SIZE;
	memcpy(w->data, buf, n);
	libusb_fill_bulk_transfer(w->transfer, s->handle, JB_USB_EP_OUT, w->data, (int)n,
				  transfer_ended, w, 0);
	w->order = s->order++;
	submit(w);
	return s->failed ? s->failed : (long)n;
}

/* Bytes of the oldest read; 0 when it has not ended. */
static long take(struct stream *s, uint8_t *buf, size_t n)
{
	struct request *r = &s->read[s->next_read];
	size_t held;

	if (!r->ended)
		return 0;
	held = (size_t)(r->transfer->actual_length - r->given);
	if (n > held)
		n = held;
	memcpy(buf, r->data + r->given, n);
	r->given += (int)n;
	if (r->given == r->transfer->actual_length) {
		s->next_read = (s->next_read + 1) % READS;
		if (!s->failed)
			post_read(s, r);
		else
			r->ended = false;
	}
	return (long)n;
}

static long usb_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	struct stream *s = state;
	long end = clock_ms() + timeout_ms, left, got;

	serve(s, 0);
	for (;;) {
		bool ended = s->read[s->next_read].ended;

		got = take(s, buf, n);
		if (got > 0)
			return got;
		if (ended)
			continue; /* an empty packet */
		if (s->failed)
			return s->failed;
		left = end - clock_ms();
		if (left <= 0)
			return 0;
		serve(s, left);
	}
}

const struct transport transport_usb = { "usb", usb_open, usb_write, usb_read, usb_close, NULL };
