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

/* What the front end stores for an output position: jets or raw pixels. */
static void fill_store(const uint32_t *d, const uint8_t *pixels, int row, int col, int32_t *store)
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
				int v = pixels[(y * cols + x) * channels + c];

				sum += FIELD(d, F_RAW) ? (i == n) * v : kernel[i] * v;
			}
			store[c * 32 + n] = sum;
		}
}

static int front_bit(const struct interp *s, const int32_t *store, int o)
{
	const uint32_t *d = s->words, *codes = d + FIELD(d + JB_PROG_FRONT_WORDS, R_ADDRESS) + 1;
	const uint32_t *thresholds = codes + FIELD(d, F_CODE_WORDS) + 1;
	int lanes = s->limits->front_lanes, row_words = (lanes + 3) / 4;
	int terms = (int)FIELD(d, F_TERMS) + 1, lane = o % lanes;
	int32_t acc = 0;

	for (int t = 0; t < terms; t++) {
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
	int32_t store[128] = { 0 };
	uint32_t *map;

	s->front_base = buffer ? FIELD(d, F_MAP1) : FIELD(d, F_MAP0);
	map = s->memory + (size_t)s->front_base * (size_t)mw;
	memset(map, 0,
	       (size_t)((pool ? rows / 2 : rows) * pitch) * (size_t)mw * sizeof(*s->memory));
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < cols; c++) {
			int y = pool ? r / 2 : r, x = pool ? c / 2 : c;

			fill_store(d, pixels, r, c, store);
			for (int o = 0; o < outputs; o++)
				map[(y * pitch + x / mw * g + o / 32) * mw + x % mw] |=
					(uint32_t)front_bit(s, store, o) << o % 32;
		}
	s->record = d + JB_LIST_FIRST;
	s->run = FIELD(d + JB_PROG_RESTART, R_ADDRESS);
	s->ops = 0;
	s->classes = 0;
}
