/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "usbip_session.h"
#include "usbip_wire.h"

enum {
	SLICE_US = 250,        /* bus time between two looks at the socket */
	MAX_LENGTH = 16 << 20, /* bytes of a transfer, the limit of Linux's usbfs */
	DEVICE_DESCRIPTOR = 18,
	FIRST_DESCRIPTOR = 64, /* what Linux asks for after a reset */
	PLUG_TRIES = 100000
};

struct urb {
	struct usb_transfer t; /* first: reap gives it back */
	uint32_t sequence, flags;
	uint32_t unlink; /* sequence number of the request that took it back, 0: none */
	struct urb *next;
};

struct session {
	int fd;
	struct usb_port *port;
	const struct usbip_options *opt;
	struct urb *urbs;      /* at the port */
	struct urb *receiving; /* its data is on the way */
	size_t got;            /* bytes of the header, or of the data of `receiving` */
	uint8_t header[USBIP_HEADER_SIZE];
	unsigned long long left; /* bulk bytes until the plug is pulled */
	bool over, broken;
};

static int errno_of(const struct urb *u)
{
	switch (u->t.status) {
	case USB_DONE:
		return u->flags & USBIP_SHORT_NOT_OK && u->t.actual < u->t.length ? -EREMOTEIO : 0;
	case USB_STALLED: return -EPIPE;
	case USB_CANCELLED: return -ECONNRESET;
	case USB_GONE: return -ESHUTDOWN;
	case USB_OVERRUN: return -EOVERFLOW;
	default: return -EPROTO;
	}
}

static bool is_in(const struct usb_transfer *t)
{
	return ((t->endpoint ? t->endpoint : t->setup[0]) & 0x80) != 0;
}

static bool send_all(struct session *s, const void *data, size_t length)
{
	const uint8_t *at = data;

	while (length > 0) {
		ssize_t n = send(s->fd, at, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->over = true;
			return false;
		}
		at += n;
		length -= (size_t)n;
	}
	return true;
}

/* Waits for all of `length` bytes. */
static bool receive_all(struct session *s, void *data, size_t length)
{
	return recv(s->fd, data, length, MSG_WAITALL) == (ssize_t)length;
}

static void answer(struct session *s, uint32_t command, uint32_t sequence, int status,
		   uint32_t actual)
{
	uint8_t out[USBIP_HEADER_SIZE];

	usbip_pack_answer(out, command, sequence, status, actual);
	send_all(s, out, sizeof(out));
}

static void urb_free(struct urb *u)
{
	if (u)
		free(u->t.data);
	free(u);
}

/* An ended transfer: its answers, then it is freed. One that was taken back is answered itself only
 * when it moved data, which would be lost otherwise. */
static void ended(struct session *s, struct urb *u)
{
	struct urb **at = &s->urbs;
	uint32_t actual = (uint32_t)u->t.actual;
	bool silent = u->unlink && u->t.status == USB_CANCELLED && !actual;

	while (*at && *at != u)
		at = &(*at)->next;
	if (*at)
		*at = u->next;
	if (!silent) {
		answer(s, USBIP_RET_SUBMIT, u->sequence, errno_of(u), actual);
		if (is_in(&u->t) && actual)
			send_all(s, u->t.data, actual);
	}
	if (u->unlink)
		answer(s, USBIP_RET_UNLINK, u->unlink, silent ? -ECONNRESET : 0, 0);
	if (u->t.endpoint)
		s->left = s->left > actual ? s->left - actual : 0;
	urb_free(u);
}

static void reap(struct session *s)
{
	struct usb_transfer *t;

	while (s->left && (t = s->port->ops->reap(s->port)))
		ended(s, (struct urb *)t);
}

static void log_setup(struct session *s, const uint8_t setup[8])
{
	if (!s->opt->setups)
		return;
	for (int i = 0; i < 8; i++)
		fprintf(s->opt->setups, "%02x%c", setup[i], i == 7 ? '\n' : ' ');
	fflush(s->opt->setups);
}

static bool first_after_reset(const uint8_t setup[8])
{
	static const uint8_t wanted[8] = { 0x80, 6, 0, 1, 0, 0, FIRST_DESCRIPTOR, 0 };

	return !memcmp(setup, wanted, sizeof(wanted));
}

static void submit(struct session *s, struct urb *u)
{
	u->next = s->urbs;
	s->urbs = u;
	if (!u->t.endpoint) {
		log_setup(s, u->t.setup);
		if (first_after_reset(u->t.setup) && s->port->ops->reset(s->port)) {
			u->t.status = USB_BROKEN;
			ended(s, u);
			return;
		}
	}
	s->port->ops->submit(s->port, &u->t);
}

static void take_back(struct session *s, const struct usbip_request *r)
{
	struct urb *u = s->urbs;

	while (u && u->sequence != r->unlink)
		u = u->next;
	if (!u) { /* answered before */
		answer(s, USBIP_RET_UNLINK, r->sequence, 0, 0);
		return;
	}
	u->unlink = r->sequence;
	s->port->ops->cancel(s->port, &u->t);
}

