/* SPDX-License-Identifier: MIT
 * Hidden jets by match counts. */
#include "jet_terms.h"
#include "ref.h"

int jet_terms(int k, const int **weight)
{
	static const int plain[] = { 1 };
	static const int three[] = { 4, 2, 1, 1 };
	static const int five[] = { 32, 16, 8, 8, 4, 2, 1, 1 };

	*weight = k == 3 ? three : k == 5 ? five : plain;
	return k == 3 ? 4 : k == 5 ? 8 : 1;
}

/* The greedy choice always ends at 0: what is left after a term is at most the sum of those behind
 * it, and as even as that sum. */
static uint8_t term_signs(int k, int value)
{
	const int *weight;
	int terms = jet_terms(k, &weight), left = 2 * value;
	uint8_t plus = 0;

	for (int t = 0; t < terms; t++) {
		int up = left > 0;

		plus |= (uint8_t)(up << t);
		left -= up ? weight[t] : -weight[t];
	}
	return plus;
}

void jet_table_fill(int k, struct jet_table *t)
{
	int32_t kernel[25];

	for (int n = 0; n < k * k; n++) {
		ref_jet_kernel(k, n, kernel);
		for (int tap = 0; tap < k * k; tap++) {
			t->plus[0][n][tap] = term_signs(k, kernel[tap]);
			t->plus[1][n][tap] = term_signs(k, -kernel[tap]);
		}
	}
}
