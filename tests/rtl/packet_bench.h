/* SPDX-License-Identifier: MIT
 * The packet_link bench's fixture, and what packet_rx says about the bytes it is given. */
#ifndef TESTS_RTL_PACKET_BENCH_H
#define TESTS_RTL_PACKET_BENCH_H

#include <check.h>

#include "packet_link.h"
#include "rtl/packets.h"

#define TIMEOUT G_TIMEOUT
#define MOST 3000

/* What packet_rx said about one packet. */
struct seen {
	struct packet p; /* sequence and payload from the bytes marked `field` */
	bool pause, version_ok, crc_ok, timed_out;
	uint8_t bytes[4 + MOST]; /* sequence, length, payload */
	size_t fields;
};

static struct link_sim *sim;
static struct link_in in;
static struct link_out out;
static long now;
static int gap;  /* percent of clocks without a byte, or in which its taker is not ready */
static int lost; /* resync pulses */
static struct seen seen;
static uint8_t payload[MOST], bytes[MOST + 64];

static inline void clock(void)
{
	link_sim_clock(sim, &in, &out);
	now++;
	lost += out.resync;
	if (out.field)
		seen.bytes[seen.fields++ % sizeof(seen.bytes)] = in.rx_data;
	ck_assert(!out.p_valid || out.field == in.p_ready);
}

static inline void set_up(void)
{
	seed_start("packet_link " UNIT_CFG, 77);
	sim = link_sim_open();
	ck_assert_ptr_nonnull(sim);
	memset(&in, 0, sizeof(in));
	in.rst = true;
	clock();
	in.rst = false;
	gap = 0;
	lost = 0;
}

static inline void tear_down(void)
{
	link_sim_close(sim);
}

/* One clock of the receiver with its takers ready or not; true when a packet has ended. */
static inline bool receive_clock(void)
{
	in.head_ready = below(100) >= gap;
	in.p_ready = below(100) >= gap;
	in.tail_ready = below(100) >= gap;
	clock();
	if (out.head) {
		ck_assert_uint_eq(seen.fields % 4, 0);
		seen.p.type = out.kind;
		seen.p.length = out.length;
		memmove(seen.bytes, seen.bytes + seen.fields - 4, 4);
		seen.fields = 4;
		seen.pause = out.pause;
		seen.version_ok = out.version_ok;
	}
	seen.crc_ok = out.crc_ok;
	seen.timed_out = out.timed_out;
	return out.tail && in.tail_ready;
}

/* Sends n bytes; true when a packet ended, *used of them have been taken then. */
static inline bool receive(const uint8_t *data, size_t n, size_t *used)
{
	*used = 0;
	while (*used < n) {
		bool ended;

		if (!in.rx_valid)
			in.rx_valid = below(100) >= gap;
		in.rx_data = data[*used];
		ended = receive_clock();
		if (in.rx_valid && out.rx_ready) {
			++*used;
			in.rx_valid = false;
		}
		if (ended)
			return true;
	}
	return false;
}

/* Clocks without a byte; true when a packet ended. */
static inline bool receive_wait(int n)
{
	in.rx_valid = false;
	while (n-- > 0)
		if (receive_clock())
			return true;
	return false;
}

#endif
