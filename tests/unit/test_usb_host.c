/* SPDX-License-Identifier: MIT
 * The host model of sim/usb_host against a device in C: packets byte by byte, transfers on good and bad
 * wires, the schedule of a frame, and that a device's breach of the rules is noticed. */
#include <string.h>

#include "check_main.h"
#include "common/usb_reference.h"
#include "usb_bus_port.h"

enum { OUT = 0x01, IN = 0x81, STEP_US = 1000, LIMIT_US = 3000000 };

static struct usb_reference device;
static struct usb_port *port;
static struct usb_host *host;
static unsigned setups;

static void count_setup(void *user, const uint8_t setup[8])
{
	(void)user;
	(void)setup;
	setups++;
}

static void plug_in(enum reference_fault fault, const struct usb_host_options *options)
{
	struct usb_bus_options bus = { .setup = count_setup };
	struct usb_device_model model = reference_model(&device);

	if (options)
		bus.host = *options;
	setups = 0;
	reference_begin(&device, fault);
	port = usb_bus_port_open(&model, &bus);
	ck_assert_ptr_nonnull(port);
	host = usb_bus_port_host(port);
}

static void pull_out(void)
{
	if (port)
		port->ops->close(port);
	port = NULL;
}

static int finish(struct usb_transfer *t)
{
	struct usb_transfer *done;

	for (unsigned us = 0; t->status == USB_PENDING && us < LIMIT_US;)
		us += port->ops->run(port, STEP_US);
	done = port->ops->reap(port);
	ck_assert_ptr_eq(done, t);
	return t->status;
}

static int transfer(uint8_t endpoint, void *data, size_t length, size_t *actual)
{
	struct usb_transfer t = { .endpoint = endpoint, .data = data, .length = length };
	int status;

	port->ops->submit(port, &t);
	status = finish(&t);
	*actual = t.actual;
	return status;
}

static int get_descriptor(uint8_t *data, uint8_t length, size_t *actual)
{
	struct usb_transfer t = { .setup = { 0x80, 6, 0, 1, 0, 0, length, 0 },
				  .data = data,
				  .length = length };
	int status;

	port->ops->submit(port, &t);
	status = finish(&t);
	*actual = t.actual;
	return status;
}

static void assert_clean(void)
{
	ck_assert_msg(host->stats.violations == 0, "%llu violations, first: %s",
		      (unsigned long long)host->stats.violations, host->stats.first_violation);
}

/* ---- packets --------------------------------------------------------------------------------- */

START_TEST(packets_of_a_real_bus)
{
	/* SETUP to address 0, endpoint 0 is 2D 00 10; GET_DESCRIPTOR ends in DD 94, no data in 00 00. */
	static const uint8_t request[8] = { 0x80, 6, 0, 1, 0, 0, 0x40, 0 };

	ck_assert_uint_eq(usb_crc5(0), 0x10 >> 3);
	ck_assert_uint_eq(usb_crc16(request, 8), 0x94DD);
	ck_assert_uint_eq(usb_crc16(NULL, 0), 0);
}
END_TEST

START_TEST(handshake_levels)
{
	/* KJKJKJKK; ACK = 0xD2, low bit first: 0 1 0 0 1 0 1 1. */
	static const char want[] = "KJKJKJKKJJKJJKKK00J";
	uint8_t levels[USB_PACKET_LEVELS];
	int count = usb_encode_handshake(levels, PID_ACK);

	ck_assert_int_eq(count, (int)sizeof(want) - 1);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq("0JK1"[levels[i]], want[i]);
}
END_TEST

/* What the host's own encoder writes, as an answer. */
static void as_answer(struct usb_answer *a, const uint8_t *levels, int count)
{
	*a = (struct usb_answer){ .count = count - USB_END_BITS, .turnaround = 3, .end = 2 };
	memcpy(a->level, levels, (size_t)a->count);
}

