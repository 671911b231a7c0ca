/* SPDX-License-Identifier: MIT
 * Loops of dot.h for one kind of vector: included by dot.c with
 *   BODY(name)   its own name; TARGET  the function attribute
 *   SUMS, PAIRS  types: LANES sums, LANES pairs of 16-bit numbers
 *   VECTORS      vectors of a group; BLOCK  positions or outputs worked on together
 *   ZERO() LOAD(p) BOTH(p) ADD(sums, pairs, pairs) STORE(p, sums)
 *                BOTH: one pair in all lanes */

/* `groups` of them at a time, a constant after inlining. */
static inline __attribute__((always_inline)) TARGET void
BODY(windows_block)(const struct dot_windows *w, int first, const int16_t *weight, int groups,
		    int32_t *out)
{
	const int16_t *in[BLOCK];
	SUMS sum[BLOCK][GROUPS * VECTORS];
	size_t pairs = (size_t)w->pairs, next = (size_t)w->rows * pairs * DOT_GROUP * 2;

	for (int p = 0; p < BLOCK; p++) {
		in[p] = w->in + w->at[first + p];
		for (int v = 0; v < groups * VECTORS; v++)
			sum[p][v] = ZERO();
	}
	for (int r = 0; r < w->rows; r++) {
		size_t row = (size_t)r * (size_t)w->step;

		for (size_t i = 0; i < pairs; i++, weight += DOT_GROUP * 2) {
			PAIRS b[GROUPS * VECTORS];

			for (int v = 0; v < groups * VECTORS; v++)
				b[v] = LOAD(weight + (size_t)(v / VECTORS) * next +
					    v % VECTORS * LANES * 2);
			for (int p = 0; p < BLOCK; p++) {
				PAIRS a = BOTH(in[p] + row + 2 * i);

				for (int v = 0; v < groups * VECTORS; v++)
					sum[p][v] = ADD(sum[p][v], a, b[v]);
			}
		}
	}
	for (int p = 0; p < BLOCK; p++)
		for (int v = 0; v < groups * VECTORS; v++)
			STORE(out + (size_t)(first + p) * (size_t)w->groups * DOT_GROUP + v * LANES,
			      sum[p][v]);
}

#define WINDOWS BODY(windows_block)
TARGET static void BODY(windows)(const struct dot_windows *w, int32_t *out)
{
	size_t next = (size_t)w->rows * (size_t)w->pairs * DOT_GROUP * 2;
	int whole = w->groups / GROUPS * GROUPS;

	for (int g = 0; g < whole; g += GROUPS)
		for (int first = 0; first < w->count; first += BLOCK)
			WINDOWS(w, first, w->weight + (size_t)g * next, GROUPS,
				out + g * DOT_GROUP);
	for (int g = whole; g < w->groups; g++)
		for (int first = 0; first < w->count; first += BLOCK)
			WINDOWS(w, first, w->weight + (size_t)g * next, 1, out + g * DOT_GROUP);
}

static inline __attribute__((always_inline)) TARGET void
BODY(outer_block)(const struct dot_outer *w, int first, int group, int groups, int32_t *out)
{
	SUMS sum[BLOCK][GROUPS * VECTORS];
	size_t a_step = (size_t)w->outs * 2, b_step = (size_t)w->b_step;

	for (int o = 0; o < BLOCK; o++)
		for (int v = 0; v < groups * VECTORS; v++)
			sum[o][v] = ZERO();
	for (int line = 0; line < w->lines; line++) {
		const int16_t *a = w->a + w->a_at[line] + first * 2;
		const int16_t *b = w->b + w->b_at[line] + group * DOT_GROUP * 2;

		for (int i = 0; i < w->pairs; i++, a += a_step, b += b_step) {
			PAIRS all[GROUPS * VECTORS];

			for (int v = 0; v < groups * VECTORS; v++)
				all[v] = LOAD(b + v * LANES * 2);
			for (int o = 0; o < BLOCK; o++) {
				PAIRS one = BOTH(a + o * 2);

				for (int v = 0; v < groups * VECTORS; v++)
					sum[o][v] = ADD(sum[o][v], one, all[v]);
			}
		}
	}
	for (int o = 0; o < BLOCK; o++)
		for (int v = 0; v < groups * VECTORS; v++)
			STORE(out + (size_t)(first + o) * (size_t)w->out_step + group * DOT_GROUP +
				      v * LANES,
			      sum[o][v]);
}

#define OUTER BODY(outer_block)
TARGET static void BODY(outer)(const struct dot_outer *w, int32_t *out)
{
	int whole = w->groups / GROUPS * GROUPS;

	for (int first = 0; first < w->outs; first += BLOCK) {
		for (int g = 0; g < whole; g += GROUPS)
			OUTER(w, first, g, GROUPS, out);
		for (int g = whole; g < w->groups; g++)
			OUTER(w, first, g, 1, out);
	}
}

#undef BODY
#undef WINDOWS
#undef OUTER
#undef TARGET
#undef SUMS
#undef PAIRS
#undef LANES
#undef VECTORS
#undef GROUPS
#undef BLOCK
#undef ZERO
#undef LOAD
#undef BOTH
#undef ADD
#undef STORE
