/* SPDX-License-Identifier: MIT
 * The testbed itself, with nothing but libusb, in a program that umock_server runs:
 *   umock_server --devices 2 -- test_umock             every test but the last two
 *   umock_server --bus -- test_umock bus               those without faults
 *   umock_server --no-permission -- test_umock denied
 *   umock_server --unplug-after 1000 --replug 100 -- test_umock replugged */
#include <libusb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../check_main.h"
#include "jetbnn_defs.h"
#include "packet.h"
#include "usb_descriptors.h"

enum {
	WAIT_MS = 5000,
	SHORT_MS = 200,
	IN_FLIGHT = 4,
	IDENTIFY_BYTES = PACKET_SIZE(4 * JB_ID_WORDS)
};

static libusb_context *context;
static libusb_device_handle *handle;

/* Tells the server what to do and waits until it is done. */
static void order(const char *text)
{
	const char *env = getenv("UMOCK_CONTROL");
	char answer[160] = "";
	int fd;

	ck_assert_msg(env != NULL, "run by umock_server only");
	fd = atoi(env);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_gt(read(fd, answer, sizeof(answer) - 1), 0);
	ck_assert_msg(!strcmp(answer, "ok\n"), "%s: %s", text, answer);
}

static libusb_device_handle *open_device(int slot)
{
	libusb_device **list;
	libusb_device_handle *h = NULL;
	ssize_t n = libusb_get_device_list(context, &list);

	for (ssize_t i = 0; i < n && !h; i++) {
		uint8_t port = libusb_get_port_number(list[i]);
		struct libusb_device_descriptor d;

		if (!libusb_get_device_descriptor(list[i], &d) && d.idVendor == JB_USB_VENDOR &&
		    d.idProduct == JB_USB_PRODUCT && port == slot + 1)
			ck_assert_int_eq(libusb_open(list[i], &h), 0);
	}
	libusb_free_device_list(list, 1);
	return h;
}

static void set_up(void)
{
	ck_assert_int_eq(libusb_init(&context), 0);
	handle = open_device(0);
	ck_assert_ptr_nonnull(handle);
	ck_assert_int_eq(libusb_claim_interface(handle, 0), 0);
}

static void shut_down(void)
{
	libusb_close(handle);
	libusb_exit(context);
}

static int send_identify(libusb_device_handle *h)
{
	struct packet p = { .type = JB_T_IDENTIFY, .sequence = 7 };
	uint8_t bytes[PACKET_SIZE(0)];
	size_t n = packet_pack(&p, bytes);
	int moved = 0;
	int rc = libusb_bulk_transfer(h, JB_USB_EP_OUT, bytes, (int)n, &moved, WAIT_MS);

	if (!rc)
		ck_assert_int_eq(moved, (int)n);
	return rc;
}

static int receive(libusb_device_handle *h, uint8_t *buf, int size, int *got, unsigned ms)
{
	*got = 0;
	return libusb_bulk_transfer(h, JB_USB_EP_IN, buf, size, got, ms);
}

static void check_identify(libusb_device_handle *h)
{
	uint8_t buf[256];
	struct packet p;
	int got, moved;

	ck_assert_int_eq(send_identify(h), 0);
	ck_assert_int_eq(receive(h, buf, sizeof(buf), &got, WAIT_MS), 0);
	moved = (int)packet_unpack(buf, (size_t)got, JB_PKT_MAX_PAYLOAD, &p);
	ck_assert_int_eq(moved, IDENTIFY_BYTES);
	ck_assert(packet_answers(&p, JB_T_IDENTIFY, 7));
}

START_TEST(describes)
{
	struct libusb_config_descriptor *c;
	libusb_device *d = libusb_get_device(handle);
	uint8_t raw[256];
	char text[64];
	int n;

	n = libusb_get_descriptor(handle, LIBUSB_DT_DEVICE, 0, raw, sizeof(raw));
	ck_assert_int_eq(n, (int)sizeof(usb_device_descriptor));
	ck_assert_mem_eq(raw, usb_device_descriptor, n);
	n = libusb_get_descriptor(handle, LIBUSB_DT_BOS, 0, raw, sizeof(raw));
	ck_assert_int_eq(n, (int)sizeof(usb_bos_descriptor));
	ck_assert_mem_eq(raw, usb_bos_descriptor, n);
	n = libusb_control_transfer(handle, 0xC0, JB_USB_MS_CODE, 0, 7, raw, sizeof(raw), WAIT_MS);
	ck_assert_int_eq(n, (int)sizeof(usb_ms_descriptor));
	ck_assert_mem_eq(raw, usb_ms_descriptor, n);
	ck_assert_int_gt(
		libusb_get_string_descriptor_ascii(handle, 3, (uint8_t *)text, sizeof(text)), 0);
	ck_assert_str_eq(text, "0000000000000001");
	ck_assert_int_eq(libusb_get_active_config_descriptor(d, &c), 0);
	ck_assert_int_eq(c->interface[0].altsetting[0].bNumEndpoints, 2);
	libusb_free_config_descriptor(c);
}
END_TEST

