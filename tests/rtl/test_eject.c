/* SPDX-License-Identifier: MIT
 * eject against eject_ref: every pin in every clock, and the state block, for random belts.
 * Prints its seed; the environment variable SEED overrides it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_main.h"
#include "common/eject_ref.h"
#include "eject.h"
#include "fields.h"
#include "random_net.h"

#ifndef G_NOW
#define G_NOW 0
#endif

enum { SYNC = 2, MARGIN_CLOCKS = 3, SETTLED = 25, ROUNDS = 80, ROUND_TICKS = 3000 };
enum { MAX_SCORES = 64, APART = 4 };

/* How often things happen in a round: once in so many ticks, 0: never. */
struct rates {
	unsigned eye, encoder, image, drop, changed, alive, results_ticks;
};

static struct eject_sim *sim;
static struct eject_ref ref;
static struct eject_in in;
static struct eject_ref_in seen;
static struct random_source source;
static uint64_t clocks;
static bool eye_was[SYNC], encoder_was[SYNC];
static uint32_t words[JB_OUT_WORDS]; /* of the packet that comes */
static int words_sent, check_word, check_index;
static bool checking;
/* the image on its way */
static int next_number, flying[4], flyings, run_wait, scores_left, pixels_left, apart;
static int64_t result_at;
static int32_t best, second;
static int reached; /* sum of causes met */

static unsigned draw(unsigned n)
{
	return (unsigned)random_below(&source, (int)n);
}

static bool once_in(unsigned n)
{
	return n && draw(n) == 0;
}

/* One clock: the pins of the last tick hold; what comes now is of the next. */
static void one_clock(void)
{
	struct eject_out out;

	in.state_word = (int)draw(JB_OST_WORDS);
	in.state_index = (int)draw(32);
	out = eject_sim_clock(sim, &in);
	ck_assert_msg(out.valve == ref.pins, "clock %" PRIu64 ": pins %02x, not %02x", clocks,
		      out.valve, ref.pins);
	if (checking)
		ck_assert_msg(out.state_bit ==
				      (eject_ref_state(&ref, check_word) >> check_index & 1),
			      "clock %" PRIu64 ": bit %d of state word %d is %d", clocks,
			      check_index, check_word, out.state_bit);
	if (clocks % G_CYCLES == 0) {
		seen.eye = eye_was[SYNC - 1];
		seen.encoder = encoder_was[SYNC - 1];
		eject_ref_tick(&ref, &seen);
		reached |= (int)ref.cause;
		seen = (struct eject_ref_in){ 0 };
	}
	checking = clocks % G_CYCLES >= SETTLED;
	check_word = in.state_word;
	check_index = in.state_index;
	eye_was[1] = eye_was[0];
	eye_was[0] = in.eye;
	encoder_was[1] = encoder_was[0];
	encoder_was[0] = in.encoder;

	seen.alive |= in.alive;
	seen.changed |= in.changed;
	seen.start |= in.start;
	if (in.push) {
		seen.push = true;
		seen.push_number = in.push_number;
	}
	if (in.configure)
		seen.configure = words;
	seen.drop |= in.drop;
	if (result_at == (int64_t)clocks) {
		seen.result = true;
		seen.result_number = in.run_number;
		seen.result_class = in.res_class;
		seen.margin = (uint32_t)best - (uint32_t)second;
	}
	clocks++;
}

static uint32_t time_below(unsigned n)
{
	return draw(4) ? draw(n) : 0;
}

