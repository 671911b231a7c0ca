/* SPDX-License-Identifier: MIT
 * Device "sim:usb": the driver's bytes through the host model, D+ and D-, and the USB device into the
 * accelerator. Bulk transfers as the libusb transport queues them: writes one after another, reads
 * always posted. */
#include <stdlib.h>
#include <string.h>

#include "jetbnn_defs.h"
#include "jetbnn_usb.h"
#include "sim_model.h"
#include "usb_bus_port.h"

enum {
	READ_SIZE = 4096,
	READS = 2,
	WRITES = 4,     /* two images in flight, and what goes between them */
	STEP_US = 50,   /* bus time between two looks at the device */
	QUIET_US = 100, /* without transfers and without activity: nothing is under way */
};

struct reader {
	struct usb_transfer transfer;
	uint8_t data[READ_SIZE];
	size_t given; /* bytes already handed over */
};

struct writer {
	struct usb_transfer transfer;
	uint8_t *data;
	size_t size; /* room at data */
	bool busy;
};

struct usb_model {
	struct jetbnn_usb *device;
	struct usb_port *port;
	struct writer writer[WRITES];
	struct reader reader[READS];
	int first; /* reader whose bytes come next */
};

static void post(struct usb_model *m, struct reader *r)
{
	r->given = 0;
	r->transfer = (struct usb_transfer){ .endpoint = JB_USB_EP_IN,
					     .data = r->data,
					     .length = READ_SIZE,
					     .status = USB_PENDING };
	m->port->ops->submit(m->port, &r->transfer);
}

/* Address is set by the port's reset; what an operating system and libusb do next. */
static bool configure(struct usb_model *m)
{
	struct usb_transfer t = { .setup = { 0, 9, 1 } };

	if (m->port->ops->reset(m->port) != 0)
		return false;
	m->port->ops->submit(m->port, &t);
	while (t.status == USB_PENDING)
		m->port->ops->run(m->port, STEP_US);
	return m->port->ops->reap(m->port) == &t && t.status == USB_DONE;
}

static void destroy(void *state)
{
	struct usb_model *m = state;

	if (m->port)
		m->port->ops->close(m->port);
	jetbnn_usb_free(m->device);
	for (int i = 0; i < WRITES; i++)
		free(m->writer[i].data);
	free(m);
}

static void *create(const char *trace)
{
	struct usb_model *m = calloc(1, sizeof(*m));
	struct usb_device_model pins;

	if (!m)
		return NULL;
	m->device = jetbnn_usb_new(trace);
	if (m->device) {
		pins = jetbnn_usb_pins(m->device);
		m->port = usb_bus_port_open(&pins, NULL);
	}
	if (!m->port || !configure(m)) {
		destroy(m);
		return NULL;
	}
	for (int i = 0; i < READS; i++)
		post(m, &m->reader[i]);
	return m;
}

/* Hands over what the readers have, in order; true when something came. */
static bool collect(struct usb_model *m, struct sim_io *io)
{
	size_t before = io->out_count;

	while (io->out_count < io->out_size) {
		struct reader *r = &m->reader[m->first];
		size_t n = r->transfer.actual - r->given;

		if (r->transfer.status != USB_DONE)
			break;
		if (n > io->out_size - io->out_count)
			n = io->out_size - io->out_count;
		memcpy(io->out + io->out_count, r->data + r->given, n);
		io->out_count += n;
		r->given += n;
		if (r->given < r->transfer.actual)
			break;
		post(m, r);
		m->first = (m->first + 1) % READS;
	}
	return io->out_count > before;
}

static bool writing(const struct usb_model *m)
{
	bool busy = false;

	for (int i = 0; i < WRITES; i++)
		busy = busy || m->writer[i].busy;
	return busy;
}

/* Queues what there is to write, when a writer is free. `in` belongs to the caller only until run
 * returns, so it is copied. */
static void begin_write(struct usb_model *m, struct sim_io *io)
{
	size_t n = io->in_count;
	struct writer *w = m->writer;

	while (w < m->writer + WRITES && w->busy)
		w++;
	if (w == m->writer + WRITES)
		return;
	if (n > w->size) {
		uint8_t *p = realloc(w->data, n);

		if (!p)
			return;
		w->data = p;
		w->size = n;
	}
	memcpy(w->data, io->in, n);
	w->transfer =
		(struct usb_transfer){ .endpoint = JB_USB_EP_OUT, .data = w->data, .length = n };
	m->port->ops->submit(m->port, &w->transfer);
	w->busy = true;
	io->in_taken = n;
}

/* Transfers that have ended; true when there were any. */
static bool reap(struct usb_model *m)
{
	bool any = false;

	for (struct usb_transfer *t = m->port->ops->reap(m->port); t;
	     t = m->port->ops->reap(m->port)) {
		any = true;
		for (int i = 0; i < WRITES; i++)
			if (t == &m->writer[i].transfer)
				m->writer[i].busy = false;
	}
	return any;
}

static void run(void *state, struct sim_io *io, uint64_t max_clocks)
{
	struct usb_model *m = state;
	uint64_t end = jetbnn_usb_clocks(m->device) + max_clocks;
	const struct usb_host_stats *stats = &usb_bus_port_host(m->port)->stats;
	unsigned idle = 0;

	io->quiet = false;
	while (jetbnn_usb_clocks(m->device) < end) {
		bool came = collect(m, io);
		uint64_t before = stats->bytes_in;

		if (came && io->in_count == 0)
			return;
		if (io->in_taken < io->in_count)
			begin_write(m, io);
		if (io->in_count > 0 && io->in_taken == io->in_count)
			return;
		if (io->out_count == io->out_size)
			return;
		idle += m->port->ops->run(m->port, STEP_US);
		if (reap(m) || came || stats->bytes_in != before || writing(m) ||
		    jetbnn_usb_active(m->device))
			idle = 0;
		io->quiet = idle >= QUIET_US;
		if (io->quiet)
			return;
	}
}

static uint64_t clocks(void *state)
{
	return jetbnn_usb_clocks(((struct usb_model *)state)->device);
}

extern const struct sim_model_ops sim_model_usb;
const struct sim_model_ops sim_model_usb = { "usb", create, destroy, run, clocks, NULL, NULL };
