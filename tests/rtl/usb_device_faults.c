/* SPDX-License-Identifier: MIT
 * usb_device on bad wires: bulk transactions both ways with faults injected, no byte lost, doubled or
 * changed; throughput on good ones. SEED and TRANSACTIONS (environment) change the long run. */
#include <stdio.h>
#include <string.h>

#include "jetbnn_defs.h"
#include "usb_bench.h"

enum { OUT = JB_USB_EP_OUT, IN = JB_USB_EP_IN, BUS_LIMIT = 19 * 64 * 1000, CHUNK = 4096 };

/* Two endless streams of random bytes through the loop of the far side, checked as they return. */
struct streams {
	struct bench bench;
	uint64_t sent_seed, expected_seed;
	uint64_t sent, returned, wrong;
	uint8_t out[CHUNK], in[CHUNK];
	struct usb_transfer write, read;
};

static void refill(struct streams *s)
{
	/* Lengths that end with full, short and empty packets. */
	s->write.length = 1 + usb_random(&s->bench.far.seed, CHUNK);
	for (size_t i = 0; i < s->write.length; i++)
		s->out[i] = (uint8_t)usb_random(&s->sent_seed, 256);
	s->write.data = s->out;
	s->write.endpoint = OUT;
	s->sent += s->write.length;
	s->bench.port->ops->submit(s->bench.port, &s->write);
}

static void listen_in(struct streams *s)
{
	s->read.data = s->in;
	s->read.length = CHUNK;
	s->read.endpoint = IN;
	s->bench.port->ops->submit(s->bench.port, &s->read);
}

static void check_in(struct streams *s)
{
	for (size_t i = 0; i < s->read.actual; i++)
		s->wrong += s->in[i] != (uint8_t)usb_random(&s->expected_seed, 256);
	s->returned += s->read.actual;
}

static void stream(struct streams *s, uint64_t transactions)
{
	struct usb_host_stats *stats = &bench_host(&s->bench)->stats;

	s->sent_seed = s->expected_seed = 99;
	s->bench.far.loop = true;
	refill(s);
	listen_in(s);
	while (s->returned < s->sent || stats->transactions < transactions) {
		struct usb_transfer *t = s->bench.port->ops->reap(s->bench.port);

		ck_assert_uint_gt(s->bench.port->ops->run(s->bench.port, TIMEOUT_US), 0);
		if (!t)
			continue;
		ck_assert_int_eq(t->status, USB_DONE);
		if (t == &s->read) {
			check_in(s);
			listen_in(s);
		} else if (stats->transactions < transactions) {
			refill(s);
		}
	}
	ck_assert_uint_eq(s->returned, s->sent);
	ck_assert_uint_eq(s->wrong, 0);
}

static struct streams streams;

START_TEST(no_byte_lost_doubled_or_changed)
{
	const char *seed = getenv("SEED"), *count = getenv("TRANSACTIONS");
	const double ppm[] = { 2500, -2500, 400 };
	const unsigned stall[] = { 0, 98,
				   50 }; /* 98: slower than the bus, so that packets are refused */
	struct usb_host_options options = {
		.ppm = ppm[_i],
		.jitter = 0.3,
		.seed = (seed ? strtoull(seed, NULL, 0) : 1) + (uint64_t)_i,
		.gap = 5,
		.tries = 1000, /* far more faults than a cable has */
		.faults = { .bit_out = 0.01,
			    .bit_in = 0.01,
			    .cut = 0.01,
			    .lost_in = 0.02,
			    .lost_ack = 0.02,
			    .wrong_pid = 0.01,
			    .babble = 0.01,
			    .foreign = 0.01 },
	};
	uint64_t transactions = count ? strtoull(count, NULL, 0) : 34000;
	const struct usb_host_stats *stats;

	memset(&streams, 0, sizeof(streams));
	bench_open(&streams.bench, &options, true);
	streams.bench.far.stall = stall[_i];
	stream(&streams, transactions);
	stats = &bench_host(&streams.bench)->stats;
	printf("ppm %5.0f, seed %llu: %llu transactions, %llu repeated, %llu duplicates, %llu NAKs; "
	       "%llu bytes each way, lost, doubled or changed: %llu\n",
	       ppm[_i], (unsigned long long)options.seed, (unsigned long long)stats->transactions,
	       (unsigned long long)stats->repetitions, (unsigned long long)stats->duplicates,
	       (unsigned long long)stats->naks, (unsigned long long)streams.returned,
	       (unsigned long long)streams.wrong);
	ck_assert_uint_gt(stats->repetitions, transactions / 50);
	ck_assert_uint_gt(stats->duplicates, transactions / 200);
	if (_i == 1)
		ck_assert_uint_gt(stats->naks, transactions / 100);
	bench_close(&streams.bench);
}
END_TEST

START_TEST(throughput)
{
	static uint8_t data[64 * 1024];
	struct bench *b = &streams.bench;
	uint64_t seed = 3;
	double start, rate;
	size_t actual;

	bench_open(b, NULL, true);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = b->far.out[i % RING] = (uint8_t)usb_random(&seed, 256);
	if (_i) /* the far side has all of it at hand */
		b->far.out_count = RING;
	start = usb_host_time(bench_host(b));
	for (size_t at = 0; at < sizeof(data); at += 16384) /* transfers as drivers queue them */
		ck_assert_int_eq(bench_bulk(b, _i ? IN : OUT, data + at, 16384, false, &actual),
				 USB_DONE);
	rate = sizeof(data) / ((usb_host_time(bench_host(b)) - start) * 1e-6);
	printf("bulk %s: %.0f byte/s, %.1f %% of the bus limit %d\n", _i ? "IN" : "OUT", rate,
	       100 * rate / BUS_LIMIT, BUS_LIMIT);
	ck_assert_double_ge(rate, 0.95 * BUS_LIMIT);
	usb_host_idle(bench_host(b), 50);
	if (_i)
		ck_assert_mem_eq(data, b->far.out, sizeof(data));
	else
		ck_assert_mem_eq(data, b->far.in, sizeof(data));
	bench_close(b);
}
END_TEST

TCase *usb_fault_cases(void)
{
	TCase *t = tcase_create("wires");

	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, throughput, 0, 2);
	tcase_add_loop_test(t, no_byte_lost_doubled_or_changed, 0, 3);
	return t;
}
