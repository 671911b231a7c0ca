/* SPDX-License-Identifier: MIT
 * Identify block to limits. */
#include <stdbool.h>

#include "device_limits.h"
#include "model.h"

static bool is_power_of_two(int v)
{
	return v > 0 && (v & (v - 1)) == 0;
}

int limits_own_words(const struct device_limits *l)
{
	return l->lent ? l->model_words - l->map_rows : l->model_words;
}

int limits_row_cycles(const struct device_limits *l)
{
	return l->halves ? 2 : 1;
}

int limits_lanes(const struct device_limits *l)
{
	return l->outputs * l->positions * 9 * 32 / limits_row_cycles(l);
}

struct check {
	const char *what;
	uint32_t value, least, most;
};

static int check_ranges(const uint32_t *w, struct bnn_err *err)
{
	const struct check checks[] = {
		{ "clock", w[JB_ID_CLOCK], 1, 1u << 30 },
		{ "model memory words", w[JB_ID_MODEL_WORDS], 64, 1u << 24 },
		{ "map memory rows", w[JB_ID_MAP_ROWS], 1, 1u << 16 },
		{ "weight rows", w[JB_ID_WEIGHT_ROWS], 1, 1u << 16 },
		{ "front-end outputs a clock", w[JB_ID_FRONT] >> 24, 1, 64 },
		{ "front-end kernel side", w[JB_ID_FRONT] >> 16 & 0xFF, 1, 5 },
		{ "front-end channels", w[JB_ID_FRONT] >> 8 & 0xFF, 1, 3 },
		{ "front-end code rows", w[JB_ID_FRONT_CODE_ROWS], 1, 1u << 16 },
		{ "front-end outputs", w[JB_ID_FRONT_OUTPUTS], 1, 1u << 16 },
		{ "accumulator bits", w[JB_ID_ACC_BITS], 8, 31 },
		{ "image side", w[JB_ID_SIDE], JB_MIN_SIDE, JB_MAX_SIDE },
		{ "shared-jet columns", w[JB_ID_JET_COLS], 0, 1u << 16 },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].value < checks[i].least || checks[i].value > checks[i].most)
			return err_set(err, BNN_E_DEVICE,
				       "identify block: %s is %lu, expected %lu to %lu",
				       checks[i].what, (unsigned long)checks[i].value,
				       (unsigned long)checks[i].least,
				       (unsigned long)checks[i].most);
	return BNN_OK;
}

int limits_parse(const uint32_t words[JB_ID_WORDS], struct device_limits *out, struct bnn_err *err)
{
	uint32_t lanes = words[JB_ID_LANES], front = words[JB_ID_FRONT];
	struct device_limits l = {
		.build = words[JB_ID_BUILD],
		.board = words[JB_ID_BOARD],
		.clock_hz = words[JB_ID_CLOCK],
		.outputs = (int)(lanes >> 16),
		.positions = (int)(lanes >> 8 & 0xFF),
	};
	int rc;

	if (words[JB_ID_MAGIC] != JB_ID_MAGIC_VALUE)
		return err_set(err, BNN_E_DEVICE, "identify block: magic is %08lx, expected %08lx",
			       (unsigned long)words[JB_ID_MAGIC], (unsigned long)JB_ID_MAGIC_VALUE);
	if (!is_power_of_two(l.outputs) || l.outputs > 8 || !is_power_of_two(l.positions) ||
	    l.positions < 1 || l.positions > 8 || (lanes & 0xFF) != 9)
		return err_set(err, BNN_E_DEVICE, "identify block: unknown lane layout %08lx",
			       (unsigned long)lanes);
	rc = check_ranges(words, err);
	if (rc)
		return rc;
	l.map_words = l.positions > 1 ? l.positions / 2 : 1;
	l.model_words = (int)words[JB_ID_MODEL_WORDS];
	l.map_rows = (int)words[JB_ID_MAP_ROWS];
	l.weight_rows = (int)words[JB_ID_WEIGHT_ROWS];
	l.front_lanes = (int)(front >> 24);
	l.front_k = (int)(front >> 16 & 0xFF);
	l.front_channels = (int)(front >> 8 & 0xFF);
	l.ejector = (front & JB_CAP_OUTPUTS) != 0;
	l.lent = (front & JB_CAP_LENT) != 0;
	l.resident = (front & JB_CAP_RESIDENT) != 0;
	l.halves = (front & JB_CAP_PARTS) != 0;
	l.front_code_rows = (int)words[JB_ID_FRONT_CODE_ROWS];
	l.front_outputs = (int)words[JB_ID_FRONT_OUTPUTS];
	l.acc_bits = (int)words[JB_ID_ACC_BITS];
	l.side = (int)words[JB_ID_SIDE];
	l.jet_cols = (int)words[JB_ID_JET_COLS];
	if (l.lent && (l.map_words != 1 || l.model_words <= l.map_rows))
		return err_set(err, BNN_E_DEVICE,
			       "identify block: %d of %d model memory words are lent", l.map_rows,
			       l.model_words);
	*out = l;
	return BNN_OK;
}