START_TEST(stalls_unknown_requests)
{
	uint8_t raw[64];

	ck_assert_int_eq(libusb_control_transfer(handle, 0xC0, 0x77, 0, 0, raw, sizeof(raw),
						 WAIT_MS),
			 LIBUSB_ERROR_PIPE);
	ck_assert_int_eq(libusb_get_descriptor(handle, 6, 0, raw, 10), LIBUSB_ERROR_PIPE);
	check_identify(handle);
}
END_TEST

START_TEST(interface_is_one_owners)
{
	libusb_device_handle *second = open_device(0);

	ck_assert_int_eq(libusb_claim_interface(second, 0), LIBUSB_ERROR_BUSY);
	ck_assert_int_eq(libusb_set_configuration(handle, 1), LIBUSB_ERROR_BUSY);
	ck_assert_int_eq(libusb_release_interface(handle, 0), 0);
	ck_assert_int_eq(libusb_claim_interface(second, 0), 0);
	libusb_close(second);
	/* Unlike a kernel the testbed hears of a closed file a moment later. */
	while (libusb_claim_interface(handle, 0) == LIBUSB_ERROR_BUSY)
		;
	check_identify(handle);
}
END_TEST

START_TEST(answers)
{
	for (int i = 0; i < 50; i++)
		check_identify(handle);
	ck_assert_int_eq(libusb_set_interface_alt_setting(handle, 0, 0), 0);
	check_identify(handle);
	ck_assert_int_eq(libusb_reset_device(handle), 0);
	check_identify(handle);
}
END_TEST

START_TEST(times_out)
{
	uint8_t buf[256];
	int got;

	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, SHORT_MS), LIBUSB_ERROR_TIMEOUT);
	ck_assert_int_eq(got, 0);
	order("fault silent\n");
	ck_assert_int_eq(send_identify(handle), 0);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, SHORT_MS), LIBUSB_ERROR_TIMEOUT);
	order("fault none\n");
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
	ck_assert_int_eq(got, IDENTIFY_BYTES);
	order("fault stuck\n");
	ck_assert_int_eq(libusb_bulk_transfer(handle, JB_USB_EP_OUT, buf, 64, &got, SHORT_MS),
			 LIBUSB_ERROR_TIMEOUT);
	order("fault none\n");
}
END_TEST

/* What came before a time-out is not lost. */
START_TEST(keeps_part_of_a_transfer)
{
	uint8_t buf[256];
	int got;

	ck_assert_int_eq(send_identify(handle), 0);
	ck_assert_int_eq(receive(handle, buf, 64, &got, WAIT_MS), 0);
	ck_assert_int_eq(got, 64);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
	ck_assert_int_eq(got, IDENTIFY_BYTES - 64);
}
END_TEST

START_TEST(halts_and_clears)
{
	uint8_t buf[256];
	int got;

	order("fault stall-in\n");
	ck_assert_int_eq(send_identify(handle), 0);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), LIBUSB_ERROR_PIPE);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), LIBUSB_ERROR_PIPE);
	ck_assert_int_eq(libusb_clear_halt(handle, JB_USB_EP_IN), 0);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
	ck_assert_int_eq(got, IDENTIFY_BYTES);
	check_identify(handle);
	order("fault stall-out\n");
	ck_assert_int_eq(send_identify(handle), LIBUSB_ERROR_PIPE);
	ck_assert_int_eq(libusb_clear_halt(handle, JB_USB_EP_OUT), 0);
	check_identify(handle);
}
END_TEST

