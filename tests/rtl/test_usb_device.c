/* SPDX-License-Identifier: MIT
 * usb_device against the bit-level host: the requests of chapter 9, endpoint rules, streams, bus states.
 * Faults on the wires: usb_device_faults.c. */
#include <stdio.h>
#include <string.h>

#include "jetbnn_defs.h"
#include "usb_bench.h"
#include "usb_descriptors.h"

enum { OUT = JB_USB_EP_OUT, IN = JB_USB_EP_IN };

static struct bench bench;

static void setup_address(void)
{
	bench_open(&bench, NULL, false);
}

static void setup_configured(void)
{
	bench_open(&bench, NULL, true);
}

static void teardown(void)
{
	bench_close(&bench);
}

static int request(uint8_t type, uint8_t code, uint16_t value, uint16_t index, uint16_t length)
{
	uint8_t data[512];

	return bench_control(&bench, type, code, value, index, data, length, NULL);
}

/* ---- descriptors --------------------------------------------------------------------------- */

static const struct {
	uint16_t value, index;
	uint8_t type, code;
	const uint8_t *bytes;
	size_t count;
} descriptors[] = {
#define ITEM(v, name)                                                                   \
	{                                                                               \
		v, 0, 0x80, 6, usb_##name##_descriptor, sizeof(usb_##name##_descriptor) \
	}
	ITEM(0x0100, device),
	ITEM(0x0200, config),
	ITEM(0x0300, string_languages),
	ITEM(0x0301, string_vendor),
	ITEM(0x0302, string_product),
	ITEM(0x0303, string_serial),
	ITEM(0x0F00, bos),
	{ 0, 7, 0xC0, JB_USB_MS_CODE, usb_ms_descriptor, sizeof(usb_ms_descriptor) },
#undef ITEM
};

START_TEST(descriptor_whole_and_in_part)
{
	static const uint16_t lengths[] = {
		0, 1, 2, 8, 9, 18, 63, 64, 65, 128, 255, 256, 512, 4096
	};
	uint8_t data[4096];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t actual, want = descriptors[_i].count;

		want = want < lengths[i] ? want : lengths[i];
		memset(data, 0xEE, sizeof(data));
		ck_assert_int_eq(bench_control(&bench, descriptors[_i].type, descriptors[_i].code,
					       descriptors[_i].value, descriptors[_i].index, data,
					       lengths[i], &actual),
				 USB_DONE);
		ck_assert_uint_eq(actual, want);
		ck_assert_mem_eq(data, descriptors[_i].bytes, want);
	}
}
END_TEST

