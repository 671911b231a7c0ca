/* SPDX-License-Identifier: MIT
 * Nodes that begin a layer: Conv, MatMul, Gemm. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

/* What flows into a layer: the same amplitude for all channels, by sign, and an offset each.
 * The number of channel c is amplitude * sign[c] * x + offset[c], x being the bit's +-1, or the whole
 * number of the pixel. */
struct source {
	double amplitude;
	int8_t *sign;   /* owned, [ch] */
	double *offset; /* owned, [ch] */
};

static void source_free(struct source *s)
{
	free(s->sign);
	free(s->offset);
}

static int source_pixels(struct walk *w, struct source *s)
{
	uint8_t q[256];
	double offset[3];
	int levels;
	int rc = pixels_fit(w, q, &s->amplitude, offset, &levels);

	for (int c = 0; !rc && c < w->f.ch; c++) {
		s->sign[c] = 1;
		s->offset[c] = offset[c];
	}
	if (!rc)
		draft_table(&w->d, q);
	return rc;
}

static int source_bits(struct walk *w, struct source *s)
{
	for (int c = 0; c < w->f.ch; c++) {
		double half = (w->f.c[c].value[1] - w->f.c[c].value[0]) / 2;

		s->sign[c] = half < 0 ? -1 : 1;
		s->offset[c] = w->f.c[c].value[0] + half;
		if (half == 0)
			return err_set(w->err, BNN_E_LIMIT, "channel %d of its input is constant",
				       c);
		if (c == 0)
			s->amplitude = fabs(half);
		else if (fabs(fabs(half) - s->amplitude) > 1e-9 * s->amplitude)
			return err_set(w->err, BNN_E_LIMIT,
				       "its input has different amplitudes, %g in channel 0 and %g "
				       "in channel %d; one for all is supported",
				       s->amplitude, fabs(half), c);
	}
	return BNN_OK;
}

static int source_read(struct walk *w, struct source *s)
{
	s->sign = calloc((size_t)w->f.ch, sizeof(*s->sign));
	s->offset = calloc((size_t)w->f.ch, sizeof(*s->offset));
	if (!s->sign || !s->offset)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	return w->f.stage == STAGE_PIXELS ? source_pixels(w, s) : source_bits(w, s);
}

/* Where a weight of an output lies in the ONNX tensor, and its channel. */
struct place {
	size_t from;
	int channel;
};

/* A weight tensor as rows of an output each. */
struct rows {
	const struct tensor *t;
	size_t inputs;             /* ONNX weights of an output */
	size_t out_step;           /* from an output to the next, */
	size_t input_step;         /* and from a weight to the next of the same output */
	double scale;              /* of all weights */
	const struct tensor *bias; /* [out], or NULL */
	double bias_scale;
};

/* Order of a dense layer: row, column, channel, and copies of a channel side by side. */
static struct place dense_place(const struct walk *w, size_t at)
{
	const struct flow *f = &w->f;
	size_t ch = (size_t)f->ch * (size_t)w->d.copies;
	size_t position = at / ch, channel = at % ch / (size_t)w->d.copies;
	size_t positions = (size_t)f->rows * (size_t)f->cols;
	size_t from = f->nhwc ? position * (size_t)f->ch + channel : channel * positions + position;

	return (struct place){ from, (int)channel };
}

/* Weights of output o into the last layer and its channel of sums. */
static int take_output(struct walk *w, const struct rows *r, const struct source *s, int o)
{
	struct net_layer *l = draft_last(&w->d);
	size_t inputs = w->d.inputs[w->d.net.count - 1];
	int8_t *weight = w->d.layer[w->d.net.count - 1].weight + (size_t)o * inputs;
	const double *row = r->t->v + (size_t)o * r->out_step;
	double alpha = fabs(row[0]), offset = 0;
	size_t taps = l->kind == NET_BCONV ? (size_t)l->k * (size_t)l->k : 1;

	for (size_t i = 0; i < inputs; i++) {
		struct place p = { i, (int)(i / taps) };
		double v;

		if (l->kind != NET_BCONV)
			p = dense_place(w, i);
		v = row[p.from * r->input_step];
		if (!(fabs(v) == alpha) || alpha == 0 || !isfinite(alpha))
			return err_set(w->err, BNN_E_LIMIT,
				       "weights of output %d are not plus and minus one number "
				       "(%g, %g); quantise them with BipolarQuant",
				       o, row[0], v);
		weight[i] = (int8_t)((v < 0 ? -1 : 1) * s->sign[p.channel]);
		offset += (v < 0 ? -alpha : alpha) * s->offset[p.channel] / w->d.copies;
	}
	w->f.c[o].gain = alpha * r->scale * s->amplitude;
	w->f.c[o].offset = offset * r->scale;
	if (r->bias)
		w->f.c[o].offset += r->bias->v[r->bias->count == 1 ? 0 : (size_t)o] * r->bias_scale;
	return BNN_OK;
}

