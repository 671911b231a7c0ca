/* SPDX-License-Identifier: MIT
 * board_links with an accelerator that answers with what it gets: by its serial line until a host has
 * configured USB, then by USB alone, and by the line again after a bus reset and after an unplug. */
#include <string.h>

#include "board_links.h"
#include "check_main.h"
#include "uart_line/uart_line.h"
#include "usb_bus_port.h"

enum { MOST = 1024, SERIAL = 300, BULK = 5 * 64 + 17, TIMEOUT_US = 20000 };

static const double bit = 48e6 / G_BAUD;

struct bench {
	struct links_sim *sim;
	struct usb_port *port;
	struct uart_sender sender;
	struct uart_receiver receiver;
	uint8_t out[MOST], in[MOST];
	int out_count, out_sent, in_count;
};

static bool line(void *state, bool level)
{
	struct bench *b = state;
	int byte = uart_receiver_step(&b->receiver, level);

	ck_assert_int_ne(byte, UART_FRAMING_ERROR);
	if (byte >= 0) {
		ck_assert_int_lt(b->in_count, MOST);
		b->in[b->in_count++] = (uint8_t)byte;
	}
	if (b->out_sent < b->out_count && uart_sender_free(&b->sender))
		uart_sender_put(&b->sender, b->out[b->out_sent++]);
	return uart_sender_step(&b->sender);
}

static void begin(struct bench *b)
{
	struct usb_device_model model;

	memset(b, 0, sizeof(*b));
	uart_sender_begin(&b->sender, bit * 1.01, 0.1 * bit, 1);
	uart_receiver_begin(&b->receiver, bit);
	b->sim = links_sim_open(G_CROSS ? 2 : 1, line, b);
	ck_assert_ptr_nonnull(b->sim);
	model = links_sim_usb(b->sim);
	b->port = usb_bus_port_open(&model, NULL);
	ck_assert_ptr_nonnull(b->port);
	ck_assert_int_eq(b->port->ops->reset(b->port), 0);
}

static void end(struct bench *b)
{
	const struct usb_host_stats *s = &usb_bus_port_host(b->port)->stats;

	ck_assert_msg(s->violations == 0, "%s", s->first_violation);
	b->port->ops->close(b->port);
	links_sim_close(b->sim);
}

/* Bus time passes. */
static void pass(struct bench *b, unsigned us)
{
	for (unsigned step; us; us -= step) {
		step = b->port->ops->run(b->port, us);
		ck_assert_uint_gt(step, 0);
	}
}

static void transfer(struct bench *b, struct usb_transfer *t)
{
	struct usb_transfer *done;

	b->port->ops->submit(b->port, t);
	for (unsigned us = 0; !(done = b->port->ops->reap(b->port));) {
		ck_assert_uint_lt(us, TIMEOUT_US);
		us += b->port->ops->run(b->port, TIMEOUT_US);
	}
	ck_assert_ptr_eq(done, t);
	ck_assert_int_eq(t->status, USB_DONE);
}

static void configure(struct bench *b)
{
	struct usb_transfer t = { .setup = { 0x00, 9, 1 } };

	transfer(b, &t);
	pass(b, 10);
	ck_assert(links_sim_configured(b->sim));
}

/* Bytes by USB and back. */
static void usb_echo(struct bench *b, unsigned first)
{
	uint8_t sent[BULK], got[BULK + 64];
	struct usb_transfer out = { .endpoint = 0x01, .data = sent, .length = sizeof(sent) };
	size_t count = 0;

	for (int i = 0; i < BULK; i++)
		sent[i] = (uint8_t)(first + 7 * (unsigned)i);
	transfer(b, &out);
	while (count < BULK) {
		struct usb_transfer in = { .endpoint = 0x81, .data = got + count, .length = 64 };

		transfer(b, &in);
		count += in.actual;
		ck_assert_uint_le(count, BULK);
	}
	ck_assert_mem_eq(sent, got, BULK);
}

static void serial_send(struct bench *b, unsigned first)
{
	b->out_count = SERIAL;
	b->out_sent = b->in_count = 0;
	for (int i = 0; i < SERIAL; i++)
		b->out[i] = (uint8_t)(first + 11 * (unsigned)i);
}

/* Bytes by the line and back; 10 bits of 1/3 us each. */
static void serial_echo(struct bench *b, unsigned first)
{
	serial_send(b, first);
	pass(b, SERIAL * 10 * 2 / 3);
	ck_assert_int_eq(b->in_count, SERIAL);
	ck_assert_mem_eq(b->in, b->out, SERIAL);
}

START_TEST(line_until_configured)
{
	struct bench b;

	begin(&b);
	serial_echo(&b, 1);
	configure(&b);
	usb_echo(&b, 2);
	end(&b);
}
END_TEST

/* What the line brings is lost while USB is configured, and nothing goes out on it. */
START_TEST(usb_alone)
{
	struct bench b;

	begin(&b);
	configure(&b);
	serial_send(&b, 3);
	for (unsigned i = 0; i < 4; i++)
		usb_echo(&b, i);
	pass(&b, SERIAL * 10);
	ck_assert_int_eq(b.out_sent, SERIAL);
	ck_assert_int_eq(b.in_count, 0);
	usb_echo(&b, 9);
	end(&b);
}
END_TEST

START_TEST(line_after_bus_reset)
{
	struct bench b;

	begin(&b);
	for (unsigned i = 0; i < 3; i++) {
		configure(&b);
		usb_echo(&b, i);
		ck_assert_int_eq(b.port->ops->reset(b.port), 0);
		ck_assert(!links_sim_configured(b.sim));
		serial_echo(&b, 5 + i);
	}
	end(&b);
}
END_TEST

/* The host has gone with an answer in the device's ring: the line works, and USB after it begins anew. */
START_TEST(line_after_a_dead_host)
{
	struct bench b;
	uint8_t sent[BULK] = { 0 };
	struct usb_transfer out = { .endpoint = 0x01, .data = sent, .length = sizeof(sent) };

	begin(&b);
	configure(&b);
	transfer(&b, &out);
	transfer(&b, &out);
	ck_assert_int_eq(b.port->ops->reset(b.port), 0);
	serial_echo(&b, 7);
	configure(&b);
	usb_echo(&b, 8);
	end(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("board_links");
	TCase *t = tcase_create("board_links " UNIT_CFG);

	tcase_add_test(t, line_until_configured);
	tcase_add_test(t, usb_alone);
	tcase_add_test(t, line_after_bus_reset);
	tcase_add_test(t, line_after_a_dead_host);
	suite_add_tcase(s, t);
	return check_main(s);
}