START_TEST(reports_bus_errors)
{
	uint8_t buf[256];
	int got;

	order("fault no-answer\n");
	ck_assert_int_eq(send_identify(handle), LIBUSB_ERROR_IO);
	order("fault overrun\n");
	ck_assert_int_eq(send_identify(handle), 0);
	ck_assert_int_eq(receive(handle, buf, 64, &got, WAIT_MS), LIBUSB_ERROR_OVERFLOW);
	order("fault none\n");
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
	check_identify(handle);
}
END_TEST

static int ended[IN_FLIGHT], ends;

static void LIBUSB_CALL on_end(struct libusb_transfer *t)
{
	ended[ends++] = t->status;
}

static void run_until(int wanted)
{
	time_t limit = time(NULL) + WAIT_MS / 1000;

	while (ends < wanted && time(NULL) <= limit) {
		struct timeval tv = { 0, 50000 };

		libusb_handle_events_timeout(context, &tv);
	}
	ck_assert_int_eq(ends, wanted);
}

static void submit_reads(struct libusb_transfer *t[IN_FLIGHT], uint8_t buf[IN_FLIGHT][64])
{
	ends = 0;
	for (int i = 0; i < IN_FLIGHT; i++) {
		t[i] = libusb_alloc_transfer(0);
		libusb_fill_bulk_transfer(t[i], handle, JB_USB_EP_IN, buf[i], 64, on_end, NULL, 0);
		ck_assert_int_eq(libusb_submit_transfer(t[i]), 0);
	}
}

static void free_reads(struct libusb_transfer *t[IN_FLIGHT])
{
	for (int i = 0; i < IN_FLIGHT; i++)
		libusb_free_transfer(t[i]);
}

START_TEST(cancels)
{
	struct libusb_transfer *t[IN_FLIGHT];
	uint8_t buf[IN_FLIGHT][64];

	submit_reads(t, buf);
	for (int i = 0; i < IN_FLIGHT; i++)
		ck_assert_int_eq(libusb_cancel_transfer(t[i]), 0);
	run_until(IN_FLIGHT);
	for (int i = 0; i < IN_FLIGHT; i++)
		ck_assert_int_eq(ended[i], LIBUSB_TRANSFER_CANCELLED);
	free_reads(t);
	check_identify(handle);
}
END_TEST

START_TEST(survives_unplug)
{
	struct libusb_transfer *t[IN_FLIGHT];
	uint8_t buf[IN_FLIGHT][64];
	time_t limit = time(NULL) + WAIT_MS / 1000;

	submit_reads(t, buf);
	order("unplug 0\n");
	run_until(IN_FLIGHT);
	for (int i = 0; i < IN_FLIGHT; i++)
		ck_assert_int_eq(ended[i], LIBUSB_TRANSFER_NO_DEVICE);
	ck_assert_int_eq(send_identify(handle), LIBUSB_ERROR_NO_DEVICE);
	free_reads(t);
	ck_assert_ptr_null(open_device(0));
	libusb_close(handle);
	order("plug 0\n");
	for (handle = NULL; !handle && time(NULL) <= limit;)
		handle = open_device(0);
	ck_assert_ptr_nonnull(handle);
	ck_assert_int_eq(libusb_claim_interface(handle, 0), 0);
	check_identify(handle);
}
END_TEST

START_TEST(holds_two_devices)
{
	libusb_device_handle *second = open_device(1);
	char text[64];

	ck_assert_ptr_nonnull(second);
	ck_assert_int_eq(libusb_claim_interface(second, 0), 0);
	libusb_get_string_descriptor_ascii(second, 3, (uint8_t *)text, sizeof(text));
	ck_assert_str_eq(text, "0000000000000002");
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(send_identify(second), 0);
		check_identify(handle);
	}
	libusb_close(second);
	ck_assert_ptr_null(open_device(2));
}
END_TEST

/* Pulls device 0 out and plugs it in again, as a device with another fault. */
static void exchange(const char *fault)
{
	libusb_close(handle);
	order("unplug 0\n");
	order(fault);
	order("plug 0\n");
	for (handle = NULL; !handle;) /* until the test's time-out */
		handle = open_device(0);
}

