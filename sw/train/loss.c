/* SPDX-License-Identifier: MIT
 * Cross entropy, and distillation: the teacher's probabilities, softened, are aims next to the
 * labels (Hinton et al., 2015). */
#include <math.h>

#include "graph.h"

#define TAUGHT 0.8f /* part of the loss that is the teacher's */
#define HEAT 3.0f   /* logits are divided by it where they are compared with the teacher's */

/* Softmax of logits / heat; returns the logarithm of its denominator. */
static float softmax(const float *logit, int classes, float heat, float *p)
{
	float most = logit[0], sum = 0;

	for (int c = 1; c < classes; c++)
		most = fmaxf(most, logit[c]);
	for (int c = 0; c < classes; c++)
		sum += p[c] = expf((logit[c] - most) / heat);
	for (int c = 0; c < classes; c++)
		p[c] /= sum;
	return logf(fmaxf(sum, 1)) + most / heat;
}

/* Loss against the teacher's logits; adds its gradient to d. HEAT^2 keeps the gradient's size. */
static float taught_loss(const float *logit, const float *aim, int classes, float *d)
{
	float p[JB_MAX_CLASSES], q[JB_MAX_CLASSES], loss = 0;
	float log_sum = softmax(logit, classes, HEAT, p);

	softmax(aim, classes, HEAT, q);
	for (int c = 0; c < classes; c++) {
		d[c] += TAUGHT * HEAT * (p[c] - q[c]);
		loss += q[c] * (log_sum - logit[c] / HEAT);
	}
	return TAUGHT * HEAT * HEAT * loss;
}

double graph_loss(struct graph *g, const uint8_t *label, const float *class_weight,
		  const float *taught)
{
	struct layer *head = &g->layer[g->net.count - 1];
	int classes = head->net->out;
	float part = taught ? 1 - TAUGHT : 1;
	double loss = 0;

	for (int i = 0; i < g->images; i++) {
		const float *logit = g->logits + i * classes;
		float *d = head->dx + i * classes;
		float weight = class_weight[label[i]] / (float)g->images;
		float one = part * (softmax(logit, classes, 1, d) - logit[label[i]]);

		for (int c = 0; c < classes; c++)
			d[c] = part * (d[c] - (c == label[i] ? 1.0f : 0.0f));
		if (taught)
			one += taught_loss(logit, taught + i * classes, classes, d);
		for (int c = 0; c < classes; c++)
			d[c] *= weight;
		loss += (double)(weight * one);
	}
	return loss;
}