START_TEST(refused)
{
	static const struct {
		uint8_t type, code;
		uint16_t value, index, length;
	} bad[] = {
		{ 0x80, 6, 0x0600, 0, 10 }, /* device qualifier */
		{ 0x80, 6, 0x0700, 0, 9 },  /* other speed */
		{ 0x80, 6, 0x0304, 0, 64 }, /* no such string */
		{ 0x80, 6, 0x03EE, 0, 18 }, /* Microsoft OS 1.0 */
		{ 0x80, 6, 0x0101, 0, 18 }, /* second device descriptor */
		{ 0x80, 6, 0x0000, 0, 8 },  /* type 0 is ours alone */
		{ 0x80, 6, 0x0004, 0, 8 },
		{ 0x80, 6, 0x2100, 0, 8 },  /* type beyond the directory's keys */
		{ 0x80, 6, 0x0108, 0, 18 }, /* index beyond them */
		{ 0x80, 6, 0x1F07, 0, 18 }, /* the key that ends the directory */
		{ 0x00, 7, 0x0100, 0, 0 },  /* SET_DESCRIPTOR */
		{ 0x00, 9, 2, 0, 0 },       /* configuration that is not there */
		{ 0x00, 9, 0x0101, 0, 0 },
		{ 0x00, 5, 0x80, 0, 0 }, /* address beyond 127 */
		{ 0x00, 3, 1, 0, 0 },    /* remote wake-up */
		{ 0x00, 1, 1, 0, 0 },
		{ 0x82, 12, 0, 0x81, 2 }, /* SYNCH_FRAME */
		{ 0x82, 0, 0, 0x02, 2 },  /* endpoint that is not there */
		{ 0x82, 0, 0, 0x82, 2 },
		{ 0x02, 3, 0, 0x02, 0 },
		{ 0x02, 3, 1, 0x81, 0 }, /* feature that is not there */
		{ 0x01, 11, 1, 0, 0 },   /* alternate setting */
		{ 0x01, 11, 0, 1, 0 },   /* interface */
		{ 0x81, 10, 0, 1, 1 },
		{ 0xC0, JB_USB_MS_CODE, 0, 4, 64 },
		{ 0xC0, JB_USB_MS_CODE + 1, 0, 7, 64 },
		{ 0xC1, 0, 0, 0, 1 },
		{ 0x40, 1, 0, 0, 0 },
		{ 0xA1, 1, 0, 0, 1 },
		{ 0x80, 255, 0, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(request(bad[i].type, bad[i].code, bad[i].value, bad[i].index,
				      bad[i].length) == USB_STALLED,
			      "request %02x %02x %04x %04x is not refused", bad[i].type,
			      bad[i].code, bad[i].value, bad[i].index);
		/* The next request works. */
		ck_assert_int_eq(request(0x80, 0, 0, 0, 2), USB_DONE);
	}
}
END_TEST

START_TEST(data_to_device_is_refused)
{
	uint8_t data[64] = { 0 };

	ck_assert_int_eq(bench_control(&bench, 0x00, 9, 1, 0, data, 8, NULL), USB_STALLED);
	ck_assert_int_eq(bench_control(&bench, 0x40, JB_USB_MS_CODE, 0, 7, data, 64, NULL),
			 USB_STALLED);
	ck_assert_int_eq(request(0x80, 0, 0, 0, 2), USB_DONE);
}
END_TEST

/* ---- states -------------------------------------------------------------------------------- */

static unsigned answer(uint8_t type, uint8_t code, uint16_t value, uint16_t index, uint16_t length)
{
	uint8_t data[2] = { 0, 0 };
	size_t actual;

	ck_assert_int_eq(bench_control(&bench, type, code, value, index, data, length, &actual),
			 USB_DONE);
	ck_assert_uint_eq(actual, length);
	return data[0] | (unsigned)data[1] << 8;
}

START_TEST(configuration)
{
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 0);
	ck_assert_uint_eq(answer(0x80, 0, 0, 0, 2), 0);
	/* Not configured: interface and endpoint are not there. */
	ck_assert_int_eq(request(0x81, 0, 0, 0, 2), USB_STALLED);
	ck_assert_int_eq(request(0x81, 10, 0, 0, 1), USB_STALLED);
	ck_assert_int_eq(request(0x82, 0, 0, IN, 2), USB_STALLED);
	ck_assert_int_eq(request(0x01, 11, 0, 0, 0), USB_STALLED);
	ck_assert(!usb_bench_configured(bench.device));

	ck_assert_int_eq(request(0x00, 9, 1, 0, 0), USB_DONE);
	ck_assert(usb_bench_configured(bench.device));
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 1);
	ck_assert_uint_eq(answer(0x81, 0, 0, 0, 2), 0);
	ck_assert_uint_eq(answer(0x81, 10, 0, 0, 1), 0);
	ck_assert_uint_eq(answer(0x82, 0, 0, OUT, 2), 0);
	ck_assert_uint_eq(answer(0x82, 0, 0, IN, 2), 0);
	ck_assert_uint_eq(answer(0x82, 0, 0, 0, 2), 0);
	ck_assert_uint_eq(answer(0x82, 0, 0, 0x80, 2), 0);

	ck_assert_int_eq(request(0x00, 9, 0, 0, 0), USB_DONE);
	ck_assert(!usb_bench_configured(bench.device));
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 0);
}
END_TEST

START_TEST(address_takes_effect_after_the_status_stage)
{
	static const uint8_t set_address[8] = { 0, 5, 77 };
	struct usb_host *h = bench_host(&bench);
	uint8_t data[64];
	int count, old = h->address;

	ck_assert_int_eq(usb_host_setup(h, set_address), RESULT_OK);
	/* The status stage is at the old address, the next request at the new one. */
	ck_assert_int_eq(usb_host_in(h, 0, data, &count), RESULT_OK);
	ck_assert_int_eq(count, 0);
	h->address = 77;
	ck_assert_uint_eq(answer(0x80, 0, 0, 0, 2), 0);
	h->address = old;
	ck_assert_int_eq(request(0x80, 0, 0, 0, 2), USB_BROKEN);
	h->address = 77;
	/* A reset brings it back to 0. */
	usb_host_reset(h);
	ck_assert_uint_eq(answer(0x80, 0, 0, 0, 2), 0);
}
END_TEST

START_TEST(bus_reset_deconfigures)
{
	ck_assert(usb_bench_configured(bench.device));
	ck_assert_int_eq(bench.port->ops->reset(bench.port), 0);
	ck_assert(!usb_bench_configured(bench.device));
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 0);
}
END_TEST