static void draw_words(struct rates *r)
{
	static const unsigned often[] = { 20, 60, 200, 600, 6000 };
	unsigned wide = often[draw(5)];

	for (int i = 0; i < JB_OUT_WORDS; i++)
		words[i] = draw(1u << 16) << 16 | draw(1u << 16);
	FIELD_SET(words, OUT_ARM, draw(20) > 0);
	FIELD_SET(words, OUT_FILTER, draw(2) * draw(6));
	FIELD_SET(words, OUT_FROM, time_below(30));
	FIELD_SET(words, OUT_TO, 10 + draw(wide));
	FIELD_SET(words, OUT_DEADLINE, draw(draw(2) ? wide : 100));
	FIELD_SET(words, OUT_SPACING, time_below(wide / 2));
	FIELD_SET(words, OUT_WATCHDOG, draw(3) ? 0 : 100 + draw(2000));
	for (int o = 0; o < JB_OUT_OUTPUTS; o++) {
		words[JB_OUT_DELAY_WORD + o] = draw(2 * wide);
		words[JB_OUT_PULSE_WORD + o] = draw(wide);
	}
	for (int c = 0; c < 64; c++)
		words[JB_OUT_CLASS_WORD + c] = draw(10) << JB_OUT_CLASS_LSB |
					       (draw(2) ? draw(40) : draw(1u << 28));
	if (wide == 6000) { /* pulses or parts pile up */
		FIELD_SET(words, OUT_ARM, 1);
		FIELD_SET(words, OUT_EYE, 1);
		FIELD_SET(words, OUT_LATE, draw(JB_OUT_OUTPUTS));
		FIELD_SET(words, OUT_DEADLINE, draw(2) ? draw(100) : wide);
		FIELD_SET(words, OUT_ENCODER, 0);
		FIELD_SET(words, OUT_WATCHDOG, 0);
		for (int o = 0; o < JB_OUT_OUTPUTS; o++)
			words[JB_OUT_DELAY_WORD + o] |= 1u << 13;
	}
	r->eye = 1 + draw(wide < 600 ? wide / 2 : 40);
	r->encoder = 1 + draw(4);
	r->image = 1 + draw(wide / 2);
	r->drop = draw(3) ? 0 : 400;
	r->changed = draw(3) || wide == 6000 ? 0 : 1500;
	r->alive = 1 + draw(600);
	r->results_ticks = 1 + draw(wide);
}

/* Words of the packet, one now and then; false when all are there. */
static bool send_words(void)
{
	if (words_sent == JB_OUT_WORDS) {
		in.word_valid = false;
		return false;
	}
	in.word_valid = draw(4) == 0;
	in.word_first = words_sent == 0;
	in.word = words[words_sent];
	words_sent += in.word_valid;
	return true;
}

/* Pixels of an image, then it waits for the engine. */
static void fly(const struct rates *r)
{
	in.start = in.push = false;
	if (apart > 0)
		apart--;
	if (pixels_left > 0 && --pixels_left == 0) {
		in.push = true;
		in.push_number = next_number;
		flying[flyings++] = next_number;
		next_number = (next_number + 1) & 3;
		if (flyings == 1)
			run_wait = (int)draw(r->results_ticks * G_CYCLES + 1) + 1;
		apart = APART * G_CYCLES;
	} else if (pixels_left == 0 && apart == 0 && flyings < 2 && once_in(r->image * G_CYCLES)) {
		in.start = true;
		pixels_left = G_CYCLES + (int)draw(20 * G_CYCLES);
	}
}

/* Scores of the oldest image, then done. */
static void run(const struct rates *r)
{
	static bool spread;

	in.res_we = in.done = false;
	if (scores_left > 0) {
		in.res_we = draw(3) > 0;
		if (!in.res_we)
			return;
		in.res_score = spread ? draw(1u << 16) << 16 | draw(1u << 16) : draw(41) - 20u;
		if ((int32_t)in.res_score > best) {
			second = best;
			best = (int32_t)in.res_score;
		} else if ((int32_t)in.res_score > second) {
			second = (int32_t)in.res_score;
		}
		in.done = --scores_left == 0;
		if (in.done) {
			in.res_class = (int)draw(64);
			result_at = (int64_t)clocks + MARGIN_CLOCKS;
			flying[0] = flying[1];
			flyings--;
			run_wait = APART * G_CYCLES + (int)draw(r->results_ticks * G_CYCLES + 1);
		}
	} else if (flyings > 0 && --run_wait <= 0 && result_at < (int64_t)clocks) {
		in.run_number = flying[0];
		scores_left = 2 + (int)draw(MAX_SCORES - 1);
		spread = draw(4) == 0;
		best = second = INT32_MIN;
	}
}

