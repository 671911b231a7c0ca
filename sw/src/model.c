/* SPDX-License-Identifier: MIT
 * Model in memory: allocation, counts, checks and what the public API tells about it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

size_t model_inputs(const struct net_layer *l)
{
	if (l->kind == NET_DENSE)
		return (size_t)l->in_rows * (size_t)l->in_cols * (size_t)l->in_ch;
	return (size_t)l->in_ch;
}

static bool has_jets(const struct net_layer *l)
{
	return l->kind == NET_JET || l->kind == NET_SJET;
}

size_t model_weight_count(const struct net_layer *l)
{
	if (has_jets(l))
		return 0;
	return model_inputs(l) * (size_t)l->out *
	       (l->kind == NET_BCONV ? (size_t)(l->k * l->k) : 1);
}

size_t model_kernel_count(const struct net_layer *l)
{
	if (l->kind == NET_SJET)
		return (size_t)l->out;
	return model_sign_count(l);
}

size_t model_sign_count(const struct net_layer *l)
{
	return has_jets(l) ? model_inputs(l) * (size_t)l->out : 0;
}

size_t model_layer_bits(const struct net_layer *l)
{
	size_t kernel_bits = l->k == 3 ? 4 : 5; /* 9 and 25 kernels */

	return model_weight_count(l) + model_sign_count(l) + kernel_bits * model_kernel_count(l);
}

size_t model_weight_bits(const struct bnn_model *m)
{
	size_t bits = 0;

	for (int i = 0; i < m->net.count; i++)
		bits += model_layer_bits(&m->net.layer[i]);
	return bits;
}

/* calloc of count items of size bytes; NULL with *ok kept when count is 0. */
static void *take(size_t count, size_t size, bool *ok)
{
	void *p = count ? calloc(count, size) : NULL;

	if (count && !p)
		*ok = false;
	return p;
}

static bool layer_new(const struct net_layer *l, bool head, struct model_layer *p)
{
	size_t signs = model_sign_count(l), weights = model_weight_count(l);
	bool ok = true;

	p->kernel = take(model_kernel_count(l), 1, &ok);
	p->sign = take(signs, 1, &ok);
	p->weight = take(weights, 1, &ok);
	p->threshold = take(head ? 0 : (size_t)l->out, sizeof(int32_t), &ok);
	p->bias = take(head ? (size_t)l->out : 0, sizeof(int32_t), &ok);
	if (!ok)
		return false;
	if (p->sign)
		memset(p->sign, 1, signs);
	if (p->weight)
		memset(p->weight, 1, weights);
	return true;
}

int model_new(const struct net *n, struct bnn_model **out, struct bnn_err *err)
{
	struct bnn_model *m = calloc(1, sizeof(*m));
	bool ok = m != NULL;

	if (m)
		m->net = *n;
	for (int i = 0; ok && i < n->count; i++)
		ok = layer_new(&n->layer[i], i == n->count - 1, &m->layer[i]);
	for (int c = 0; ok && c < n->layer[n->count - 1].out; c++) {
		m->class_name[c] = calloc(1, 12);
		ok = m->class_name[c] != NULL;
		if (ok)
			snprintf(m->class_name[c], 12, "%d", c);
	}
	if (!ok) {
		bnn_model_free(m);
		return err_set(err, BNN_E_MEMORY, "out of memory for the model's parameters");
	}
	*out = m;
	return BNN_OK;
}

void bnn_model_free(bnn_model *m)
{
	if (!m)
		return;
	for (int i = 0; i < JB_MAX_LAYERS; i++) {
		free(m->layer[i].kernel);
		free(m->layer[i].sign);
		free(m->layer[i].weight);
		free(m->layer[i].threshold);
		free(m->layer[i].bias);
	}
	for (int c = 0; c < JB_MAX_CLASSES; c++)
		free(m->class_name[c]);
	free(m);
}

static int check_signs(const int8_t *v, size_t count, const char *what, int layer,
		       struct bnn_err *err)
{
	for (size_t i = 0; i < count; i++)
		if (v[i] != 1 && v[i] != -1)
			return err_set(err, BNN_E_FILE,
				       "layer %d: %s %zu is %d, allowed are 1 and -1", layer + 1,
				       what, i, v[i]);
	return BNN_OK;
}