START_TEST(data_returns_for_all_lengths)
{
	static struct usb_answer a;
	uint8_t levels[USB_PACKET_LEVELS], data[USB_MAX_DATA];
	struct usb_packet p;
	uint64_t seed = 1;

	for (int count = 0; count <= USB_MAX_DATA; count++)
		for (int round = 0; round < 20; round++) {
			for (int i = 0; i < count; i++)
				data[i] = round ? (uint8_t)usb_random(&seed, 256) : 0xFF;
			as_answer(&a, levels, usb_encode_data(levels, PID_DATA1, data, count));
			ck_assert_ptr_null(usb_decode(&a, &p));
			ck_assert_int_eq(p.pid, PID_DATA1);
			ck_assert_int_eq(p.count, count);
			ck_assert_mem_eq(p.data, data, (size_t)count);
		}
}
END_TEST

START_TEST(every_changed_level_is_noticed)
{
	static struct usb_answer a;
	static const uint8_t data[] = { 0xFF, 0xFF, 0, 1, 0x55, 0x80, 0x7F };
	uint8_t levels[USB_PACKET_LEVELS];
	struct usb_packet p;
	int count = usb_encode_data(levels, PID_DATA0, data, sizeof(data));

	for (int i = 0; i < count - USB_END_BITS; i++) {
		as_answer(&a, levels, count);
		a.level[i] ^= USB_J ^ USB_K;
		ck_assert_msg(usb_decode(&a, &p) != NULL, "level %d", i);
	}
}
END_TEST

/* ---- transfers ------------------------------------------------------------------------------- */

START_TEST(enumerates_at_every_offset)
{
	const double ppm[] = { -2500, -100, 0, 33, 2500 };
	struct usb_host_options options = {
		.ppm = ppm[_i], .jitter = 0.3, .gap = 5.5, .seed = (uint64_t)_i
	};
	uint8_t data[64];
	size_t actual;

	plug_in(REF_GOOD, &options);
	ck_assert_int_eq(port->ops->reset(port), 0);
	ck_assert_int_eq(device.address, host->address);
	ck_assert_int_eq(get_descriptor(data, 64, &actual), USB_DONE);
	ck_assert_uint_eq(actual, sizeof(reference_descriptor));
	ck_assert_mem_eq(data, reference_descriptor, actual);
	ck_assert_int_eq(get_descriptor(data, 8, &actual), USB_DONE);
	ck_assert_uint_eq(actual, 8);
	ck_assert_uint_eq(setups, 2);
	assert_clean();
	ck_assert_double_le(host->stats.worst_turnaround, USB_WORST_TURNAROUND);
}
END_TEST

/* Random bytes through the loop; both directions at once. */
static void loop_bytes(size_t total, uint64_t seed)
{
	static uint8_t out[1 << 16], in[1 << 16];
	size_t got = 0;
	struct usb_transfer write = { .endpoint = OUT, .data = out, .length = total };

	for (size_t i = 0; i < total; i++)
		out[i] = (uint8_t)usb_random(&seed, 256);
	port->ops->submit(port, &write);
	while (got < total) {
		struct usb_transfer read = { .endpoint = IN,
					     .data = in + got,
					     .length = sizeof(in) - got };

		port->ops->submit(port, &read);
		while (read.status == USB_PENDING) {
			ck_assert_uint_gt(port->ops->run(port, STEP_US), 0);
			port->ops->reap(port); /* the bus waits for that */
		}
		ck_assert_int_eq(read.status, USB_DONE);
		got += read.actual;
	}
	ck_assert_int_eq(write.status, USB_DONE);
	ck_assert_uint_eq(got, total);
	ck_assert_mem_eq(in, out, total);
}

START_TEST(bad_wires_change_nothing)
{
	struct usb_host_options options = {
		.ppm = _i % 2 ? 2500 : -2500,
		.jitter = 0.3,
		.gap = _i < 2 ? 1 : 5.5,
		.seed = 40 + (uint64_t)_i,
		.tries = 1000,
		.faults = { .bit_out = 0.02,
			    .bit_in = 0.02,
			    .cut = 0.02,
			    .lost_in = 0.03,
			    .lost_ack = 0.03,
			    .wrong_pid = 0.02,
			    .babble = 0.02,
			    .foreign = 0.02,
			    .twice = 0.05 },
	};

	plug_in(REF_GOOD, &options);
	ck_assert_int_eq(port->ops->reset(port), 0);
	loop_bytes(40001, options.seed);
	assert_clean();
	ck_assert_uint_gt(host->stats.repetitions, 50);
	ck_assert_uint_gt(host->stats.duplicates, 10);
}
END_TEST

