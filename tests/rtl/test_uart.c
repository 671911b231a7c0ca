/* SPDX-License-Identifier: MIT
 * uart_rx, uart_fifo, uart_tx: bytes back to back at rates up to 2.5 % off and with jitter, random stalls of the
 * reader, noise, framing errors, breaks, reset in the middle of a byte, more bytes than there is room for;
 * the rate of the transmitter. */
#include <stdio.h>

#include "check_main.h"
#include "uart.h"
#include "uart_line/uart_line.h"

enum { BYTES = 3000, ROOM = 511, RATES = 5 };

static const double bit = (double)G_CLOCK_HZ / G_BAUD;
static const double rates[RATES] = { 1.0, 0.975, 1.025, 0.9987, 1.0013 };

static uint64_t state;

static unsigned draw(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

struct bench {
	struct uart_sim *sim;
	struct uart_sender sender;
	struct uart_pins pins;
	unsigned stall; /* percent of clocks in which nobody takes a byte */
	bool flip;      /* the line, in this clock */
};

static void begin(struct bench *b, double rate, double jitter)
{
	*b = (struct bench){ .sim = uart_sim_open(), .pins = { .tx_byte = -1 } };
	ck_assert_ptr_nonnull(b->sim);
	uart_sender_begin(&b->sender, bit / rate, jitter * bit, state);
}

/* One clock; the byte that was taken, or -1. */
static int step(struct bench *b)
{
	b->pins.rx_line = uart_sender_step(&b->sender) ^ b->flip;
	b->pins.rx_ready = draw(100) >= b->stall;
	uart_sim_clock(b->sim, &b->pins);
	b->flip = false;
	return b->pins.rx_ready ? b->pins.rx_byte : -1;
}

/* Until the frame is on its way out; what came is put behind got, of which there are *count. */
static void drain(struct bench *b, int bits, uint8_t *got, int *count)
{
	for (int i = 0; i < bits * (int)(bit + 1); i++) {
		int byte = step(b);

		if (byte >= 0) {
			ck_assert_int_lt(*count, BYTES);
			got[(*count)++] = (uint8_t)byte;
		}
	}
}

static void send(struct bench *b, unsigned frame, uint8_t *got, int *count)
{
	while (!uart_sender_free(&b->sender))
		drain(b, 1, got, count);
	uart_sender_put_frame(&b->sender, frame);
}

static unsigned frame_of(unsigned byte)
{
	return 0x200 | (byte & 0xFF) << 1;
}

/* BYTES bytes back to back, then, with gaps of random length. */
static void receive(double rate, double jitter, unsigned stall, unsigned gap)
{
	static uint8_t sent[BYTES];
	struct bench b;
	int put = 0, got = 0;
	long clocks = 0;

	begin(&b, rate, jitter);
	b.stall = stall;
	while (got < BYTES) {
		int byte;

		if (put < BYTES && uart_sender_free(&b.sender) && draw(gap + 1) == 0) {
			sent[put] = (uint8_t)draw(256);
			uart_sender_put(&b.sender, sent[put++]);
		}
		byte = step(&b);
		if (byte >= 0) {
			ck_assert_int_lt(got, put);
			ck_assert_msg(byte == sent[got], "byte %d of rate %g, jitter %g: %d for %d",
				      got, rate, jitter, byte, sent[got]);
			got++;
		}
		if (clocks++ > 2L * BYTES * (long)(12 * bit + gap))
			ck_abort_msg("rate %g, jitter %g: %d of %d bytes came", rate, jitter, got,
				     BYTES);
	}
	uart_sim_close(b.sim);
}

START_TEST(rates_and_jitter)
{
	double rate = rates[_i];
	/* At 4 clocks a bit the synchroniser's own uncertainty is half of what there is. */
	double jitter = bit < 8 ? 0.05 : 0.15;

	state = (uint64_t)_i + 1;
	receive(rate, 0, 0, 0);
	receive(rate, jitter, 0, 0);
	receive(rate, jitter, 50, 0);
	receive(rate, jitter, 90, 3);
	receive(rate, 0, 0, (unsigned)(20 * bit));
}
END_TEST

/* Pulses of one clock, in bytes (not beside an edge) and between them, change nothing; neither does a start
 * bit that is over before its middle. */
START_TEST(noise)
{
	uint8_t got[BYTES];
	int count = 0, bytes = 400, short_start = (int)(bit / 2) - 2;
	struct bench b;

	state = 7;
	begin(&b, 1, 0);
	for (int i = 0; i < bytes; i++) {
		send(&b, frame_of((unsigned)i * 73), got, &count);
		for (int n = 0; n < (int)(12 * bit); n++) {
			int byte;

			b.flip = bit >= 16 && n % (int)bit == 4;
			byte = step(&b);
			if (byte >= 0)
				got[count++] = (uint8_t)byte;
		}
		for (int n = 0; n < short_start; n++) {
			b.flip = true;
			if (step(&b) >= 0)
				ck_abort_msg("a byte from a pulse of %d clocks", short_start);
		}
		drain(&b, 11, got, &count);
	}
	ck_assert_int_eq(count, bytes);
	for (int i = 0; i < bytes; i++)
		ck_assert_int_eq(got[i], i * 73 & 0xFF);
	uart_sim_close(b.sim);
}
END_TEST

/* Bytes without a stop bit and breaks are dropped, the bytes behind them are not. */
START_TEST(framing_errors)
{
	uint8_t got[BYTES];
	int count = 0, want = 0;
	struct bench b;

	state = 8;
	begin(&b, 1.02, 0.02);
	for (int i = 0; i < 300; i++) {
		unsigned byte = draw(256);
		int bad = (int)draw(3);

		send(&b, bad == 0 ? frame_of(byte) : bad == 1 ? byte << 1 : 0, got, &count);
		for (unsigned n = draw(4); bad == 2 && n > 0; n--)
			send(&b, 0, got, &count);
		drain(&b, 14, got, &count);
		want += bad == 0;
		ck_assert_int_eq(count, want);
		if (bad == 0)
			ck_assert_uint_eq(got[count - 1], byte);
	}
	uart_sim_close(b.sim);
}
END_TEST

/* At every clock of a byte: both directions begin anew, and the next byte is good. */
START_TEST(reset_in_a_byte)
{
	for (int at = 0; at < (int)(11 * bit); at++) {
		uint8_t got[BYTES];
		int count = 0;
		struct bench b;

		state = (uint64_t)at;
		begin(&b, 1, 0);
		b.stall = 100;
		send(&b, frame_of(0x5A), got, &count);
		drain(&b, 12, got, &count);
		uart_sender_put(&b.sender, 0xFF);
		b.pins.tx_byte = 0;
		for (int n = 0; n < at; n++)
			step(&b);
		b.pins.rst = true;
		b.pins.tx_byte = -1;
		step(&b);
		b.pins.rst = false;
		b.stall = 0;
		step(&b);
		ck_assert(b.pins.tx_line);
		drain(&b, 14, got, &count);
		ck_assert_int_le(count, 1); /* what the start bit's edge, still to be seen, began */
		count = 0;
		send(&b, frame_of(0xC3), got, &count);
		drain(&b, 12, got, &count);
		ck_assert_int_eq(count, 1);
		ck_assert_int_eq(got[0], 0xC3);
		uart_sim_close(b.sim);
	}
}
END_TEST

/* Nobody takes bytes: the first ROOM stay, those that find no room are lost, then all is as before. */
START_TEST(overrun)
{
	uint8_t got[BYTES];
	int count = 0;
	struct bench b;

	state = 9;
	begin(&b, 1, 0);
	b.stall = 100;
	for (int i = 0; i < ROOM + 100; i++)
		send(&b, frame_of((unsigned)i * 31), got, &count);
	drain(&b, 12, got, &count);
	ck_assert_int_eq(count, 0);
	b.stall = 0;
	drain(&b, 3 * ROOM, got, &count);
	ck_assert_int_eq(count, ROOM);
	for (int i = 0; i < 200; i++)
		send(&b, frame_of((unsigned)i * 7), got, &count);
	drain(&b, 12, got, &count);
	ck_assert_int_eq(count, ROOM + 200);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(got[i], (i < ROOM ? i * 31 : (i - ROOM) * 7) & 0xFF);
	uart_sim_close(b.sim);
}
END_TEST

/* Bytes out, with and without pauses, to a receiver whose clock is off; the rate without. */
static void transmit(double rate, unsigned pause, bool timed)
{
	static uint8_t sent[BYTES];
	struct uart_receiver r;
	struct bench b;
	int put = 0, got = 0;
	long clocks = 0;

	begin(&b, 1, 0);
	uart_receiver_begin(&r, bit / rate);
	while (got < BYTES) {
		int byte;

		if (b.pins.tx_byte < 0 && put < BYTES && draw(pause + 1) == 0)
			b.pins.tx_byte = sent[put] = (uint8_t)draw(256);
		step(&b);
		if (b.pins.tx_taken) {
			put++;
			b.pins.tx_byte = -1;
			if (pause == 0 && put < BYTES)
				b.pins.tx_byte = sent[put] = (uint8_t)draw(256);
		}
		byte = uart_receiver_step(&r, b.pins.tx_line);
		if (byte != UART_NOTHING)
			ck_assert_int_eq(byte, sent[got++]);
		clocks++;
	}
	if (timed) {
		double ideal = BYTES * UART_FRAME_BITS * bit;

		printf("%s: %.0f bytes a second\n", UNIT_CFG,
		       BYTES * (double)G_CLOCK_HZ / (double)clocks);
		ck_assert(clocks > 0.999 * ideal && clocks < 1.001 * ideal);
	}
	uart_sim_close(b.sim);
}

START_TEST(transmitter)
{
	state = 10 + (uint64_t)_i;
	transmit(rates[_i], 0, _i == 0);
	transmit(rates[_i], (unsigned)(5 * bit), false);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("uart@" UNIT_CFG);
	TCase *t = tcase_create("uart");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, rates_and_jitter, 0, RATES);
	tcase_add_test(t, noise);
	tcase_add_test(t, framing_errors);
	tcase_add_test(t, reset_in_a_byte);
	tcase_add_test(t, overrun);
	tcase_add_loop_test(t, transmitter, 0, RATES);
	suite_add_tcase(s, t);
	return check_main(s);
}
