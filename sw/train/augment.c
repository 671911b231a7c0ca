/* SPDX-License-Identifier: MIT
 * Augmentation. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "augment.h"

#define DEFAULT_SHIFT 2
#define ANGLE 0.1745f /* 10 degrees */
#define LEVELS 25.0f
#define CONTRAST 0.2231f /* ln 1.25 */

/* What happens to one image. */
struct change {
	float from_row, from_col; /* of the output's centre */
	float down, across;       /* a step down the output: rows and columns of the input */
	float gain, level;        /* v -> 128 + gain * (v - 128) + level */
};

static struct change draw(const struct train_set *s, const struct augment *a, struct rng *r)
{
	struct change c = { (float)(s->rows - 1) / 2, (float)(s->cols - 1) / 2, 1, 0, 1, 0 };

	if (a->shift) {
		uint32_t span = 2 * (uint32_t)a->shift + 1;

		c.from_row += (float)((int)rng_below(r, span) - a->shift);
		c.from_col += (float)((int)rng_below(r, span) - a->shift);
	}
	if (a->rotate) {
		float angle = ANGLE * rng_signed(r);

		c.down = cosf(angle);
		c.across = sinf(angle);
	}
	if (a->brightness) {
		c.gain = expf(CONTRAST * rng_signed(r));
		c.level = LEVELS * rng_signed(r);
	}
	return c;
}

/* Between the four pixels around a place; edge pixels repeat. */
static void sample_at(const struct train_set *s, const uint8_t *in, float row, float col,
		      float *out)
{
	float row0 = floorf(row), col0 = floorf(col), y = row - row0, x = col - col0;
	int at[4];

	for (int i = 0; i < 4; i++)
		at[i] = (net_clamp((int)row0 + i / 2, s->rows) * s->cols +
			 net_clamp((int)col0 + i % 2, s->cols)) *
			s->channels;
	for (int c = 0; c < s->channels; c++) {
		float top = (float)in[at[0] + c] * (1 - x) + (float)in[at[1] + c] * x;
		float low = (float)in[at[2] + c] * (1 - x) + (float)in[at[3] + c] * x;

		out[c] = y > 0 ? top * (1 - y) + low * y : top;
	}
}

static void change_levels(const struct change *c, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = floorf(fminf(255, fmaxf(0, 128 + c->gain * (v[i] - 128) + c->level)) + 0.5f);
}

void augment_sample(const struct train_set *s, int i, const struct augment *a, struct rng *r,
		    float *out)
{
	const uint8_t *in = train_set_image(s, i);
	size_t size = train_set_size(s);
	bool flip_h = a && a->flip_h && rng_below(r, 2), flip_v = a && a->flip_v && rng_below(r, 2);
	bool transpose = a && a->transpose && rng_below(r, 2);
	struct change c;

	if (!a) {
		for (size_t p = 0; p < size; p++)
			out[p] = in[p];
		return;
	}
	c = draw(s, a, r);
	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++) {
			int from_row = transpose ? col : row, from_col = transpose ? row : col;
			float y = (float)(flip_v ? s->rows - 1 - from_row : from_row) -
				  (float)(s->rows - 1) / 2;
			float x = (float)(flip_h ? s->cols - 1 - from_col : from_col) -
				  (float)(s->cols - 1) / 2;

			sample_at(s, in, c.from_row + c.down * y - c.across * x,
				  c.from_col + c.across * y + c.down * x,
				  out + (row * s->cols + col) * s->channels);
		}
	if (a->brightness || a->rotate)
		change_levels(&c, out, size);
}

/* Adds a word of the list. */
static void add_word(char text[AUGMENT_TEXT], const char *word)
{
	size_t at = strlen(text);

	snprintf(text + at, AUGMENT_TEXT - at, "%s%s", at ? "," : "", word);
}

void augment_print(const struct augment *a, char text[AUGMENT_TEXT])
{
	char shift[16];

	text[0] = 0;
	snprintf(shift, sizeof(shift), "shift:%d", a->shift);
	if (a->flip_h)
		add_word(text, "flip-h");
	if (a->flip_v)
		add_word(text, "flip-v");
	if (a->transpose)
		add_word(text, "transpose");
	if (a->shift)
		add_word(text, shift);
	if (a->brightness)
		add_word(text, "brightness");
	if (a->rotate)
		add_word(text, "rotate");
	if (!text[0])
		add_word(text, "none");
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(text, word, length);
}

/* "shift" or "shift:N" */
static bool parse_shift(const char *text, size_t length, int *shift)
{
	char *end;
	long n;

	*shift = DEFAULT_SHIFT;
	if (is_word(text, length, "shift"))
		return true;
	if (length < 7 || memcmp(text, "shift:", 6) || text[6] < '0' || text[6] > '9')
		return false;
	n = strtol(text + 6, &end, 10);
	*shift = n > AUGMENT_MAX_SHIFT ? AUGMENT_MAX_SHIFT + 1 : (int)n;
	return end == text + length && *shift <= AUGMENT_MAX_SHIFT;
}

bool augment_parse(const char *text, struct augment *a)
{
	*a = (struct augment){ 0 };
	if (!strcmp(text, "none"))
		return true;
	for (;; text++) {
		size_t length = strcspn(text, ",");

		if (is_word(text, length, "flip-h"))
			a->flip_h = true;
		else if (is_word(text, length, "flip-v"))
			a->flip_v = true;
		else if (is_word(text, length, "transpose"))
			a->transpose = true;
		else if (is_word(text, length, "brightness"))
			a->brightness = true;
		else if (is_word(text, length, "rotate"))
			a->rotate = true;
		else if (!parse_shift(text, length, &a->shift))
			return false;
		text += length;
		if (!*text)
			return true;
	}
}