static int check_layer(const struct bnn_model *m, int i, struct bnn_err *err)
{
	const struct net_layer *l = &m->net.layer[i];
	const struct model_layer *p = &m->layer[i];
	size_t kernels = model_kernel_count(l);
	int rc;

	for (size_t j = 0; j < kernels; j++)
		if (p->kernel[j] >= l->k * l->k)
			return err_set(err, BNN_E_FILE,
				       "layer %d: kernel %zu is number %d, allowed are 0 to %d",
				       i + 1, j, p->kernel[j], l->k * l->k - 1);
	rc = check_signs(p->sign, model_sign_count(l), "sign", i, err);
	if (!rc)
		rc = check_signs(p->weight, model_weight_count(l), "weight", i, err);
	for (int o = 0; !rc && p->bias && o < l->out; o++)
		if (p->bias[o] > MODEL_MAX_BIAS || p->bias[o] < -MODEL_MAX_BIAS)
			rc = err_set(err, BNN_E_FILE,
				     "layer %d: bias %d is %ld, allowed are -%ld to %ld", i + 1, o,
				     (long)p->bias[o], (long)MODEL_MAX_BIAS, (long)MODEL_MAX_BIAS);
	return rc;
}

/* Bytes of the UTF-8 character at p that is no control character; 0 when there is none. */
static size_t character(const unsigned char *p)
{
	size_t more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
	uint32_t code = more ? p[0] & (0x3fu >> more) : p[0];
	static const uint32_t least[4] = { ' ', 0xa0, 0x800,
					   0x10000 }; /* none longer than need be */

	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (p[0] > 0xf4 || code < least[more] || code > 0x10ffff || code == 127 ||
	    (more == 0 && code > 127) || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return more + 1;
}

/* One line of UTF-8 without control characters, terminated within max bytes. */
static bool is_line(const char *s, size_t max)
{
	size_t i = 0, n;

	if (!memchr(s, 0, max))
		return false;
	while (s[i]) {
		n = character((const unsigned char *)s + i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

static int check_texts(const struct bnn_model *m, struct bnn_err *err)
{
	int classes = m->net.layer[m->net.count - 1].out;

	for (int c = 0; c < classes; c++) {
		if (m->class_name[c][0] == 0)
			return err_set(err, BNN_E_FILE, "class name %d is empty", c);
		if (!is_line(m->class_name[c], MODEL_NAME_MAX + 1))
			return err_set(err, BNN_E_FILE,
				       "class name %d is not plain UTF-8 or has more "
				       "than %d bytes",
				       c, MODEL_NAME_MAX);
	}
	if (!is_line(m->facts.text, sizeof(m->facts.text)))
		return err_set(err, BNN_E_FILE,
			       "the training facts are not plain UTF-8 or have more than %zu bytes",
			       sizeof(m->facts.text) - 1);
	if (!isfinite(m->facts.display_scale) || m->facts.display_scale < 0)
		return err_set(err, BNN_E_FILE, "the display scale is not a number of 0 or more");
	return BNN_OK;
}

static int check_pre(const struct model_pre *pre, struct bnn_err *err)
{
	if (pre->normalize > 1 || pre->contrast > 1 || pre->use_table > 1)
		return err_set(err, BNN_E_FILE,
			       "preprocessing: normalize is %d, contrast %d, table %d, "
			       "allowed are 0 and 1",
			       pre->normalize, pre->contrast, pre->use_table);
	if (pre->contrast && (pre->window < 3 || pre->window > 63 || pre->window % 2 == 0))
		return err_set(err, BNN_E_FILE,
			       "preprocessing: the contrast window is %d, allowed are "
			       "odd sides from 3 to 63",
			       pre->window);
	return BNN_OK;
}

int model_check(const struct bnn_model *m, struct bnn_err *err)
{
	int rc = check_pre(&m->pre, err);

	if (!rc)
		rc = check_texts(m, err);
	for (int i = 0; !rc && i < m->net.count; i++)
		rc = check_layer(m, i, err);
	return rc;
}

int bnn_model_rows(const bnn_model *m)
{
	return m->net.rows;
}

int bnn_model_cols(const bnn_model *m)
{
	return m->net.cols;
}

int bnn_model_channels(const bnn_model *m)
{
	return m->net.channels;
}

int bnn_model_classes(const bnn_model *m)
{
	return m->net.layer[m->net.count - 1].out;
}

int model_find_class(const bnn_model *m, const char *name, size_t length)
{
	for (int c = 0; c < bnn_model_classes(m); c++)
		if (strlen(m->class_name[c]) == length &&
		    memcmp(m->class_name[c], name, length) == 0)
			return c;
	return -1;
}

const char *bnn_model_class(const bnn_model *m, int c)
{
	return c >= 0 && c < bnn_model_classes(m) ? m->class_name[c] : NULL;
}
