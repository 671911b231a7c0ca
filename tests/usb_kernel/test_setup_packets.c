/* SPDX-License-Identifier: MIT
 * The set-up packets of a real kernel (setup_packets.txt), bit by bit into the Verilated device: every
 * answer is the one the generated descriptors ask for. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "jetbnn_defs.h"
#include "jetbnn_usb.h"
#include "usb_bus_port.h"
#include "usb_descriptors.h"

enum {
	MOST = 256,
	SLICE_US = 100,
	PATIENCE = 100, /* slices a control transfer may take */
	ANSWER = 256,
	GET_STATUS = 0,
	CLEAR_FEATURE = 1,
	SET_FEATURE = 3,
	GET_DESCRIPTOR = 6,
	SET_CONFIGURATION = 9,
	SET_INTERFACE = 11
};

static struct jetbnn_usb *device;
static struct usb_port *port;
static uint8_t packets[MOST][8];
static int count;
static bool halted; /* the IN endpoint */

static void read_packets(void)
{
	FILE *f = fopen("tests/usb_kernel/setup_packets.txt", "r");
	char line[256];

	ck_assert_msg(f != NULL, "tests/usb_kernel/setup_packets.txt cannot be read");
	for (count = 0; fgets(line, sizeof(line), f);) {
		char *at = line;

		if (line[0] == '#')
			continue;
		ck_assert_int_lt(count, MOST);
		for (int i = 0; i < 8; i++) {
			char *end;

			packets[count][i] = (uint8_t)strtoul(at, &end, 16);
			ck_assert_int_eq(end - at, i ? 3 : 2);
			at = end;
		}
		count++;
	}
	fclose(f);
}

static void start(void)
{
	struct usb_device_model pins;

	read_packets();
	device = jetbnn_usb_new(NULL);
	ck_assert_ptr_nonnull(device);
	pins = jetbnn_usb_pins(device);
	port = usb_bus_port_open(&pins, NULL);
	ck_assert_ptr_nonnull(port);
	ck_assert_int_eq(port->ops->attach(port, true), 0);
	halted = false;
}

static void finish(void)
{
	const struct usb_host_stats *s = &usb_bus_port_host(port)->stats;

	ck_assert_msg(!s->violations, "%s", s->first_violation);
	port->ops->close(port);
	jetbnn_usb_free(device);
}

/* What the device has to answer: its size, -1 for a STALL. */
static int wanted(const uint8_t setup[8], const uint8_t **data)
{
	static const struct {
		const uint8_t *data;
		int size;
		uint8_t type, index;
	} descriptor[] = {
		{ usb_device_descriptor, sizeof(usb_device_descriptor), 1, 0 },
		{ usb_config_descriptor, sizeof(usb_config_descriptor), 2, 0 },
		{ usb_string_languages_descriptor, sizeof(usb_string_languages_descriptor), 3, 0 },
		{ usb_string_vendor_descriptor, sizeof(usb_string_vendor_descriptor), 3, 1 },
		{ usb_string_product_descriptor, sizeof(usb_string_product_descriptor), 3, 2 },
		{ usb_string_serial_descriptor, sizeof(usb_string_serial_descriptor), 3, 3 },
		{ usb_bos_descriptor, sizeof(usb_bos_descriptor), 15, 0 },
	};
	static const uint8_t status[2][2] = { { 0, 0 }, { 1, 0 } };

	switch (setup[0] << 8 | setup[1]) {
	case 0x8000 | GET_DESCRIPTOR:
		for (size_t i = 0; i < sizeof(descriptor) / sizeof(*descriptor); i++)
			if (descriptor[i].type == setup[3] && descriptor[i].index == setup[2]) {
				*data = descriptor[i].data;
				return descriptor[i].size;
			}
		return -1;
	case 0xC000 | JB_USB_MS_CODE: *data = usb_ms_descriptor; return sizeof(usb_ms_descriptor);
	case 0x8000 | GET_STATUS: *data = status[0]; return 2;
	case 0x8200 | GET_STATUS: *data = status[halted]; return 2;
	case 0x0200 | SET_FEATURE: halted = true; return 0;
	case 0x0200 | CLEAR_FEATURE:
	case 0x0000 | SET_CONFIGURATION:
	case 0x0100 | SET_INTERFACE: halted = false; return 0;
	default: return -1;
	}
}

static bool first_after_reset(const uint8_t setup[8])
{
	static const uint8_t first[8] = { 0x80, GET_DESCRIPTOR, 0, 1, 0, 0, 64, 0 };

	return memcmp(setup, first, sizeof(first)) == 0;
}

static void ask(int number, struct usb_transfer *t)
{
	if (first_after_reset(t->setup))
		ck_assert_int_eq(port->ops->reset(port), 0);
	port->ops->submit(port, t);
	for (int i = 0; !port->ops->reap(port); i++) {
		ck_assert_msg(i < PATIENCE, "packet %d: no answer", number);
		port->ops->run(port, SLICE_US);
	}
}

START_TEST(test_replay)
{
	for (int i = 0; i < count; i++) {
		uint8_t answer[ANSWER] = { 0 };
		struct usb_transfer t = { .data = answer, .status = USB_PENDING };
		const uint8_t *data = NULL;
		int size = wanted(packets[i], &data);

		memcpy(t.setup, packets[i], 8);
		t.length = (size_t)(packets[i][6] | packets[i][7] << 8);
		ck_assert_uint_le(t.length, ANSWER);
		ask(i, &t);
		ck_assert_msg(t.status == (size < 0 ? USB_STALLED : USB_DONE),
			      "packet %d: status %d", i, t.status);
		if (size > (int)t.length)
			size = (int)t.length;
		if (size > 0) {
			ck_assert_uint_eq(t.actual, size);
			ck_assert_mem_eq(answer, data, (size_t)size);
		}
	}
}
END_TEST

/* The recording is worth something: both enumerations, every kind of descriptor, a STALL. */
START_TEST(test_recording)
{
	int resets = 0, stalls = 0, strings = 0, configured = 0;

	for (int i = 0; i < count; i++) {
		const uint8_t *data;

		resets += first_after_reset(packets[i]);
		stalls += wanted(packets[i], &data) < 0;
		strings += packets[i][1] == GET_DESCRIPTOR && packets[i][3] == 3;
		configured += packets[i][0] == 0 && packets[i][1] == SET_CONFIGURATION;
	}
	ck_assert_int_ge(resets, 2);
	ck_assert_int_ge(stalls, 3);
	ck_assert_int_ge(strings, 4);
	ck_assert_int_ge(configured, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("setup_packets");
	TCase *c = tcase_create("kernel");

	tcase_add_checked_fixture(c, start, finish);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, test_replay);
	tcase_add_test(c, test_recording);
	suite_add_tcase(s, c);
	return check_main(s);
}