START_TEST(nineteen_packets_a_frame)
{
	static uint8_t data[2560];
	size_t actual;
	uint64_t before;
	int frames = 0;

	plug_in(REF_GOOD, NULL);
	ck_assert_int_eq(port->ops->reset(port), 0);
	before = host->stats.frames;
	while (host->stats.frames == before) /* begin where a frame begins */
		port->ops->run(port, 1), usb_host_idle(host, 1);
	before = host->stats.frames;
	ck_assert_int_eq(transfer(OUT, data, 38 * 64, &actual), USB_DONE);
	frames = (int)(host->stats.frames - before);
	ck_assert_int_le(frames, 1); /* of 38 packets, 19 before the next SOF and 19 behind it */
	before = host->stats.frames;
	ck_assert_int_eq(transfer(IN, data, 38 * 64, &actual), USB_DONE);
	ck_assert_uint_eq(actual, 38 * 64);
	ck_assert_uint_le(host->stats.frames - before, 2);
	ck_assert_uint_eq(host->stats.late_frames, 0);
	ck_assert_uint_eq(device.frames, host->stats.frames);
	assert_clean();
}
END_TEST

START_TEST(late_frames_never_with_much_stuffing)
{
	static uint8_t data[REF_RING];
	struct usb_host_options options = { .gap = 5.5, .jitter = 0.3 };
	size_t actual;

	memset(data, 0xFF, sizeof(data));
	plug_in(REF_GOOD, &options);
	ck_assert_int_eq(port->ops->reset(port), 0);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(transfer(OUT, data, sizeof(data), &actual), USB_DONE);
		ck_assert_int_eq(transfer(IN, data, sizeof(data), &actual), USB_DONE);
		ck_assert_uint_eq(actual, sizeof(data));
	}
	ck_assert_uint_gt(host->stats.frames, 100);
	ck_assert_uint_eq(host->stats.late_frames, 0);
	assert_clean();
}
END_TEST

START_TEST(control_goes_on_while_bulk_is_refused)
{
	uint8_t out[64] = { 1 }, data[64];
	struct usb_transfer write = { .endpoint = OUT, .data = out, .length = sizeof(out) };
	size_t actual;

	plug_in(REF_GOOD, NULL);
	ck_assert_int_eq(port->ops->reset(port), 0);
	device.deaf = true;
	port->ops->submit(port, &write);
	port->ops->run(port, STEP_US);
	ck_assert_uint_gt(host->stats.naks, 10); /* asked again within the frame */
	ck_assert_int_eq(get_descriptor(data, 18, &actual), USB_DONE);
	ck_assert_int_eq(write.status, USB_PENDING);
	port->ops->cancel(port, &write);
	ck_assert_ptr_eq(port->ops->reap(port), &write);
	ck_assert_int_eq(write.status, USB_CANCELLED);
	assert_clean();
}
END_TEST

START_TEST(reset_in_mid_transfer)
{
	static uint8_t data[4096];
	struct usb_transfer write = { .endpoint = OUT, .data = data, .length = sizeof(data) };

	plug_in(REF_GOOD, NULL);
	ck_assert_int_eq(port->ops->reset(port), 0);
	port->ops->submit(port, &write);
	port->ops->run(port, STEP_US);
	ck_assert_int_eq(port->ops->reset(port), 0);
	ck_assert_int_eq(write.status, USB_CANCELLED);
	ck_assert_uint_gt(write.actual, 0);
	ck_assert_uint_lt(write.actual, sizeof(data));
	ck_assert_ptr_eq(port->ops->reap(port), &write);
	loop_bytes(1000, 5);
	assert_clean();
}
END_TEST

