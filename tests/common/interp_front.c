/* SPDX-License-Identifier: MIT
 * Executes program words: front end. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "program_interp.h"
#include "ref.h"

static int clamp(int v, int count)
{
	return v < 0 ? 0 : v >= count ? count - 1 : v;
}

/* What the front end stores for an output position: jets or raw pixels, of pixels less `centre`. */
static void fill_store(const uint32_t *d, const uint8_t *pixels, int centre, int row, int col,
		       int32_t *store)
{
	int k = (int)FIELD(d, F_K), channels = (int)FIELD(d, F_CHANNELS);
	int rows = (int)FIELD(d, F_ROWS) + 1, cols = (int)FIELD(d, F_COLS) + 1;
	int stride = FIELD(d, F_STRIDE2) ? 2 : 1, pad = FIELD(d, F_SAME) ? k / 2 : 0;
	int32_t kernel[25];

	for (int c = 0; c < channels; c++)
		for (int n = 0; n < k * k; n++) {
			int32_t sum = 0;

			if (!FIELD(d, F_RAW))
				ref_jet_kernel(k, n, kernel);
			for (int i = 0; i < k * k; i++) {
				int y = clamp(stride * row - pad + i / k, rows);
				int x = clamp(stride * col - pad + i % k, cols);
				int v = pixels[(y * cols + x) * channels + c] - centre;

				sum += FIELD(d, F_RAW) ? (i == n) * v : kernel[i] * v;
			}
			store[c * 32 + n] = sum;
		}
}

/* Wide front end: value of a channel by its number there; 0 where the kernel has none. */
static int32_t wide_value(const uint32_t *d, const int32_t *store, int channel, int number)
{
	int k = (int)FIELD(d, F_K), dy, dx;

	if (number < 9) {
		dy = number / 3;
		dx = number % 3;
	} else if (number < 17) {
		dy = (number - 9) / 2;
		dx = 3 + (number - 9) % 2;
	} else {
		dy = number < 20 ? 3 : 4;
		dx = number - (number < 20 ? 17 : 20);
	}
	if (k == 1)
		return number == 8 ? store[channel * 32] : 0;
	return dy >= k || dx >= k ? 0 : store[channel * 32 + dy * k + dx];
}

/* A sum of pixels: bit i of `minus` negates term i. */
static int32_t signed_sum(const int32_t *terms, int count, uint32_t minus)
{
	int32_t sum = 0;

	for (int i = 0; i < count; i++)
		sum += minus >> i & 1 ? -terms[i] : terms[i];
	return sum;
}

static int32_t wide_step(const struct interp *s, const int32_t *store, int step, uint32_t code)
{
	static const int first[] = { 0, 9, 17 };
	const uint32_t *d = s->words;
	int slots = s->limits->front_channels, channels = (int)FIELD(d, F_CHANNELS);
	int32_t sum = 0, fifth[3] = { 0 }, terms[4];

	for (int slot = slots - channels; slot < slots; slot++) {
		int channel = slot - (slots - channels);
		uint32_t choice = code >> 5 * slot & 0x1F;
		int32_t value = 0;

		if (FIELD(d, F_RAW)) {
			for (int i = 0; i < 4; i++)
				terms[i] = wide_value(d, store, channel, 5 * step + i);
			value = signed_sum(terms, 4, (choice & 7) << 1);
			fifth[slots - 1 - slot] = wide_value(d, store, channel, 5 * step + 4);
		} else if ((choice & 15) != JB_WIDE_NONE) {
			value = wide_value(d, store, channel, first[step] + (int)(choice & 15));
		}
		sum += choice & 16 ? -value : value;
	}
	if (!FIELD(d, F_RAW))
		return sum;
	return sum + (code >> 17 & 1 ? -1 : 1) * signed_sum(fifth, 3, (code >> 15 & 3) << 1);
}

static int front_bit(const struct interp *s, const int32_t *store, int o)
{
	const uint32_t *d = s->words, *codes = d + FIELD(d + JB_PROG_FRONT_WORDS, R_ADDRESS) + 1;
	const uint32_t *thresholds = codes + FIELD(d, F_CODE_WORDS) + 1;
	int lanes = s->limits->front_lanes, row_words = (lanes + 3) / 4;
	int terms = (int)FIELD(d, F_TERMS) + 1, lane = o % lanes;
	int32_t acc = 0;

	for (int t = 0; t < terms && lanes >= JB_FRONT_WIDE; t++)
		acc += wide_step(s, store, t, codes[(o / lanes * terms + t) * lanes + lane]);
	for (int t = 0; t < terms && lanes < JB_FRONT_WIDE; t++) {
		uint32_t word = codes[(o / lanes * terms + t) * row_words + lane / 4];
		uint32_t code = word >> 8 * (lane % 4) & 0xFF;

		acc += code & 0x80 ? -store[code & 0x7F] : store[code & 0x7F];
	}
	return acc >= (int32_t)thresholds[o];
}

void interp_front(struct interp *s, const uint8_t *pixels, int buffer)
{
	const uint32_t *d = s->words;
	int mw = s->limits->map_words, pool = (int)FIELD(d, F_POOL);
	int rows = (int)FIELD(d, F_OUT_ROWS) + 1, cols = (int)FIELD(d, F_OUT_COLS) + 1;
	int outputs = (int)FIELD(d, F_OUTPUTS) + 1, pitch = (int)FIELD(d, F_MAP_PITCH);
	int g = (int)FIELD(d, F_MAP_G);
	int centre = s->limits->front_lanes >= JB_FRONT_WIDE ? 128 : 0;
	int32_t store[128] = { 0 };
	uint32_t *map;

	s->front_base = buffer ? FIELD(d, F_MAP1) : FIELD(d, F_MAP0);
	map = s->memory + (size_t)s->front_base * (size_t)mw;
	memset(map, 0,
	       (size_t)((pool ? rows / 2 : rows) * pitch) * (size_t)mw * sizeof(*s->memory));
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < cols; c++) {
			int y = pool ? r / 2 : r, x = pool ? c / 2 : c;

			fill_store(d, pixels, centre, r, c, store);
			for (int o = 0; o < outputs; o++)
				map[(y * pitch + x / mw * g + o / 32) * mw + x % mw] |=
					(uint32_t)front_bit(s, store, o) << o % 32;
		}
	s->record = d + JB_LIST_FIRST;
	s->run = FIELD(d + JB_PROG_RESTART, R_ADDRESS);
	s->ops = 0;
	s->classes = 0;
}
