/* SPDX-License-Identifier: MIT
 * Shape inference and limits of a network. */
#include "model.h"
#include "net_steps.h"

static bool is_conv(enum net_kind kind)
{
	return kind == NET_JET || kind == NET_SJET || kind == NET_BCONV;
}

int net_step_image(const struct net *n, struct bnn_err *err)
{
	if (n->rows < JB_MIN_SIDE || n->rows > JB_MAX_SIDE)
		return err_set(err, BNN_E_LIMIT, "%d image rows, allowed are %d to %d", n->rows,
			       JB_MIN_SIDE, JB_MAX_SIDE);
	if (n->cols < JB_MIN_SIDE || n->cols > JB_MAX_SIDE)
		return err_set(err, BNN_E_LIMIT, "%d image columns, allowed are %d to %d", n->cols,
			       JB_MIN_SIDE, JB_MAX_SIDE);
	if (n->channels != 1 && n->channels != 3)
		return err_set(err, BNN_E_LIMIT,
			       "%d image channels, allowed are 1 (gray) or 3 (RGB)", n->channels);
	return BNN_OK;
}

/* Kind, place in the network, kernel side, stride and padding flag of a layer. */
static int check_form(const struct net *n, int i, struct bnn_err *err)
{
	const struct net_layer *l = &n->layer[i];
	const struct net_layer *prev = i > 0 ? &n->layer[i - 1] : NULL;
	bool jet = l->kind == NET_JET || l->kind == NET_SJET;

	if (!is_conv(l->kind) && l->kind != NET_DENSE && l->kind != NET_CAM)
		return err_set(err, BNN_E_ARG, "unknown layer kind %d", (int)l->kind);
	if (net_on_pixels(i) && !is_conv(l->kind))
		return err_set(err, BNN_E_ARG,
			       "dense and cam read bits, not pixels; put a jet or bconv "
			       "layer first, for example bconv1x16");
	if (prev && prev->kind == NET_CAM)
		return err_set(err, BNN_E_ARG, "nothing may follow cam: it is the head");
	if (prev && prev->kind == NET_DENSE && l->kind != NET_DENSE)
		return err_set(err, BNN_E_ARG,
			       "only dense may follow dense: put convolutions and cam "
			       "before the dense layers");
	if (!is_conv(l->kind))
		return BNN_OK;
	if (l->k != 3 && l->k != 5 && !(l->k == 1 && !jet))
		return err_set(err, BNN_E_ARG, "kernel side %d, allowed are %s", l->k,
			       jet ? "3 and 5" : "1, 3 and 5");
	if (l->stride != 1 && l->stride != 2)
		return err_set(err, BNN_E_ARG, "stride %d, allowed are 1 and 2", l->stride);
	return BNN_OK;
}

/* Outputs, and parameters an array of the layer holds. in_rows, in_cols, in_ch are set. */
static int check_size(const struct net_layer *l, struct bnn_err *err)
{
	int limit = is_conv(l->kind)       ? JB_MAX_CHANNELS
		    : l->kind == NET_DENSE ? JB_MAX_DENSE
					   : JB_MAX_CLASSES;
	const char *what = is_conv(l->kind)       ? "output channels"
			   : l->kind == NET_DENSE ? "dense outputs"
						  : "classes";
	long long weights = (long long)model_inputs(l) * l->out;

	if (l->out < 1 || l->out > limit)
		return err_set(err, BNN_E_LIMIT, "%d %s, allowed are 1 to %d", l->out, what, limit);
	if (l->kind == NET_BCONV)
		weights *= l->k * l->k;
	if (weights > NET_MAX_WEIGHTS)
		return err_set(err, BNN_E_LIMIT,
			       "%lld weights (%zu inputs, %d outputs), a layer has at most %d",
			       weights, model_inputs(l), l->out, NET_MAX_WEIGHTS);
	return BNN_OK;
}

static int conv_side(int size, const struct net_layer *l)
{
	if (!l->valid)
		return (size + l->stride - 1) / l->stride;
	return size < l->k ? 0 : (size - l->k) / l->stride + 1;
}

int net_step_layer(struct net *n, int i, struct bnn_err *err)
{
	struct net_layer *l = &n->layer[i];
	const struct net_layer *prev = i > 0 ? &n->layer[i - 1] : NULL;
	int rc = check_form(n, i, err);

	if (rc)
		return rc;
	l->in_rows = prev ? prev->out_rows : n->rows;
	l->in_cols = prev ? prev->out_cols : n->cols;
	l->in_ch = prev ? prev->out : n->channels;
	if (!is_conv(l->kind)) {
		l->k = l->kind == NET_CAM ? 1 : 0;
		l->stride = 1;
		l->valid = true;
	}
	rc = check_size(l, err);
	if (rc)
		return rc;
	if (l->kind == NET_DENSE) {
		l->conv_rows = 1;
		l->conv_cols = 1;
	} else {
		l->conv_rows = conv_side(l->in_rows, l);
		l->conv_cols = conv_side(l->in_cols, l);
	}
	if (l->conv_rows < 1 || l->conv_cols < 1)
		return err_set(err, BNN_E_LIMIT,
			       "a %dx%d map is smaller than the valid %dx%d kernel: "
			       "nothing is left, at least 1x1 must be",
			       l->in_rows, l->in_cols, l->k, l->k);
	l->out_rows = l->conv_rows;
	l->out_cols = l->conv_cols;
	return BNN_OK;
}

int net_step_pool(struct net_layer *l, struct bnn_err *err)
{
	if (!is_conv(l->kind))
		return err_set(err, BNN_E_ARG,
			       "pool may follow jet, sjet, bconv or pool only, not %s",
			       l->kind == NET_DENSE ? "dense" : "cam");
	if (l->out_rows < 2 || l->out_cols < 2)
		return err_set(err, BNN_E_LIMIT,
			       "a %dx%d map cannot be pooled: nothing is left, at "
			       "least 2x2 must come in",
			       l->out_rows, l->out_cols);
	l->out_rows /= 2;
	l->out_cols /= 2;
	return BNN_OK;
}

int net_step_head(const struct net *n, struct bnn_err *err)
{
	const struct net_layer *l = &n->layer[n->count - 1];

	if (l->kind != NET_DENSE && l->kind != NET_CAM)
		return err_set(err, BNN_E_ARG,
			       "the last layer must be the head, dense or cam with one "
			       "output a class");
	if (l->out < JB_MIN_CLASSES || l->out > JB_MAX_CLASSES)
		return err_set(err, BNN_E_LIMIT, "%d classes in the head, allowed are %d to %d",
			       l->out, JB_MIN_CLASSES, JB_MAX_CLASSES);
	return BNN_OK;
}

int net_infer(struct net *n, struct bnn_err *err)
{
	struct bnn_err why;
	int rc = net_step_image(n, err);

	if (rc)
		return rc;
	if (n->count < 1 || n->count > JB_MAX_LAYERS)
		return err_set(err, BNN_E_LIMIT,
			       "%d layers, allowed are 1 to %d (pools not counted)", n->count,
			       JB_MAX_LAYERS);
	for (int i = 0; i < n->count; i++) {
		rc = net_step_layer(n, i, &why);
		for (int p = 0; !rc && p < n->layer[i].pools; p++)
			rc = net_step_pool(&n->layer[i], &why);
		if (!rc && i == n->count - 1)
			rc = net_step_head(n, &why);
		if (rc)
			return err_set(err, rc, "layer %d: %.220s", i + 1, why.text);
	}
	return BNN_OK;
}
