/* SPDX-License-Identifier: MIT
 * Loops of cpu_kernels.h along rows of pixels for one kind of vector: included by cpu_kernels.c
 * behind cpu_windows_body.h, with the same macros and
 *   MOST(a, b)                  larger ones
 *   WIDEN(p)     LANES bytes as numbers
 *   MARK(words, z, limit, bit)  words, with the bit where z >= limit */

/* The three kernels of an axis, by number of differences: two passes of [1 1] or [1 -1] each. */
INLINE TARGET void BODY(kernels3)(VEC a, VEC b, VEC c, VEC to[3])
{
	VEC s0 = a + b, s1 = b + c, d0 = a - b, d1 = b - c;

	to[0] = s0 + s1;
	to[1] = d0 + d1;
	to[2] = d0 - d1;
}

/* Five taps are two of these rounds. */
INLINE TARGET void BODY(kernels5)(const VEC v[5], VEC to[5])
{
	VEC smooth[3], second[3], part[3];

	for (int i = 0; i < 3; i++) {
		BODY(kernels3)(v[i], v[i + 1], v[i + 2], part);
		smooth[i] = part[0];
		second[i] = part[2];
	}
	BODY(kernels3)(smooth[0], smooth[1], smooth[2], to);
	BODY(kernels3)(second[0], second[1], second[2], part);
	to[3] = part[1];
	to[4] = part[2];
}

/* k: 3 or 5, a constant after inlining. */
INLINE TARGET void BODY(kernels)(const VEC *v, int k, VEC *to)
{
	if (k == 3)
		BODY(kernels3)(v[0], v[1], v[2], to);
	else
		BODY(kernels5)(v, to);
}

INLINE TARGET void BODY(jet_lines_of)(const struct cpu_lines *l, int k)
{
	for (int x = 0; x < l->n; x += LANES) {
		VEC v[5], z[5];

		for (int i = 0; i < k; i++)
			v[i] = WIDEN(l->from + l->at[i] + x);
		BODY(kernels)(v, k, z);
		for (int i = 0; i < k; i++)
			BODY(store)(l->to + (size_t)i * l->step + x, z[i]);
	}
}

TARGET static void BODY(jet_lines)(const struct cpu_lines *l)
{
	if (l->k == 3)
		BODY(jet_lines_of)(l, 3);
	else
		BODY(jet_lines_of)(l, 5);
}

/* Kernels across the rows that begin at `from`. */
INLINE TARGET void BODY(across)(const int32_t *from, size_t row_step, int k, VEC z[5])
{
	VEC v[5];

	for (int i = 0; i < k; i++)
		v[i] = BODY(load)(from + (size_t)i * row_step);
	BODY(kernels)(v, k, z);
}

INLINE TARGET void BODY(jets_of)(const struct cpu_jets *j, int k)
{
	for (int x = 0; x < j->n; x += LANES) {
		VEC a[5], b[5];

		BODY(across)(j->from + x, j->row_step, k, a);
		if (!j->low) {
			for (int i = 0; i < k; i++)
				BODY(store)(j->to + (size_t)i * j->step + x, a[i]);
			continue;
		}
		BODY(across)(j->next + x, j->row_step, k, b);
		for (int i = 0; i < k; i++) {
			BODY(store)(j->to + (size_t)i * j->step + x, MOST(a[i], b[i]));
			BODY(store)(j->low + (size_t)i * j->step + x, LEAST(a[i], b[i]));
		}
	}
}

TARGET static void BODY(jets)(const struct cpu_jets *j)
{
	if (j->k == 3)
		BODY(jets_of)(j, 3);
	else
		BODY(jets_of)(j, 5);
}

TARGET static void BODY(sign_lines)(const struct cpu_lines *l)
{
	for (int x = 0; x < l->n; x += LANES) {
		VEC z[16] = { WIDEN(l->from + l->at[0] + x) };
		int kinds = 1;

		for (int i = 1; i < l->k; i++, kinds *= 2) {
			VEC v = WIDEN(l->from + l->at[i] + x);

			for (int j = 0; j < kinds; j++) {
				z[kinds + j] = z[j] - v;
				z[j] += v;
			}
		}
		for (int j = 0; j < kinds; j++)
			BODY(store)(l->to + (size_t)j * l->step + x, z[j]);
	}
}

/* 32 outputs at most, from number `first`, at `vectors` vectors of positions from x on. */
INLINE TARGET void BODY(marks_of)(const struct cpu_marks *m, int first, int x, int vectors,
				  uint32_t *out)
{
	int last = m->outs - first < 32 ? m->outs : first + 32;
	VEC words[2] = { { 0 }, { 0 } }, bit = words[0] + 1;

	for (int o = first; o < last; o++, bit <<= 1) {
		const int32_t *at = m->at + o * m->terms, *turn = m->turn + o * m->terms;
		VEC z[2];

		for (int v = 0; v < vectors; v++)
			z[v] = BODY(load)(m->rows + at[0] + x + v * LANES);
		for (int t = 1; t < m->terms; t++)
			for (int v = 0; v < vectors; v++)
				z[v] += BODY(load)(m->rows + at[t] + x + v * LANES) ^ turn[t];
		for (int v = 0; v < vectors; v++)
			words[v] = MARK(words[v], z[v], m->limit[o], bit);
	}
	for (int v = 0; v < vectors; v++)
		BODY(store)
	((int32_t *)out + x + v * LANES, words[v] ^ (int32_t)m->flip[first / 32]);
}

TARGET static void BODY(marks)(const struct cpu_marks *m)
{
	for (int first = 0; first < m->outs; first += 32) {
		uint32_t *out = m->out + first / 32 * m->n;
		int x = 0;

		for (; x + 2 * LANES <= m->n; x += 2 * LANES)
			BODY(marks_of)(m, first, x, 2, out);
		for (; x < m->n; x += LANES)
			BODY(marks_of)(m, first, x, 1, out);
	}
}

#undef BODY
#undef TARGET
#undef VEC
#undef WIDEN
#undef LANES
#undef VECTORS
#undef SIDE
#undef FLUSH
#undef ADD_BITS
#undef TOTAL
#undef LEAST
#undef MOST
#undef NOT_ABOVE
#undef MARK