static struct urb *urb_new(const struct usbip_request *r)
{
	struct urb *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->sequence = r->sequence;
	u->flags = r->flags;
	u->t.endpoint = r->endpoint;
	memcpy(u->t.setup, r->setup, sizeof(u->t.setup));
	u->t.length = r->length;
	u->t.zero_packet = !r->in && r->flags & USBIP_ZERO_PACKET;
	u->t.status = USB_PENDING;
	u->t.data = malloc(r->length ? r->length : 1);
	if (!u->t.data) {
		free(u);
		return NULL;
	}
	return u;
}

static bool broken(struct session *s, const char *what, unsigned long value)
{
	fprintf(stderr, "usbip: the client sent %s %lu\n", what, value);
	s->broken = true;
	return false;
}

/* A whole header is there. */
static bool request(struct session *s)
{
	struct usbip_request r;
	struct urb *u;

	usbip_unpack_request(s->header, &r);
	if (r.command == USBIP_CMD_UNLINK) {
		take_back(s, &r);
		return true;
	}
	if (r.command != USBIP_CMD_SUBMIT)
		return broken(s, "an unknown command,", r.command);
	if (r.length > MAX_LENGTH)
		return broken(s, "a transfer above 16777216 bytes,", r.length);
	u = urb_new(&r);
	if (!u)
		return broken(s, "a transfer larger than free memory,", r.length);
	if (r.in || !r.length)
		submit(s, u);
	else
		s->receiving = u;
	return true;
}

/* Takes what the socket has. False at its end. */
static bool receive(struct session *s)
{
	for (;;) {
		struct urb *u = s->receiving;
		uint8_t *to = u ? u->t.data : s->header;
		size_t size = u ? u->t.length : sizeof(s->header);
		ssize_t n = recv(s->fd, to + s->got, size - s->got, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0)
			return false;
		s->got += (size_t)n;
		if (s->got < size)
			continue;
		s->got = 0;
		s->receiving = NULL;
		if (u)
			submit(s, u);
		else if (!request(s))
			return false;
	}
}

static unsigned long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000;
}

/* Bus time is at most real time: a model that is faster must not keep a processor busy while the device
 * has nothing to say. */
static void work(struct session *s)
{
	int wait = s->urbs ? 0 : -1;

	while (!s->over && s->left && !*s->opt->stop) {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		unsigned long long start;
		unsigned passed;

		if (poll(&p, 1, wait) > 0 && !receive(s))
			return;
		start = now_us();
		passed = s->urbs ? s->port->ops->run(s->port, SLICE_US) : 0;
		reap(s);
		wait = !s->urbs ? -1 : passed == SLICE_US && now_us() - start < SLICE_US ? 1 : 0;
	}
}

/* One control transfer of our own. */
static bool read_device_descriptor(struct usb_port *port, uint8_t out[DEVICE_DESCRIPTOR])
{
	struct usb_transfer t = {
		.setup = { 0x80, 6, 0, 1, 0, 0, DEVICE_DESCRIPTOR, 0 },
		.data = out,
		.length = DEVICE_DESCRIPTOR,
		.status = USB_PENDING,
	};

	port->ops->submit(port, &t);
	for (int i = 0; i < PLUG_TRIES; i++) {
		if (port->ops->reap(port))
			return t.status == USB_DONE && t.actual == DEVICE_DESCRIPTOR;
		port->ops->run(port, SLICE_US);
	}
	port->ops->cancel(port, &t);
	port->ops->reap(port);
	return false;
}

/* True when the name is ours; *bytes as in usbip_serve. */
static bool parse_busid(const struct session *s, const char *name, unsigned long long *bytes)
{
	size_t n = strlen(s->opt->busid);
	char *end;

	*bytes = ~0ULL;
	if (strncmp(name, s->opt->busid, n))
		return false;
	if (!name[n])
		return true;
	*bytes = strtoull(name + n + 1, &end, 10);
	return name[n] == '@' && *bytes > 0 && !*end;
}

static int import(struct session *s)
{
	uint8_t in[USBIP_IMPORT_SIZE], out[USBIP_IMPORTED_SIZE], device[DEVICE_DESCRIPTOR] = { 0 };
	char busid[USBIP_BUSID_SIZE + 1];
	bool ok;

	if (!receive_all(s, in, sizeof(in)) || !usbip_unpack_import(in, busid)) {
		fprintf(stderr, "usbip: the client did not ask for an import\n");
		return -1;
	}
	ok = parse_busid(s, busid, &s->left);
	if (!ok)
		fprintf(stderr, "usbip: no device '%s' here, only '%s'\n", busid, s->opt->busid);
	else if (s->port->ops->attach(s->port, true) || s->port->ops->reset(s->port) ||
		 !read_device_descriptor(s->port, device)) {
		fprintf(stderr, "usbip: the device does not answer\n");
		ok = false;
	}
	usbip_pack_imported(out, ok, s->opt->busid, device);
	return send_all(s, out, ok ? sizeof(out) : USBIP_REPLY_SIZE) && ok ? 0 : -1;
}

int usbip_serve(int fd, struct usb_port *port, const struct usbip_options *opt)
{
	struct session s = { .fd = fd, .port = port, .opt = opt };
	int rc = import(&s);

	if (!rc)
		work(&s);
	port->ops->attach(port, false);
	while (port->ops->reap(port))
		;
	while (s.urbs) {
		struct urb *u = s.urbs;

		s.urbs = u->next;
		urb_free(u);
	}
	urb_free(s.receiving);
	return s.broken ? -1 : rc;
}
