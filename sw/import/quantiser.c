/* SPDX-License-Identifier: MIT
 * The quantisers of QONNX: BipolarQuant and Quant. */
#include "quantiser.h"

#include <math.h>
#include <string.h>

#include "model.h"

static double round_by(enum rounding how, double x)
{
	switch (how) {
	case ROUND_FLOOR: return floor(x);
	case ROUND_CEIL: return ceil(x);
	case ROUND_TO_ZERO: return trunc(x);
	default: return nearbyint(x); /* the default mode: to nearest, ties to even */
	}
}

double quantiser_integer(const struct quantiser *q, double x, bool single)
{
	double i;

	if (q->bipolar)
		return x >= 0 ? 1 : -1;
	i = rounded(rounded(x / q->scale, single) + q->zero, single);
	i = round_by(q->rounding, i);
	return i > q->most ? q->most : i < q->least ? q->least : i;
}

double quantiser_value(const struct quantiser *q, double integer, bool single)
{
	if (q->bipolar)
		return integer * q->scale;
	return rounded(rounded(integer - q->zero, single) * q->scale, single);
}

static int read_rounding(struct quantiser *q, const Onnx__NodeProto *n, struct bnn_err *err)
{
	static const struct {
		const char *name;
		enum rounding how;
	} modes[] = {
		{ "ROUND", ROUND_HALF_EVEN },       { "HALF_EVEN", ROUND_HALF_EVEN },
		{ "FLOOR", ROUND_FLOOR },           { "CEIL", ROUND_CEIL },
		{ "ROUND_TO_ZERO", ROUND_TO_ZERO }, { "DOWN", ROUND_TO_ZERO },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!node_text_differs(n, "rounding_mode", modes[i].name)) {
			q->rounding = modes[i].how;
			return BNN_OK;
		}
	return err_set(err, BNN_E_LIMIT,
		       "unknown rounding mode; ROUND, FLOOR, CEIL and ROUND_TO_ZERO are supported");
}

int quantiser_read(struct quantiser *q, const struct graph *g, const Onnx__NodeProto *n,
		   struct bnn_err *err)
{
	const struct tensor *width = graph_constant(g, node_input(n, 3));
	bool is_signed = node_integer(n, "signed", 1) != 0;
	bool narrow = node_integer(n, "narrow", 0) != 0;
	double bits;

	if (!width || width->count != 1)
		return err_set(err, BNN_E_LIMIT, "its bit width is not one constant number");
	bits = width->v[0];
	if (!(bits >= 1 && bits <= 32) || bits != floor(bits))
		return err_set(err, BNN_E_LIMIT, "%g bits; 1 to 32 are supported", bits);
	q->bipolar = bits == 1 && is_signed;
	q->least = is_signed ? -exp2(bits - 1) + narrow : 0;
	q->most = is_signed ? exp2(bits - 1) - 1 : exp2(bits) - 1 - narrow;
	return read_rounding(q, n, err);
}