START_TEST(suspend_and_resume)
{
	struct usb_host *h = bench_host(&bench);

	usb_host_suspend(h, 2900);
	ck_assert(!usb_bench_suspended(bench.device));
	usb_host_suspend(h, 300);
	ck_assert(usb_bench_suspended(bench.device));
	usb_host_resume(h, 20);
	ck_assert(!usb_bench_suspended(bench.device));
	ck_assert(usb_bench_configured(bench.device));
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 1);
	/* Frames keep it awake. */
	usb_host_idle(h, 5000);
	ck_assert(!usb_bench_suspended(bench.device));
}
END_TEST

START_TEST(disconnect_and_return)
{
	uint8_t data[64];
	struct usb_transfer t = { .endpoint = IN, .data = data, .length = sizeof(data) };

	bench.port->ops->submit(bench.port, &t);
	bench.port->ops->run(bench.port, 100);
	usb_bench_attach(bench.device, false);
	ck_assert_int_eq(bench_wait(&bench, &t), USB_GONE);
	bench.port->ops->submit(bench.port, &t);
	ck_assert_int_eq(bench_wait(&bench, &t), USB_GONE);
	usb_bench_attach(bench.device, true);
	usb_host_idle(bench_host(&bench), 100);
	ck_assert_int_eq(bench.port->ops->attach(bench.port, true), 0);
	ck_assert(!usb_bench_configured(bench.device));
	ck_assert_uint_eq(answer(0x80, 8, 0, 0, 1), 0);
}
END_TEST

/* ---- endpoints ----------------------------------------------------------------------------- */

START_TEST(halt_and_clear)
{
	uint8_t data[64] = { 1, 2, 3 };

	bench.far.loop = true;
	/* One packet, so that both toggles are DATA1. */
	ck_assert_int_eq(bench_bulk(&bench, OUT, data, 3, false, NULL), USB_DONE);
	ck_assert_int_eq(bench_bulk(&bench, IN, data, 64, false, NULL), USB_DONE);
	for (int i = 0; i < 2; i++) {
		uint8_t endpoint = i ? IN : OUT;

		ck_assert_int_eq(request(0x02, 3, 0, endpoint, 0), USB_DONE);
		ck_assert_uint_eq(answer(0x82, 0, 0, endpoint, 2), 1);
		ck_assert_uint_eq(answer(0x82, 0, 0, endpoint ^ 0x80, 2), 0);
		ck_assert_int_eq(bench_bulk(&bench, endpoint, data, 3, false, NULL), USB_STALLED);
		ck_assert_int_eq(request(0x02, 1, 0, endpoint, 0), USB_DONE);
		ck_assert_uint_eq(answer(0x82, 0, 0, endpoint, 2), 0);
	}
	/* Both begin with DATA0 again, and no byte of before is left. */
	data[0] = 9;
	ck_assert_int_eq(bench_bulk(&bench, OUT, data, 1, false, NULL), USB_DONE);
	data[0] = 0;
	ck_assert_int_eq(bench_bulk(&bench, IN, data, 64, false, NULL), USB_DONE);
	ck_assert_uint_eq(data[0], 9);
}
END_TEST

START_TEST(no_endpoint_before_configuration)
{
	uint8_t data[64] = { 0 };

	ck_assert_int_eq(bench_bulk(&bench, OUT, data, 64, false, NULL), USB_BROKEN);
	ck_assert_int_eq(bench_bulk(&bench, IN, data, 64, false, NULL), USB_BROKEN);
	ck_assert_int_eq(bench_bulk(&bench, 0x02, data, 64, false, NULL), USB_BROKEN);
}
END_TEST

START_TEST(loop_of_every_length)
{
	uint8_t data[1100], back[1100];
	uint64_t seed = 5;

	bench.far.loop = true;
	for (size_t n = 1; n <= 1024; n += n < 140 ? 1 : 63) {
		size_t got = 0, actual;

		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)usb_random(&seed, 256);
		/* More than the rings hold goes out in the background. */
		struct usb_transfer t = { .endpoint = OUT, .data = data, .length = n };

		bench.port->ops->submit(bench.port, &t);
		while (got < n) {
			struct usb_transfer r = { .endpoint = IN,
						  .data = back + got,
						  .length = 1088 - got };

			bench.port->ops->submit(bench.port, &r);
			while (r.status == USB_PENDING) {
				bench.port->ops->run(bench.port, TIMEOUT_US);
				bench.port->ops->reap(bench.port);
			}
			ck_assert_int_eq(r.status, USB_DONE);
			actual = r.actual;
			got += actual;
		}
		ck_assert_int_eq(t.status, USB_DONE);
		ck_assert_uint_eq(got, n);
		ck_assert_mem_eq(back, data, n);
		/* After a full packet an empty one ends the host's transfer. */
		if (n % 64 == 0 && got == n) {
			usb_host_idle(bench_host(&bench), 10);
			ck_assert_uint_eq(bench.far.out_sent, bench.far.out_count);
		}
	}
}
END_TEST

