/* SPDX-License-Identifier: MIT
 * The one definition of the arithmetic. Plain, slow and obvious; everything else must equal it.
 * Maps are u8 [rows][cols][channels]: pixels 0..255 before layer 0, bits 0/1 behind it. */
#ifndef JB_REF_H
#define JB_REF_H

#include "model.h"

/* K x K integer kernel number dy*K+dx (outer product of S/D passes), row-major. K is 3 or 5. */
void ref_jet_kernel(int k, int number, int32_t *out);

/* z of one convolution layer at every position before threshold: i32 [conv_rows][conv_cols][out].
 * pixels: 1 when `in` holds pixels. Same padding repeats edge pixels, or takes bits as -1. */
void ref_jet(const struct net_layer *l, const struct model_layer *p, int pixels, const uint8_t *in,
	     int32_t *z);
void ref_sjet(const struct net_layer *l, const struct model_layer *p, int pixels, const uint8_t *in,
	      int32_t *z);
void ref_bconv(const struct net_layer *l, const struct model_layer *p, int pixels,
	       const uint8_t *in, int32_t *z);
/* z of a dense layer, [out]; bits only. */
void ref_dense(const struct net_layer *l, const struct model_layer *p, const uint8_t *in,
	       int32_t *z);
/* cam: 1x1 scores per position i32 [rows][cols][out] without bias. */
void ref_cam(const struct net_layer *l, const struct model_layer *p, const uint8_t *in, int32_t *z);
/* bits[i*out+o] = z[i*out+o] >= threshold[o] for i in 0..positions-1 */
void ref_threshold(const int32_t *z, const int32_t *threshold, size_t positions, int out,
		   uint8_t *bits);
/* 2x2 OR, stride 2, odd edge dropped. */
void ref_pool(const uint8_t *in, int rows, int cols, int ch, uint8_t *out);
/* Lowest index of the largest score. */
int ref_argmax(const int32_t *scores, int n);
/* Best score less the second best. */
int32_t ref_margin(const int32_t *scores, int n);

/* Any layer before the head: convolution or dense, threshold, pools.
 * out: u8 [out_rows][out_cols][out]. Errors: BNN_E_MEMORY. */
int ref_layer(const struct bnn_model *m, int layer, const uint8_t *in, uint8_t *out);

/* Whole network. pixels: rows*cols*channels. If layers is not NULL it is filled (free with
 * bnn_layers_free). cycles in the result are -1. Errors: BNN_E_MEMORY. */
int ref_run(const struct bnn_model *m, const uint8_t *pixels, struct bnn_result *result,
	    struct bnn_layers *layers);

#endif
