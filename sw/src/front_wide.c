/* SPDX-License-Identifier: MIT
 * Code words of the wide front end. A slot a channel, the last slot the last channel. Values of a
 * channel are numbered with those of the 3x3 corner first, so that K = 3 needs the first ones only:
 *   0..8: dy*3 + dx   9..16: 9 + dy*2 + dx - 3 (dy below 4)   17..24: 17 + dx (dy 3), 20 + dx (dy 4)
 * Jets: step s offers numbers 0..8, 9..16 or 17..24, a code is the offset from the first or "none".
 * Raw pixels: step s has numbers 5s..5s+4; four of a channel are one choice, the fifth ones of all
 * channels another: a sign, and for each other pixel whether its sign differs. */
#include "front_wide.h"

#include <stdbool.h>

#include "jetbnn_defs.h"

#define PIXEL_CENTRE 128

enum { CORNER = 3, CORNER_VALUES = 9, BESIDE_VALUES = 8, STEP_PIXELS = 5 };
#define SLOT_BITS 5
#define SLOT_NEGATIVE 16
#define FIFTH_AT 15 /* three slots */
#define FIFTH_NEGATIVE 4

static int number_of(int dy, int dx)
{
	if (dy < CORNER && dx < CORNER)
		return dy * CORNER + dx;
	if (dx >= CORNER && dy <= CORNER)
		return CORNER_VALUES + dy * 2 + dx - CORNER;
	return CORNER_VALUES + BESIDE_VALUES + (dy > CORNER ? CORNER + dx : dx);
}

int wide_steps(const struct net_layer *l)
{
	if (l->kind == NET_BCONV)
		return l->k == 5 ? 5 : 2;
	return l->k == 5 ? 3 : 1;
}

/* Is the weight of pixel `number` of a channel negative? Pixels without weight are 0. */
static bool weight_negative(const struct net_layer *l, const struct model_layer *m, int output,
			    int channel, int number)
{
	int taps = l->k * l->k;
	const int8_t *w = m->weight + (size_t)(output * l->in_ch + channel) * (size_t)taps;

	if (l->k == 1) /* the newest pixel of a 3x3 window */
		return number == CORNER_VALUES - 1 && *w < 0;
	for (int i = 0; i < taps; i++)
		if (number_of(i / l->k, i % l->k) == number)
			return w[i] < 0;
	return false;
}

static uint32_t jet_choice(const struct net_layer *l, const struct model_layer *m, int output,
			   int channel, int step)
{
	size_t pair = (size_t)(output * l->in_ch + channel);
	int kernel = m->kernel[l->kind == NET_SJET ? (size_t)output : pair];
	int number = number_of(kernel / l->k, kernel % l->k);
	int first = step ? CORNER_VALUES + (step - 1) * BESIDE_VALUES : 0;
	int count = step ? BESIDE_VALUES : CORNER_VALUES;

	if (number < first || number >= first + count)
		return JB_WIDE_NONE;
	return (uint32_t)(number - first) | (m->sign[pair] < 0 ? SLOT_NEGATIVE : 0);
}

/* Sign of the first, and which of the others differ from it. */
static uint32_t pattern(const bool *negative, int count, uint32_t sign)
{
	uint32_t code = negative[0] ? sign : 0;

	for (int i = 1; i < count; i++)
		code |= (uint32_t)(negative[i] != negative[0]) << (i - 1);
	return code;
}

static uint32_t raw_choice(const struct net_layer *l, const struct model_layer *m, int output,
			   int channel, int step)
{
	bool negative[STEP_PIXELS - 1];

	for (int i = 0; i < STEP_PIXELS - 1; i++)
		negative[i] = weight_negative(l, m, output, channel, step * STEP_PIXELS + i);
	return pattern(negative, STEP_PIXELS - 1, SLOT_NEGATIVE);
}

/* Last channel first. */
static uint32_t fifth_choice(const struct net_layer *l, const struct model_layer *m, int output,
			     int step)
{
	bool negative[JB_WIDE_SLOTS] = { false };

	for (int i = 0; i < l->in_ch; i++)
		negative[i] = weight_negative(l, m, output, l->in_ch - 1 - i,
					      step * STEP_PIXELS + STEP_PIXELS - 1);
	return pattern(negative, l->in_ch, FIFTH_NEGATIVE);
}

uint32_t wide_code(const struct net_layer *l, const struct model_layer *m, int slots, int output,
		   int step)
{
	uint32_t code = 0;

	for (int s = 0; s < slots; s++) {
		int channel = s - (slots - l->in_ch);
		uint32_t choice = JB_WIDE_NONE;

		if (channel >= 0 && output < l->out)
			choice = l->kind == NET_BCONV ? raw_choice(l, m, output, channel, step)
						      : jet_choice(l, m, output, channel, step);
		code |= choice << (SLOT_BITS * s);
	}
	if (l->kind == NET_BCONV && output < l->out)
		code |= fifth_choice(l, m, output, step) << FIFTH_AT;
	return code;
}

int32_t wide_threshold(const struct net_layer *l, const struct model_layer *m, int output)
{
	int count = l->kind == NET_BCONV ? l->in_ch * l->k * l->k : l->in_ch;
	int smooth = 1 << 2 * (l->k - 1); /* sum of kernel 0, that of all others is 0 */
	int64_t sum = 0, threshold = m->threshold[output];

	for (int i = 0; i < count; i++) {
		size_t at = (size_t)(output * count + i);

		if (l->kind == NET_BCONV)
			sum += m->weight[at];
		else if (m->kernel[l->kind == NET_SJET ? (size_t)output : at] == 0)
			sum += m->sign[at] * smooth;
	}
	threshold -= PIXEL_CENTRE * sum;
	return threshold > INT32_MAX   ? INT32_MAX
	       : threshold < INT32_MIN ? INT32_MIN
				       : (int32_t)threshold;
}
