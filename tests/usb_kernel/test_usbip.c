/* SPDX-License-Identifier: MIT
 * The USB/IP server's session, spoken to as Linux's vhci does, with a port in this file behind it: what
 * bulk OUT brings comes back by bulk IN, vendor request 1 answers, everything else stalls. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check_main.h"
#include "jetbnn_defs.h"
#include "usb_descriptors.h"
#include "usbip_session.h"
#include "usbip_wire.h"

enum { OUT = 1, IN = 0x81, HELD = 4096 };

/* ---- the port -------------------------------------------------------------------------- */

static struct {
	struct usb_port port;
	struct usb_transfer *queue, *done;
	uint8_t held[HELD];
	size_t count;
	bool attached;
	int resets;
} dev;

static void append(struct usb_transfer **list, struct usb_transfer *t)
{
	while (*list)
		list = &(*list)->next;
	t->next = NULL;
	*list = t;
}

static void end(struct usb_transfer *t, int status)
{
	struct usb_transfer **at = &dev.queue;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->status = status;
	append(&dev.done, t);
}

static void end_all(int status)
{
	while (dev.queue)
		end(dev.queue, status);
}

static int port_reset(struct usb_port *p)
{
	(void)p;
	end_all(USB_CANCELLED);
	dev.resets++;
	return dev.attached ? 0 : -1;
}

static int port_attach(struct usb_port *p, bool attached)
{
	(void)p;
	dev.attached = attached;
	dev.count = 0;
	end_all(USB_GONE);
	return 0;
}

static void port_submit(struct usb_port *p, struct usb_transfer *t)
{
	(void)p;
	t->actual = 0;
	append(&dev.queue, t);
}

static void port_cancel(struct usb_port *p, struct usb_transfer *t)
{
	(void)p;
	if (t->status == USB_PENDING)
		end(t, USB_CANCELLED);
}

static struct usb_transfer *port_reap(struct usb_port *p)
{
	struct usb_transfer *t = dev.done;

	(void)p;
	if (t)
		dev.done = t->next;
	return t;
}

static void give(struct usb_transfer *t, const uint8_t *data, size_t size)
{
	size_t n = size < t->length - t->actual ? size : t->length - t->actual;

	memcpy(t->data + t->actual, data, n);
	t->actual += n;
}

static void control(struct usb_transfer *t)
{
	if (t->setup[0] == 0x80 && t->setup[1] == 6 && t->setup[3] == 1) {
		give(t, usb_device_descriptor, sizeof(usb_device_descriptor));
		end(t, USB_DONE);
	} else if (t->setup[0] == 0x40 && t->setup[1] == 1) {
		t->actual = t->length;
		end(t, USB_DONE);
	} else {
		end(t, USB_STALLED);
	}
}

/* An IN transfer ends when it is full: it can be taken back with a part of its data. */
static void bulk(struct usb_transfer *t)
{
	if (t->endpoint == OUT) {
		ck_assert_uint_le(t->length, HELD - dev.count);
		memcpy(dev.held + dev.count, t->data, t->length);
		dev.count += t->actual = t->length;
		end(t, USB_DONE);
		return;
	}
	if (!dev.count)
		return;
	give(t, dev.held, dev.count);
	dev.count = 0;
	if (t->actual == t->length)
		end(t, USB_DONE);
}

static unsigned port_run(struct usb_port *p, unsigned microseconds)
{
	struct usb_transfer *next;

	(void)p;
	for (struct usb_transfer *t = dev.queue; t; t = next) {
		next = t->next;
		if (t->endpoint)
			bulk(t);
		else
			control(t);
	}
	return microseconds;
}

static const struct usb_port_ops port_ops = { .reset = port_reset,
					      .attach = port_attach,
					      .submit = port_submit,
					      .cancel = port_cancel,
					      .reap = port_reap,
					      .run = port_run };

/* ---- the client ------------------------------------------------------------------------ */

static pthread_t thread;
static int client, server, served;
static volatile sig_atomic_t stop;

static void *session(void *arg)
{
	const struct usbip_options opt = { .busid = "1-1", .stop = &stop };

	served = usbip_serve(server, &dev.port, &opt);
	close(server);
	return arg;
}

