/* SPDX-License-Identifier: MIT
 * Hidden jets by match counts: twice a jet kernel's value is a sum of +-term weights. */
#ifndef JB_JET_TERMS_H
#define JB_JET_TERMS_H

#include <stdint.h>

/* Term weights for kernel side k (3 or 5) in Horner order: each is that of the term before, or half
 * of it. Other k: one term of weight 1 (plain weights). Returns their number. */
int jet_terms(int k, const int **weight);
/* Bit t of plus[sign is -1][number][tap] is set when term t is plus in
 * 2 * sign * J[tap] = sum of +-weight[t], J being kernel `number`. */
struct jet_table {
	uint8_t plus[2][25][25];
};
void jet_table_fill(int k, struct jet_table *t);

#endif
