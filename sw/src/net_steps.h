/* SPDX-License-Identifier: MIT
 * Shape inference one word at a time, so that the parser can name the word that breaks a rule.
 * Each function checks what it adds against the limits and against the layers before it.
 * Errors: BNN_E_ARG (wrong place or value), BNN_E_LIMIT (value and limit in the text). */
#ifndef JB_NET_STEPS_H
#define JB_NET_STEPS_H

#include "net.h"

/* rows, cols, channels of the image. */
int net_step_image(const struct net *n, struct bnn_err *err);
/* Layer i (below JB_MAX_LAYERS) from kind, k, out, stride, valid; fills its shapes as if no pool
 * followed. */
int net_step_layer(struct net *n, int i, struct bnn_err *err);
/* One more pool behind a layer: halves its output map. Does not touch l->pools. */
int net_step_pool(struct net_layer *l, struct bnn_err *err);
/* The last layer as the head. */
int net_step_head(const struct net *n, struct bnn_err *err);

#endif