static void begin(void)
{
	int fd[2];

	memset(&dev, 0, sizeof(dev));
	dev.port.ops = &port_ops;
	served = 1;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	client = fd[0];
	server = fd[1];
	ck_assert_int_eq(pthread_create(&thread, NULL, session, NULL), 0);
}

static void finish(int wanted)
{
	close(client);
	pthread_join(thread, NULL);
	ck_assert_int_eq(served, wanted);
	ck_assert(!dev.attached && !dev.queue && !dev.done);
}

static void put(const void *data, size_t size)
{
	ck_assert_int_eq(send(client, data, size, MSG_NOSIGNAL), (ssize_t)size);
}

static void get(void *data, size_t size)
{
	ck_assert_int_eq(recv(client, data, size, MSG_WAITALL), (ssize_t)size);
}

static void import(const char *busid)
{
	uint8_t out[USBIP_IMPORT_SIZE], in[USBIP_IMPORTED_SIZE];
	const uint8_t *ids = in + USBIP_IMPORTED_SIZE - 12;

	usbip_pack_import(out, busid);
	put(out, sizeof(out));
	get(in, sizeof(in));
	ck_assert(usbip_reply_ok(in));
	ck_assert_int_eq(ids[0] << 8 | ids[1], JB_USB_VENDOR);
	ck_assert_int_eq(ids[2] << 8 | ids[3], JB_USB_PRODUCT);
}

static void request(struct usbip_request r, const void *data)
{
	uint8_t out[USBIP_HEADER_SIZE];

	r.command = USBIP_CMD_SUBMIT;
	usbip_pack_request(out, &r);
	put(out, sizeof(out));
	if (data)
		put(data, r.length);
}

static void unlink_request(uint32_t sequence, uint32_t victim)
{
	struct usbip_request r = { .command = USBIP_CMD_UNLINK,
				   .sequence = sequence,
				   .unlink = victim };
	uint8_t out[USBIP_HEADER_SIZE];

	usbip_pack_request(out, &r);
	put(out, sizeof(out));
}

static void expect(uint32_t command, uint32_t sequence, int status, uint32_t actual)
{
	uint8_t in[USBIP_HEADER_SIZE];
	uint32_t got_command, got_sequence, got_actual;
	int got_status;

	get(in, sizeof(in));
	usbip_unpack_answer(in, &got_command, &got_sequence, &got_status, &got_actual);
	ck_assert_uint_eq(got_command, command);
	ck_assert_uint_eq(got_sequence, sequence);
	ck_assert_int_eq(got_status, status);
	ck_assert_uint_eq(got_actual, actual);
}

static void read_in(uint32_t sequence, uint32_t length, uint32_t flags)
{
	request((struct usbip_request){ .sequence = sequence,
					.endpoint = IN,
					.in = true,
					.length = length,
					.flags = flags },
		NULL);
}

static void write_out(uint32_t sequence, const void *data, uint32_t length)
{
	request((struct usbip_request){ .sequence = sequence, .endpoint = OUT, .length = length },
		data);
	expect(USBIP_RET_SUBMIT, sequence, 0, length);
}

/* ---- tests ----------------------------------------------------------------------------- */

START_TEST(test_import)
{
	begin();
	import("1-1");
	ck_assert_int_eq(dev.resets, 1);
	finish(0);
}
END_TEST

static const char *const wrong_names[] = { "1-2", "1-1x", "1-1@", "1-1@0", "1-1@5x", "" };

START_TEST(test_import_wrong)
{
	uint8_t out[USBIP_IMPORT_SIZE], in[USBIP_REPLY_SIZE];

	begin();
	usbip_pack_import(out, wrong_names[_i]);
	put(out, sizeof(out));
	get(in, sizeof(in));
	ck_assert(!usbip_reply_ok(in));
	ck_assert_int_eq(recv(client, in, 1, 0), 0);
	finish(-1);
}
END_TEST

