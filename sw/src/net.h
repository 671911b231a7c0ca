/* SPDX-License-Identifier: MIT
 * Network topology: text form, shape inference, limits. */
#ifndef JB_NET_H
#define JB_NET_H

#include <stdbool.h>
#include <stddef.h>

#include "bnn.h"
#include "jetbnn_defs.h"

/* Weights, signs or kernels of one layer at most: keeps every allocation and sum small. */
#define NET_MAX_WEIGHTS (1 << 24)
/* Bytes of any canonical net text, terminator included. */
#define NET_TEXT_MAX 512

enum net_kind { NET_JET, NET_SJET, NET_BCONV, NET_DENSE, NET_CAM };

/* One layer with the pools that follow it. The head is the last: NET_DENSE or NET_CAM. */
struct net_layer {
	enum net_kind kind;
	int k;      /* kernel side 1, 3, 5 (jets 3, 5; cam 1); dense 0 */
	int out;    /* output channels, or classes */
	int stride; /* 1 or 2; dense and cam 1 */
	bool valid; /* padding: valid, else same; dense and cam valid */
	int pools;  /* 2x2 OR pools behind the threshold; head 0 */
	/* filled by shape inference */
	int in_rows, in_cols, in_ch; /* what the layer reads */
	int conv_rows, conv_cols;    /* before the pools; dense 1x1; cam in_rows x in_cols */
	int out_rows, out_cols;      /* after the pools */
};

struct net {
	int rows, cols, channels; /* image */
	int count;                /* layers, head included */
	struct net_layer layer[JB_MAX_LAYERS];
};

/* Parses "64x64x1: jet3x16 pool bconv3x32/2v cam3", infers shapes and checks every limit.
 * Errors: BNN_E_ARG with the position and the word, BNN_E_LIMIT with the limit. */
int net_parse(const char *text, struct net *out, struct bnn_err *err);
/* Prints the canonical text; returns its length as snprintf does. net_parse(net_print(n)) == n. */
int net_print(const struct net *n, char *buf, size_t size);
/* Fills derived shapes from kind/k/out/stride/valid/pools and checks limits (used by net_parse). */
int net_infer(struct net *n, struct bnn_err *err);
/* True for layer 0: it reads 8-bit pixels. */
static inline bool net_on_pixels(int layer)
{
	return layer == 0;
}
/* The nearest of 0 to size - 1: the pixel that stands for one beyond the border. */
static inline int net_clamp(int v, int size)
{
	return v < 0 ? 0 : v >= size ? size - 1 : v;
}

#endif