static void drop(const struct rates *r)
{
	in.drop = once_in(r->drop * G_CYCLES);
	if (!in.drop)
		return;
	in.start = in.push = in.res_we = in.done = false;
	pixels_left = flyings = scores_left = next_number = 0;
	if (result_at > (int64_t)clocks)
		result_at = -1;
	apart = APART * G_CYCLES;
}

/* A clock, and what comes in the next. */
static void belt_clock(const struct rates *r)
{
	one_clock();
	in.eye ^= once_in(r->eye * G_CYCLES / 2);
	in.encoder ^= once_in(r->encoder * G_CYCLES / 2);
	in.alive = once_in(r->alive * G_CYCLES);
	in.changed = once_in(r->changed * G_CYCLES);
	fly(r);
	run(r);
	drop(r);
}

static void open_sim(void)
{
	const char *env = getenv("SEED");

	source.state = env ? strtoull(env, NULL, 0) : 1;
	printf("seed %" PRIu64 "\n", source.state);
	sim = eject_sim_open();
	ck_assert_ptr_nonnull(sim);
	in = (struct eject_in){ .rst = true };
	eject_sim_clock(sim, &in);
	eject_sim_clock(sim, &in);
	in.rst = false;
	eject_ref_reset(&ref);
	ref.now = G_NOW;
	result_at = -1;
}

START_TEST(random_belts)
{
	struct rates rates = { 0 }, next = { 0 };

	open_sim();
	for (int round = 0; round < ROUNDS; round++) {
		/* A packet that is refused in the end changes nothing; another follows. */
		bool refused = draw(4) == 0;
		uint64_t end = clocks + (uint64_t)(refused ? 50 : ROUND_TICKS) * G_CYCLES;

		draw_words(&next);
		words_sent = 0;
		while (send_words())
			belt_clock(&rates);
		in.configure = !refused;
		if (!refused)
			rates = next;
		while (clocks < end) {
			belt_clock(&rates);
			in.configure = false;
		}
	}
	eject_sim_close(sim);
	ck_assert_int_eq(reached, JB_OST_CAUSE_WATCHDOG | JB_OST_CAUSE_PARTS | JB_OST_CAUSE_PULSES |
					  JB_OST_CAUSE_MODEL);
}
END_TEST

/* One part by the eye, decided in time: its pulse begins and ends at the clock the rule says. */
START_TEST(one_part)
{
	enum { EYE = 1000, DELAY = 5000, PULSE = 120, OUTPUT = 3 };
	uint64_t rise = 0, fall = 0, edge, first;

	open_sim();
	FIELD_SET(words, OUT_ARM, 1);
	FIELD_SET(words, OUT_EYE, 1);
	FIELD_SET(words, OUT_LATE, OUTPUT);
	FIELD_SET(words, OUT_DEADLINE, DELAY);
	FIELD_SET(words, OUT_TO, DELAY);
	words[JB_OUT_DELAY_WORD + OUTPUT] = DELAY;
	words[JB_OUT_PULSE_WORD + OUTPUT] = PULSE;
	while (send_words())
		one_clock();
	in.configure = true;
	one_clock();
	in.configure = false;
	while (clocks < EYE * G_CYCLES + 7)
		one_clock();
	edge = clocks;
	in.eye = true;
	while (clocks < (EYE + DELAY + PULSE + 10) * G_CYCLES) {
		bool on = ref.pins >> OUTPUT & 1;

		one_clock();
		if (!on && ref.pins >> OUTPUT & 1)
			rise = clocks;
		if (on && !(ref.pins >> OUTPUT & 1))
			fall = clocks;
	}
	eject_sim_close(sim);
	/* Seen at the first tick from two clocks later on; the pin follows the tick by one clock. */
	first = (edge + SYNC + G_CYCLES - 1) / G_CYCLES;
	ck_assert_uint_eq(rise, (first + DELAY + 1) * G_CYCLES + 1);
	ck_assert_uint_eq(fall - rise, PULSE * G_CYCLES);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("eject@" UNIT_CFG);
	TCase *t = tcase_create("eject");

	tcase_set_timeout(t, 240);
	tcase_add_test(t, one_part);
	tcase_add_test(t, random_belts);
	suite_add_tcase(s, t);
	return check_main(s);
}