START_TEST(unplugged)
{
	uint8_t data[64];
	size_t actual;

	plug_in(REF_GOOD, NULL);
	ck_assert_int_eq(port->ops->reset(port), 0);
	device.unplugged = true;
	ck_assert_int_eq(transfer(IN, data, sizeof(data), &actual), USB_GONE);
	ck_assert_uint_eq(port->ops->run(port, STEP_US), 0);
	ck_assert_int_eq(port->ops->reset(port), -1);
}
END_TEST

/* ---- a device that breaks the rules ------------------------------------------------------------ */

static const struct {
	enum reference_fault fault;
	const char *violation;
} broken[] = {
	{ REF_WRONG_CRC, "wrong CRC-16" },
	{ REF_NO_STUFFING, "seven ones in a row" },
	{ REF_WRONG_PID, "PID and its complement differ" },
	{ REF_LATE, "an answer more than 7.5 bits after the host's packet" },
	{ REF_AFTER_TIMEOUT, "the device drives the wires out of turn" },
	{ REF_EARLY, "an answer less than 2 bits after the host's packet" },
	{ REF_SHORT_END, "the end of the packet is not two bits of SE0" },
	{ REF_HOLDS, "the wires are held behind the end of a packet" },
	{ REF_BABBLE, "longer than any packet" },
	{ REF_STUCK_TOGGLE, "a data toggle out of order" },
	{ REF_ALWAYS_DATA, "data where a handshake was due" },
	{ REF_FOREIGN, "an answer to another device's packet" },
};

START_TEST(violation_is_noticed)
{
	struct usb_host_options options = { .faults.foreign = broken[_i].fault == REF_FOREIGN ? 0.5
											      : 0,
					    .seed = 7 };
	uint8_t data[128] = { 1, 2, 3 };
	size_t actual;

	plug_in(REF_GOOD, &options);
	host->options.faults.foreign = 0;
	ck_assert_int_eq(port->ops->reset(port), 0);
	ck_assert_int_eq(transfer(OUT, data, sizeof(data), &actual), USB_DONE);
	assert_clean();
	host->options.faults = options.faults;
	device.fault = broken[_i].fault;
	for (int i = 0; i < 3; i++) {
		struct usb_transfer out = { .endpoint = OUT, .data = data, .length = 64 };
		struct usb_transfer in = { .endpoint = IN, .data = data, .length = 64 };

		port->ops->submit(port, &in);
		port->ops->submit(port, &out);
		port->ops->run(port, STEP_US);
		port->ops->run(port, STEP_US);
		port->ops->cancel(port, &in);
		port->ops->cancel(port, &out);
		while (port->ops->reap(port))
			continue;
	}
	ck_assert_uint_gt(host->stats.violations, 0);
	ck_assert_str_eq(host->stats.first_violation, broken[_i].violation);
}
END_TEST

START_TEST(silence_is_no_violation)
{
	uint8_t data[64];
	size_t actual;

	plug_in(REF_GOOD, NULL);
	ck_assert_int_eq(port->ops->reset(port), 0);
	device.fault = REF_SILENT;
	ck_assert_int_eq(transfer(IN, data, sizeof(data), &actual), USB_BROKEN);
	ck_assert_uint_eq(host->stats.repetitions, 3);
	assert_clean();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usb_host");
	TCase *t = tcase_create("packets");

	tcase_add_test(t, packets_of_a_real_bus);
	tcase_add_test(t, handshake_levels);
	tcase_add_test(t, data_returns_for_all_lengths);
	tcase_add_test(t, every_changed_level_is_noticed);
	suite_add_tcase(s, t);
	t = tcase_create("transfers");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, pull_out);
	tcase_add_loop_test(t, enumerates_at_every_offset, 0, 5);
	tcase_add_loop_test(t, bad_wires_change_nothing, 0, 4);
	tcase_add_test(t, nineteen_packets_a_frame);
	tcase_add_test(t, late_frames_never_with_much_stuffing);
	tcase_add_test(t, control_goes_on_while_bulk_is_refused);
	tcase_add_test(t, reset_in_mid_transfer);
	tcase_add_test(t, unplugged);
	tcase_add_loop_test(t, violation_is_noticed, 0, sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, silence_is_no_violation);
	suite_add_tcase(s, t);
	return check_main(s);
}
