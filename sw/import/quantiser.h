/* SPDX-License-Identifier: MIT
 * The quantisers of QONNX: BipolarQuant and Quant. */
#ifndef JB_IMPORT_QUANTISER_H
#define JB_IMPORT_QUANTISER_H

#include "graph.h"

enum rounding { ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEIL, ROUND_TO_ZERO };

struct quantiser {
	bool bipolar; /* +scale for x >= 0, else -scale; what follows counts only if it is not */
	double scale, zero;
	double least, most; /* of the integer */
	enum rounding rounding;
};

/* The integer round(x / scale + zero) within its limits; bipolar: -1 or +1. single: intermediate
 * results are rounded to float, as the frameworks compute. */
double quantiser_integer(const struct quantiser *q, double x, bool single);
/* The number that integer stands for. */
double quantiser_value(const struct quantiser *q, double integer, bool single);
/* What a Quant node says besides its scale and zero point: bit width and attributes.
 * Errors: BNN_E_LIMIT. */
int quantiser_read(struct quantiser *q, const struct graph *g, const Onnx__NodeProto *n,
		   struct bnn_err *err);

/* x, or x rounded to float. */
static inline double rounded(double x, bool single)
{
	return single ? (double)(float)x : x;
}

#endif