/* Adds layer l, reads its weights and makes its sums flow. The source's channels are those of w->f
 * as it was before. */
static int begin_layer(struct walk *w, const struct net_layer *l, const struct rows *r)
{
	struct source s = { 0 };
	struct channel *before = w->f.c;
	int channels = w->f.ch;
	size_t inputs = r->inputs * (size_t)w->d.copies;
	int rc = source_read(w, &s);

	if (!rc && r->bias && r->bias->count != 1 && r->bias->count != (size_t)l->out)
		rc = err_set(w->err, BNN_E_FILE, "%zu biases for %d outputs", r->bias->count,
			     l->out);
	if (!rc)
		rc = draft_add(w, l, inputs);
	if (!rc) {
		w->f.c = NULL;
		rc = flow_sums(w, l->out);
		w->f.ch = channels; /* what the weights are laid out for */
		for (int o = 0; !rc && o < l->out; o++)
			rc = take_output(w, r, &s, o);
		free(before);
		w->f.ch = l->out;
	}
	w->d.copies = 1;
	source_free(&s);
	return rc;
}

/* A dense node over everything that flows. */
static int dense(struct walk *w, const struct rows *r, int out)
{
	struct net_layer l = { .kind = w->f.mean ? NET_CAM : NET_DENSE, .out = out, .stride = 1 };
	bool mean = w->f.mean;
	double positions = 1;
	int rc = BNN_OK;

	if (r->inputs != flow_count(&w->f))
		return err_set(w->err, BNN_E_FILE, "%zu inputs, the data has %zu", r->inputs,
			       flow_count(&w->f));
	if (w->f.stage == STAGE_PIXELS)
		rc = pixels_to_bits(w);
	if (!rc && mean) {
		const struct net_layer *last = draft_last(&w->d);

		l.k = 1;
		positions =
			(double)(last->conv_rows >> last->pools) * (last->conv_cols >> last->pools);
	}
	if (!rc)
		rc = begin_layer(w, &l, r);
	for (int o = 0; !rc && o < out; o++)
		w->f.c[o].gain /= positions;
	w->f.rows = w->f.cols = 1;
	w->f.mean = false;
	w->f.nhwc = false;
	return rc;
}

int walk_dense(struct walk *w, const Onnx__NodeProto *n)
{
	bool gemm = strcmp(n->op_type, "Gemm") == 0;
	bool turned = gemm && node_integer(n, "transB", 0);
	struct rows r = { .t = graph_constant(&w->g, node_input(n, 1)),
			  .scale = gemm ? node_real(n, "alpha", 1) : 1,
			  .bias = gemm ? graph_constant(&w->g, node_input(n, 2)) : NULL,
			  .bias_scale = node_real(n, "beta", 1) };
	size_t out;
	int rc;

	if (!w->f.flat || (gemm && node_integer(n, "transA", 0)))
		return err_set(w->err, BNN_E_LIMIT, "its data is no list; put Flatten before it");
	if (!r.t || r.t->ndim != 2 || !r.t->count)
		return err_set(w->err, BNN_E_LIMIT,
			       "input 2 '%.60s' is no constant matrix of weights",
			       node_input(n, 1));
	r.inputs = r.t->dim[turned];
	out = r.t->dim[!turned];
	r.out_step = turned ? r.inputs : 1;
	r.input_step = turned ? 1 : out;
	if (out > JB_MAX_DENSE)
		return err_set(w->err, BNN_E_LIMIT, "%zu outputs, at most %d", out, JB_MAX_DENSE);
	rc = dense(w, &r, (int)out);
	w->f.flat = true;
	return rc;
}

