/* SPDX-License-Identifier: MIT
 * Model in memory: the folded integer network. */
#ifndef JB_MODEL_H
#define JB_MODEL_H

#include <stdint.h>

#include "net.h"

/* |bias| at most, so that scores and margins fit 32 bits: a score has at most 2^24 other terms. */
#define MODEL_MAX_BIAS (INT32_C(1) << 29)
/* Bytes of a class name at most. */
#define MODEL_NAME_MAX 63

/* Parameters of a layer; unused pointers are NULL. All arrays are owned by the model.
 * Signs and weights are +1 or -1. */
struct model_layer {
	uint8_t *kernel; /* jet: [out][in] number dy*K+dx; sjet: [out] */
	int8_t *sign;    /* jet, sjet: [out][in] */
	int8_t *weight;  /* bconv: [out][in][K][K]; dense, cam: [out][in], dense in = flattened map,
			     * channel fastest, then column, then row */
	int32_t *threshold; /* layers before the head: [out], bit = (z >= threshold) */
	int32_t *bias;      /* head: [out] */
};

/* Host-side integer preprocessing, applied after resize and colour conversion, in this order. */
struct model_pre {
	uint8_t normalize;  /* 1: per-image mean and spread */
	uint8_t contrast;   /* 1: local contrast over a window */
	uint8_t use_table;  /* 1: table */
	uint8_t window;     /* local contrast: odd side 3..63 */
	uint8_t table[256]; /* pixel value -> pixel value */
};

struct model_facts {
	char text[256]; /* one line: data, date-free training facts */
	uint32_t train_images, test_images;
	uint32_t test_correct;
	float display_scale; /* softmax(score * display_scale) is the display confidence */
};

struct bnn_model {
	struct net net;
	struct model_layer layer[JB_MAX_LAYERS];
	/* owned; UTF-8, 1 to MODEL_NAME_MAX bytes, no control characters */
	char *class_name[JB_MAX_CLASSES];
	struct model_pre pre;
	struct model_facts facts;
};

/* Allocates a model with all arrays of the net zeroed; weights and signs +1, class names "0" to
 * "n-1". Errors: BNN_E_MEMORY. */
int model_new(const struct net *n, struct bnn_model **out, struct bnn_err *err);
/* Checks every value's range (kernel numbers, +-1). Errors: BNN_E_FILE naming layer and index. */
int model_check(const struct bnn_model *m, struct bnn_err *err);
/* Inputs of one output of a layer: channels of a convolution, or the flattened map of a dense. */
size_t model_inputs(const struct net_layer *l);
/* Number of weights, kernels, signs of a layer ([out][in][K][K] product, or 0). */
size_t model_weight_count(const struct net_layer *l);
size_t model_kernel_count(const struct net_layer *l);
size_t model_sign_count(const struct net_layer *l);
/* Stored weight bits of a layer, and of the whole model, as the docs count them: bconv 1 bit a
 * weight, jets 1 sign bit an (out, in) pair plus ceil(log2 K*K) bits a selected kernel, thresholds
 * not counted. */
size_t model_layer_bits(const struct net_layer *l);
size_t model_weight_bits(const struct bnn_model *m);
/* The class with this name of `length` bytes, -1: there is none. */
int model_find_class(const struct bnn_model *m, const char *name, size_t length);

/* Fills with seeded random parameters; thresholds near the middle of each z's spread so that
 * both bit values occur. Used by the fuzzer, the benches and selftest. */
void model_random(struct bnn_model *m, uint64_t seed);

/* Sets err (if not NULL) with a printf-style text. */
void err_text(struct bnn_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, with the value code: a macro, so that compiler and analyser see which value that is;
 * code is evaluated twice. */
#define err_set(err, code, ...) (err_text(err, code, __VA_ARGS__), err_value(code))
static inline int err_value(int code)
{
	return code;
}

#endif
