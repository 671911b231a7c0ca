/* SPDX-License-Identifier: MIT
 * Loops of cpu_kernels.h on maps of bits for one kind of vector: included by cpu_kernels.c with
 *   BODY(name)   its own name; TARGET  the function attribute
 *   VEC          LANES 32-bit numbers, VECTORS of them a group
 *   SIDE         vectors worked on together, of different groups: more than 1 where VECTORS is 1
 *   ADD_BITS(count, v)  counts the ones of v in a form of its own, FLUSH words at most (0: any)
 *   TOTAL(count)        makes numbers of that
 *   LEAST(a, b) NOT_ABOVE(a, b)  smaller ones; bits of a <= b */

INLINE TARGET VEC BODY(load)(const void *p)
{
	VEC v;

	memcpy(&v, p, sizeof(v));
	return v;
}

INLINE TARGET void BODY(store)(int32_t *to, VEC v)
{
	memcpy(to, &v, sizeof(v));
}

/* Adds what is counted to the sums, and counts anew. */
INLINE TARGET void BODY(flush)(VEC count[CPU_BLOCK][SIDE], VEC sum[CPU_BLOCK][SIDE], int positions,
			       int vectors, int factor)
{
	VEC total[CPU_BLOCK][SIDE];

	for (int p = 0; p < positions; p++)
		for (int v = 0; v < vectors; v++)
			total[p][v] = TOTAL(count[p][v]);
	if (factor != 1) /* multiplications are slow */
		for (int p = 0; p < positions; p++)
			for (int v = 0; v < vectors; v++)
				total[p][v] *= factor;
	for (int p = 0; p < positions; p++)
		for (int v = 0; v < vectors; v++) {
			sum[p][v] += total[p][v];
			count[p][v] = (VEC){ 0 };
		}
}

/* Sums of `positions` windows for `vectors` vectors of outputs, constants after inlining. */
INLINE TARGET void BODY(block)(const struct cpu_windows *w, const int32_t *at, int vector,
			       int positions, int vectors, VEC sum[CPU_BLOCK][SIDE])
{
	size_t next = (size_t)w->terms * (size_t)(w->rows * w->words) * CPU_GROUP;
	const uint32_t *weight =
		w->weights + (size_t)(vector / VECTORS) * next + vector % VECTORS * LANES;
	VEC count[CPU_BLOCK][SIDE];

	for (int p = 0; p < positions; p++)
		for (int v = 0; v < vectors; v++) {
			sum[p][v] = (VEC){ 0 };
			count[p][v] = (VEC){ 0 };
		}
	for (int t = 0; t < w->terms; t++) {
		int left = FLUSH;

		for (int r = 0; r < w->rows; r++) {
			const uint32_t *in = w->in + r * w->step;

			for (int i = 0; i < w->words; i++, in++, weight += CPU_GROUP) {
				VEC b[SIDE];

				for (int v = 0; v < vectors; v++)
					b[v] = BODY(load)(weight + (size_t)v * next);
				for (int p = 0; p < positions; p++)
					for (int v = 0; v < vectors; v++)
						count[p][v] = ADD_BITS(count[p][v],
								       b[v] ^ (int32_t)in[at[p]]);
				if (FLUSH && --left == 0) {
					BODY(flush)(count, sum, positions, vectors, w->factor[t]);
					left = FLUSH;
				}
			}
		}
		BODY(flush)(count, sum, positions, vectors, w->factor[t]);
	}
}

/* Bits of a vector of outputs into their word; those of a word come in order. */
INLINE void BODY(put_bits)(uint32_t *words, int vector, uint32_t bits)
{
	uint32_t *word = words + vector * LANES / 32;
	int at = vector * LANES % 32;

	*word = at ? *word | bits << at : bits;
}

/* Bits of one position; `to`: its words. */
INLINE TARGET void BODY(decide)(const struct cpu_windows *w, int32_t to, int vector, int vectors,
				const VEC sum[SIDE])
{
	uint32_t bits = 0;

	for (int v = 0; v < vectors; v++)
		bits |= NOT_ABOVE(sum[v], BODY(load)(w->limit + (vector + v) * LANES)) << v * LANES;
	BODY(put_bits)(w->out + to, vector, bits);
}

/* One block of windows, number `first` its first. */
INLINE TARGET void BODY(positions)(const struct cpu_windows *w, int first, int vector,
				   int positions, int vectors)
{
	VEC sum[CPU_BLOCK][SIDE];

	BODY(block)(w, w->at + first, vector, positions, vectors, sum);
	if (w->sums) {
		int32_t *to = w->sums + (size_t)(first * w->groups) * CPU_GROUP + vector * LANES;

		for (int p = 0; p < positions; p++, to += w->groups * CPU_GROUP)
			for (int v = 0; v < vectors; v++)
				BODY(store)(to + v * LANES, sum[p][v]);
	} else if (w->join) {
		for (int p = 1; p < positions; p++)
			for (int v = 0; v < vectors; v++)
				sum[0][v] = LEAST(sum[0][v], sum[p][v]);
		BODY(decide)(w, w->to[first / CPU_BLOCK], vector, vectors, sum[0]);
	} else {
		for (int p = 0; p < positions; p++)
			BODY(decide)(w, w->to[first + p], vector, vectors, sum[p]);
	}
}

INLINE TARGET void BODY(outputs)(const struct cpu_windows *w, int vector, int vectors)
{
	int first = 0;

	for (; first + CPU_BLOCK <= w->count; first += CPU_BLOCK)
		BODY(positions)(w, first, vector, CPU_BLOCK, vectors);
	for (; first < w->count; first++)
		BODY(positions)(w, first, vector, 1, vectors);
}

TARGET static void BODY(windows)(const struct cpu_windows *w)
{
	int vectors = w->groups * VECTORS, whole = vectors / SIDE * SIDE;

	for (int v = 0; v < whole; v += SIDE)
		BODY(outputs)(w, v, SIDE);
	for (int v = whole; v < vectors; v++)
		BODY(outputs)(w, v, 1);
}

TARGET static void BODY(shared)(const int32_t *sums, size_t row_step, int k, const int32_t *taps,
				const int32_t *limit, int groups, uint32_t *out)
{
	size_t outs = (size_t)groups * CPU_GROUP;

	for (int v = 0; v < groups * VECTORS; v++) {
		const int32_t *tap = taps + v * LANES;
		VEC z = { 0 };

		for (int r = 0; r < k; r++)
			for (int i = 0; i < k; i++, tap += outs)
				z += BODY(load)(tap) * BODY(load)(sums + (size_t)r * row_step +
								  (size_t)i * outs + v * LANES);
		BODY(put_bits)(out, v, NOT_ABOVE(z, BODY(load)(limit + v * LANES)));
	}
}