/* Padding of a Conv: its own is zeros, which only pixels and bits that are not there could be. */
static int check_padding(struct walk *w, const Onnx__NodeProto *n, int k, bool *same)
{
	struct flow *f = &w->f;

	*same = f->pad != PAD_NONE;
	if (!node_all_are(n, "pads", 0, 0))
		return err_set(w->err, BNN_E_LIMIT,
			       "padding with zeros; supported are none, a Pad with mode edge on "
			       "pixels (padding_mode='replicate'), a Pad with constant -1 on bits");
	if (!*same)
		return BNN_OK;
	if (f->pad_side != k / 2)
		return err_set(w->err, BNN_E_LIMIT, "padding by %d for a kernel of %dx%d",
			       f->pad_side, k, k);
	for (int c = 0; f->pad == PAD_MINUS && c < f->ch; c++)
		if (f->pad_value != f->c[c].value[0])
			return err_set(w->err, BNN_E_LIMIT,
				       "padding with %g; bit -1 of channel %d is %g", f->pad_value,
				       c, f->c[c].value[0]);
	f->pad = PAD_NONE;
	return BNN_OK;
}

static int conv_shape(struct walk *w, const Onnx__NodeProto *n, struct net_layer *l)
{
	const struct tensor *t = graph_constant(&w->g, node_input(n, 1));
	struct flow *f = &w->f;
	int stride = node_all_are(n, "strides", 2, 1) ? 2 : 1;

	if (!t || t->ndim != 4 || !t->count)
		return err_set(w->err, BNN_E_LIMIT,
			       "input 2 '%.60s' is no constant of 4 dimensions", node_input(n, 1));
	if (f->flat || f->nhwc)
		return err_set(w->err, BNN_E_LIMIT, "its data is not [1, channels, rows, columns]");
	if (node_integer(n, "group", 1) != 1 || t->dim[1] != (size_t)f->ch)
		return err_set(w->err, BNN_E_LIMIT,
			       "%zu input channels in %d groups, the data has %d; one group is "
			       "supported",
			       t->dim[1], (int)node_integer(n, "group", 1), f->ch);
	if (!node_all_are(n, "dilations", 1, 1))
		return err_set(w->err, BNN_E_LIMIT, "only dilation 1 is supported");
	if (!node_all_are(n, "strides", stride, 1) || (node_text_differs(n, "auto_pad", "NOTSET") &&
						       node_text_differs(n, "auto_pad", "VALID")))
		return err_set(w->err, BNN_E_LIMIT,
			       "strides 1 and 2 without auto_pad are supported");
	if (t->dim[0] > JB_MAX_DENSE || t->dim[2] > JB_MAX_SIDE || t->dim[3] > JB_MAX_SIDE)
		return err_set(w->err, BNN_E_LIMIT, "%zu outputs with %zux%zu kernels", t->dim[0],
			       t->dim[2], t->dim[3]);
	*l = (struct net_layer){
		.kind = NET_BCONV, .k = (int)t->dim[2], .out = (int)t->dim[0], .stride = stride
	};
	return BNN_OK;
}

int walk_conv(struct walk *w, const Onnx__NodeProto *n)
{
	struct flow *f = &w->f;
	struct rows r = { .t = graph_constant(&w->g, node_input(n, 1)),
			  .scale = 1,
			  .bias = graph_constant(&w->g, node_input(n, 2)),
			  .bias_scale = 1,
			  .input_step = 1 };
	struct net_layer l;
	bool same = false;
	int rc = conv_shape(w, n, &l);

	if (rc)
		return rc;
	r.inputs = r.out_step = r.t->count / r.t->dim[0];
	rc = check_padding(w, n, l.k, &same);
	if (!rc && f->stage == STAGE_BITS && !same && l.k == f->rows && (int)r.t->dim[3] == f->cols)
		return dense(w, &r, l.out); /* one window: every input once */
	if (!rc && ((l.k != 1 && l.k != 3 && l.k != 5) || (int)r.t->dim[3] != l.k))
		rc = err_set(w->err, BNN_E_LIMIT,
			     "a kernel of %zux%zu; 1x1, 3x3, 5x5 and the whole map are supported",
			     r.t->dim[2], r.t->dim[3]);
	if (!rc && !same && (l.k > f->rows || l.k > f->cols))
		rc = err_set(w->err, BNN_E_LIMIT, "a kernel of %dx%d on a map of %dx%d", l.k, l.k,
			     f->rows, f->cols);
	if (rc)
		return rc;
	l.valid = !same && l.k > 1;
	l.conv_rows = same ? (f->rows + l.stride - 1) / l.stride : (f->rows - l.k) / l.stride + 1;
	l.conv_cols = same ? (f->cols + l.stride - 1) / l.stride : (f->cols - l.k) / l.stride + 1;
	rc = begin_layer(w, &l, &r);
	f->rows = l.conv_rows;
	f->cols = l.conv_cols;
	return rc;
}