START_TEST(full_packet_is_ended_by_an_empty_one)
{
	uint8_t data[256];
	size_t actual;

	for (int i = 0; i < 128; i++)
		bench.far.out[i] = (uint8_t)i;
	bench.far.out_count = 128;
	ck_assert_int_eq(bench_bulk(&bench, IN, data, sizeof(data), false, &actual), USB_DONE);
	ck_assert_uint_eq(actual, 128);
	for (int i = 0; i < 128; i++)
		ck_assert_uint_eq(data[i], i);
	/* And nothing more. */
	ck_assert_int_eq(bench_bulk(&bench, IN, data, sizeof(data), false, &actual), USB_CANCELLED);
	ck_assert_uint_eq(actual, 0);
}
END_TEST

START_TEST(deaf_far_side_is_answered_with_nak)
{
	uint8_t data[1024];
	struct usb_transfer t = { .endpoint = OUT, .data = data, .length = sizeof(data) };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	bench.far.deaf = true;
	bench.port->ops->submit(bench.port, &t);
	bench.port->ops->run(bench.port, 5000);
	ck_assert_int_eq(t.status, USB_PENDING);
	ck_assert_uint_ge(t.actual, 256);
	ck_assert_uint_le(t.actual, 512);
	ck_assert_uint_gt(bench_host(&bench)->stats.naks, 10);
	bench.far.deaf = false;
	ck_assert_int_eq(bench_wait(&bench, &t), USB_DONE);
	usb_host_idle(bench_host(&bench), 100);
	ck_assert_uint_eq(bench.far.in_count, sizeof(data));
	ck_assert_mem_eq(bench.far.in, data, sizeof(data));
}
END_TEST

/* SET_CONFIGURATION, SET_INTERFACE and a bus reset throw away what waits in the device. */
START_TEST(flush)
{
	uint8_t data[256] = { 0 };
	size_t actual;

	bench.far.deaf = true;
	ck_assert_int_eq(bench_bulk(&bench, OUT, data, 256, false, NULL), USB_DONE);
	bench.far.out_count = 100;
	usb_host_idle(bench_host(&bench), 50);
	ck_assert_uint_eq(bench.far.out_sent, 100);
	if (_i == 0)
		ck_assert_int_eq(request(0x01, 11, 0, 0, 0), USB_DONE);
	else if (_i == 2)
		ck_assert_int_eq(bench.port->ops->reset(bench.port), 0);
	if (_i > 0)
		ck_assert_int_eq(request(0x00, 9, 1, 0, 0), USB_DONE);
	bench.far.deaf = false;
	ck_assert_int_eq(bench_bulk(&bench, IN, data, sizeof(data), false, &actual), USB_CANCELLED);
	ck_assert_uint_eq(actual, 0);
	ck_assert_uint_eq(bench.far.in_count, 0);
	data[0] = 0x5A;
	bench.far.loop = true;
	ck_assert_int_eq(bench_bulk(&bench, OUT, data, 1, false, NULL), USB_DONE);
	ck_assert_int_eq(bench_bulk(&bench, IN, data, sizeof(data), false, &actual), USB_DONE);
	ck_assert_uint_eq(actual, 1);
	ck_assert_uint_eq(data[0], 0x5A);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usb_device@" UNIT_CFG);
	TCase *address = tcase_create("address"), *configured = tcase_create("configured");

	tcase_add_checked_fixture(address, setup_address, teardown);
	tcase_set_timeout(address, 60);
	tcase_add_loop_test(address, descriptor_whole_and_in_part, 0,
			    sizeof(descriptors) / sizeof(descriptors[0]));
	tcase_add_test(address, refused);
	tcase_add_test(address, data_to_device_is_refused);
	tcase_add_test(address, configuration);
	tcase_add_test(address, address_takes_effect_after_the_status_stage);
	tcase_add_test(address, no_endpoint_before_configuration);
	suite_add_tcase(s, address);
	tcase_add_checked_fixture(configured, setup_configured, teardown);
	tcase_set_timeout(configured, 60);
	tcase_add_test(configured, refused);
	tcase_add_test(configured, bus_reset_deconfigures);
	tcase_add_test(configured, suspend_and_resume);
	tcase_add_test(configured, disconnect_and_return);
	tcase_add_test(configured, halt_and_clear);
	tcase_add_test(configured, loop_of_every_length);
	tcase_add_test(configured, full_packet_is_ended_by_an_empty_one);
	tcase_add_test(configured, deaf_far_side_is_answered_with_nak);
	tcase_add_loop_test(configured, flush, 0, 3);
	suite_add_tcase(s, configured);
	suite_add_tcase(s, usb_fault_cases());
	return check_main(s);
}
