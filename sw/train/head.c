/* SPDX-License-Identifier: MIT
 * Head: logit = scale * z + bias, scale = exp(a) / sqrt(inputs), a and the biases trained.
 * Folded: score = z + round(bias / scale). */
#include <math.h>

#include "layer.h"

int head_new(struct layer *l)
{
	return param_new(&l->offset, (size_t)l->net->out) || param_new(&l->gain, 1) ? BNN_E_MEMORY
										    : BNN_OK;
}

float head_scale(const struct layer *l)
{
	/* a cam's inputs are sums over positions, which are much alike: they count as one */
	size_t places = l->in_size / l->terms;

	return expf(l->gain.value[0]) / ((float)places * sqrtf((float)l->terms));
}

void head_adopt(struct layer *l, const struct bnn_model *m)
{
	const struct model_layer *p = &m->layer[m->net.count - 1];

	if (m->facts.display_scale > 0)
		l->gain.value[0] = logf(m->facts.display_scale / head_scale(l));
	for (int c = 0; c < l->net->out; c++)
		l->offset.value[c] = (float)p->bias[c] * head_scale(l);
}

void head_logits(const struct layer *l, enum pass pass, const float *z, float *logits)
{
	float scale = head_scale(l);

	for (int c = 0; c < l->net->out; c++)
		logits[c] = pass == PASS_FOLDED && !l->real ? z[c] + (float)l->threshold[c]
							    : scale * z[c] + l->offset.value[c];
}

void head_backward(struct layer *l, int images)
{
	size_t classes = (size_t)l->net->out;
	float scale = head_scale(l);
	double slope = 0;

	for (size_t c = 0; c < classes; c++) {
		double sum = 0;

		for (size_t i = c; i < (size_t)images * classes; i += classes) {
			sum += (double)l->dx[i];
			slope += (double)(l->dx[i] * l->z[i]);
			l->dx[i] *= scale;
		}
		l->offset.grad[c] = (float)sum;
	}
	l->gain.grad[0] = (float)(slope * (double)scale);
}

void head_freeze(struct layer *l)
{
	double limit = 1 << 23; /* exact as a float next to every z */

	for (int c = 0; c < l->net->out; c++) {
		double bias = round((double)l->offset.value[c] / (double)head_scale(l));

		l->threshold[c] = (int32_t)fmin(limit, fmax(-limit, bias));
	}
}