START_TEST(test_control)
{
	const uint8_t first[8] = { 0x80, 6, 0, 1, 0, 0, 64, 0 }, none[8] = { 0x80, 6, 0, 6 };
	struct usbip_request r = { .sequence = 1, .in = true, .length = 64 };
	uint8_t data[18];

	begin();
	import("1-1");
	memcpy(r.setup, first, 8);
	request(r, NULL);
	expect(USBIP_RET_SUBMIT, 1, 0, 18);
	get(data, 18);
	ck_assert_mem_eq(data, usb_device_descriptor, 18);
	ck_assert_int_eq(dev.resets, 2); /* the first request after a reset stands for it */
	r.sequence = 2;
	memcpy(r.setup, none, 8);
	request(r, NULL);
	expect(USBIP_RET_SUBMIT, 2, -EPIPE, 0);
	r = (struct usbip_request){ .sequence = 3, .setup = { 0x40, 1 }, .length = 5 };
	request(r, "hello");
	expect(USBIP_RET_SUBMIT, 3, 0, 5);
	finish(0);
}
END_TEST

START_TEST(test_bulk)
{
	char data[8] = "";

	begin();
	import("1-1");
	read_in(1, 6, 0);
	read_in(2, 4, USBIP_SHORT_NOT_OK);
	write_out(3, "abcdef", 6);
	expect(USBIP_RET_SUBMIT, 1, 0, 6);
	get(data, 6);
	ck_assert_str_eq(data, "abcdef");
	write_out(4, "", 0);
	unlink_request(5, 2);
	expect(USBIP_RET_UNLINK, 5, -ECONNRESET, 0);
	unlink_request(6, 1);
	expect(USBIP_RET_UNLINK, 6, 0, 0);
	finish(0);
}
END_TEST

START_TEST(test_unlink_keeps_data)
{
	char data[4] = "";

	begin();
	import("1-1");
	read_in(1, 64, 0);
	write_out(2, "xyz", 3);
	write_out(3, "", 0); /* bus time in between */
	unlink_request(4, 1);
	expect(USBIP_RET_SUBMIT, 1, -ECONNRESET, 3);
	get(data, 3);
	ck_assert_str_eq(data, "xyz");
	expect(USBIP_RET_UNLINK, 4, 0, 0);
	finish(0);
}
END_TEST

START_TEST(test_unplug)
{
	char data[8];

	begin();
	import("1-1@10");
	read_in(1, 64, 0);
	write_out(2, "12345", 5);
	write_out(3, "12345", 5);
	ck_assert_int_eq(recv(client, data, sizeof(data), 0), 0);
	finish(0);
}
END_TEST

START_TEST(test_byte_by_byte)
{
	struct usbip_request r = {
		.command = USBIP_CMD_SUBMIT, .sequence = 7, .endpoint = OUT, .length = 3
	};
	uint8_t out[USBIP_HEADER_SIZE + 3] = { 0 };

	begin();
	import("1-1");
	usbip_pack_request(out, &r);
	for (size_t i = 0; i < sizeof(out); i++)
		put(out + i, 1);
	expect(USBIP_RET_SUBMIT, 7, 0, 3);
	finish(0);
}
END_TEST

START_TEST(test_too_long)
{
	begin();
	import("1-1");
	read_in(1, (16 << 20) + 1, 0);
	finish(-1);
}
END_TEST

START_TEST(test_unknown_command)
{
	uint8_t out[USBIP_HEADER_SIZE] = { 0, 0, 0, 9 };

	begin();
	import("1-1");
	put(out, sizeof(out));
	finish(-1);
}
END_TEST

/* The client goes away in the middle of everything. */
START_TEST(test_gone)
{
	struct usbip_request r = {
		.command = USBIP_CMD_SUBMIT, .sequence = 2, .endpoint = OUT, .length = 100
	};
	uint8_t out[USBIP_HEADER_SIZE];

	begin();
	import("1-1");
	read_in(1, 64, 0);
	usbip_pack_request(out, &r);
	put(out, sizeof(out));
	put("half", 4);
	finish(0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usbip");
	TCase *c = tcase_create("session");

	tcase_add_test(c, test_import);
	tcase_add_loop_test(c, test_import_wrong, 0,
			    (int)(sizeof(wrong_names) / sizeof(*wrong_names)));
	tcase_add_test(c, test_control);
	tcase_add_test(c, test_bulk);
	tcase_add_test(c, test_unlink_keeps_data);
	tcase_add_test(c, test_unplug);
	tcase_add_test(c, test_byte_by_byte);
	tcase_add_test(c, test_too_long);
	tcase_add_test(c, test_unknown_command);
	tcase_add_test(c, test_gone);
	suite_add_tcase(s, c);
	return check_main(s);
}
