/* SPDX-License-Identifier: MIT
 * The walk through an ONNX graph, from the image to the class scores.
 *
 * The graph must be a chain. What flows through it is, one after the other and again,
 *   pixels   each channel a known function of the 8-bit pixel,
 *   sums     each channel clamp(gain * z + offset, low, high) of the integer sum z of the layer that
 *            was begun last; a pool over it is a pool over z,
 *   bits     each channel one of two numbers, by the bit that the layer computes.
 * A convolution or dense node begins a layer, a quantiser of one bit ends it with thresholds, and
 * everything else changes the functions. So no node is computed; it is folded. */
#ifndef JB_IMPORT_WALK_H
#define JB_IMPORT_WALK_H

#include "import.h"
#include "quantiser.h"

enum stage { STAGE_PIXELS, STAGE_BITS, STAGE_SUMS };

struct channel {
	double value[2];     /* bits: what bit 0 and bit 1 stand for */
	double gain, offset; /* sums */
	double low, high;
};

struct flow {
	const char *tensor; /* name of the ONNX tensor */
	enum stage stage;
	int rows, cols, ch;
	bool flat; /* the ONNX tensor is [1, rows*cols*ch] */
	bool nhwc; /* its elements lie in the order rows, cols, ch; else ch, rows, cols */
	bool mean; /* averaged over the map of the layer before: rows and cols are 1 */
	enum { PAD_NONE, PAD_EDGE, PAD_MINUS } pad;
	int pad_side;         /* rows and columns added on every side by the pad */
	double pad_value;     /* PAD_MINUS */
	double pixel[3][256]; /* pixels: channel, pixel */
	struct channel *c;    /* owned, [ch]; bits and sums */
};

/* The model so far: the net without inferred shapes, and what its layers hold. */
struct draft {
	struct net net;
	struct model_layer layer[JB_MAX_LAYERS]; /* weight [out][inputs], threshold; owned */
	size_t inputs[JB_MAX_LAYERS];            /* weights of an output */
	int copies; /* channels of the last layer for each of flow's channels: 1 but for levels */
	bool use_table;
	uint8_t table[256];
	float display_scale; /* what one unit of a score is in the ONNX graph */
};

struct walk {
	struct graph g;
	struct flow f;
	struct draft d;
	enum import_range range;
	bool done; /* the class scores are complete */
	struct bnn_err *err;
};

/* Shape of the flowing ONNX tensor; returns its number of dimensions, 2 or 4. */
int flow_shape(const struct flow *f, size_t dim[4]);
/* Elements of it. */
size_t flow_count(const struct flow *f);
/* Channel of element `at` of it. */
int flow_channel(const struct flow *f, size_t at);
/* The values of a constant for each channel: out[ch]. Errors: BNN_E_LIMIT when it is missing, does
 * not fit or differs within a channel. */
int flow_values(struct walk *w, const Onnx__NodeProto *n, size_t input, double *out);
/* The last layer. */
struct net_layer *draft_last(struct draft *d);
/* Turns output o of the last layer round: its z becomes -z. */
void draft_negate(struct draft *d, int o);
/* |z| of the last layer at most. */
int64_t draft_reach(const struct draft *d);

/* Nodes of one input that flows. Each changes w->f, and w->d. */
int walk_elementwise(struct walk *w, const Onnx__NodeProto *n);
int walk_shape(struct walk *w, const Onnx__NodeProto *n);
int walk_pad(struct walk *w, const Onnx__NodeProto *n);
int walk_max_pool(struct walk *w, const Onnx__NodeProto *n);
int walk_average(struct walk *w, const Onnx__NodeProto *n);
int walk_conv(struct walk *w, const Onnx__NodeProto *n);
int walk_dense(struct walk *w, const Onnx__NodeProto *n);

/* Turns sums into bits: first threshold_begin, then each channel with its quantiser, which must have
 * two levels. zero_is_third: the function is ONNX's Sign, whose 0 is no bit. With a pool the pooled
 * value must rise with z (walk_max_pool sees to it). */
int threshold_begin(struct walk *w);
int threshold_channel(struct walk *w, int o, const struct quantiser *q, bool zero_is_third);
/* Pixels of a dense layer to bits: a first layer that compares every pixel with its levels. */
int pixels_to_bits(struct walk *w);
/* Finds the whole numbers behind the pixels: q[p] from 0 up, and for each channel
 * pixel value = *step * q[p] + offset[c]. levels: the largest q. */
int pixels_fit(struct walk *w, uint8_t q[256], double *step, double offset[3], int *levels);
/* Sets the draft's pixel table. */
void draft_table(struct draft *d, const uint8_t q[256]);
/* Adds a layer with room for its weights. Errors: BNN_E_LIMIT, BNN_E_MEMORY. */
int draft_add(struct walk *w, const struct net_layer *l, size_t inputs);
/* Makes the flow sums of the last layer: f->ch channels of gain 1. Errors: BNN_E_MEMORY. */
int flow_sums(struct walk *w, int channels);
/* Class scores: the sums at the end become integers and biases. */
int head_finish(struct walk *w);
/* The finished model. */
int draft_model(struct walk *w, struct bnn_model **out);

#endif