START_TEST(shows_odd_descriptors)
{
	struct libusb_device_descriptor d;
	struct libusb_config_descriptor *c;
	uint8_t text[64];

	exchange("fault no-serial\n");
	libusb_get_device_descriptor(libusb_get_device(handle), &d);
	ck_assert_int_eq(d.iSerialNumber, 0);
	exchange("fault no-strings\n");
	ck_assert_int_lt(libusb_get_string_descriptor_ascii(handle, 3, text, sizeof(text)), 0);
	exchange("fault no-bulk\n");
	ck_assert_int_eq(libusb_get_active_config_descriptor(libusb_get_device(handle), &c), 0);
	ck_assert_int_eq(c->interface[0].altsetting[0].bNumEndpoints, 0);
	libusb_free_config_descriptor(c);
	exchange("fault none\n");
	ck_assert_int_eq(libusb_claim_interface(handle, 0), 0);
	check_identify(handle);
}
END_TEST

/* All of the answer arrives, in other pieces. */
START_TEST(sends_short_packets)
{
	uint8_t buf[64];
	int got, total = 0;

	order("fault short\n");
	ck_assert_int_eq(send_identify(handle), 0);
	for (; total < IDENTIFY_BYTES; total += got) {
		ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
		ck_assert_int_ge(got, 1);
		ck_assert_int_le(got, 7);
	}
	ck_assert_int_eq(total, IDENTIFY_BYTES);
	order("fault garbage\n");
	ck_assert_int_eq(send_identify(handle), 0);
	ck_assert_int_eq(receive(handle, buf, sizeof(buf), &got, WAIT_MS), 0);
	ck_assert_int_ne(buf[0], JB_PKT_MARKER);
	order("fault none\n");
}
END_TEST

/* --no-permission */
START_TEST(is_denied)
{
	libusb_device **list;
	libusb_device_handle *h;
	int found = 0;
	ssize_t n;

	ck_assert_int_eq(libusb_init(&context), 0);
	n = libusb_get_device_list(context, &list);
	for (ssize_t i = 0; i < n; i++) {
		if (libusb_get_port_number(list[i]) != 1)
			continue;
		found++;
		ck_assert_int_eq(libusb_open(list[i], &h), LIBUSB_ERROR_ACCESS);
	}
	ck_assert_int_eq(found, 1);
	libusb_free_device_list(list, 1);
	libusb_exit(context);
}
END_TEST

/* --unplug-after 1000 --replug 100 */
START_TEST(is_replugged)
{
	uint8_t buf[256];
	int got, rc = 0, rounds = 0;

	for (; !rc && rounds < 100; rounds++) {
		rc = send_identify(handle);
		if (!rc)
			rc = receive(handle, buf, sizeof(buf), &got, WAIT_MS);
	}
	ck_assert_int_eq(rc, LIBUSB_ERROR_NO_DEVICE);
	ck_assert_int_ge(rounds, 1000 / (IDENTIFY_BYTES + PACKET_SIZE(0)));
	ck_assert_int_lt(rounds, 20);
	/* Until the test's time-out; the device that is gone may stay in the list for a moment. */
	do {
		if (handle)
			libusb_close(handle);
		handle = open_device(0);
	} while (!handle || libusb_claim_interface(handle, 0));
	for (int i = 0; i < 20; i++)
		check_identify(handle);
}
END_TEST

static void add_common(TCase *c)
{
	tcase_add_test(c, describes);
	tcase_add_test(c, stalls_unknown_requests);
	tcase_add_test(c, interface_is_one_owners);
	tcase_add_test(c, answers);
	tcase_add_test(c, keeps_part_of_a_transfer);
	tcase_add_test(c, cancels);
	tcase_add_test(c, survives_unplug);
}

static void add_faults(TCase *c)
{
	tcase_add_test(c, times_out);
	tcase_add_test(c, halts_and_clears);
	tcase_add_test(c, reports_bus_errors);
	tcase_add_test(c, sends_short_packets);
	tcase_add_test(c, shows_odd_descriptors);
	tcase_add_test(c, holds_two_devices);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "all";
	Suite *s = suite_create("umock");
	TCase *c = tcase_create(what);

	tcase_set_timeout(c, 60);
	if (strcmp(what, "denied") != 0)
		tcase_add_checked_fixture(c, set_up, shut_down);
	if (!strcmp(what, "denied")) {
		tcase_add_test(c, is_denied);
	} else if (!strcmp(what, "replugged")) {
		tcase_add_test(c, is_replugged);
	} else {
		add_common(c);
		if (strcmp(what, "bus") != 0)
			add_faults(c);
	}
	suite_add_tcase(s, c);
	return check_main(s);
}
