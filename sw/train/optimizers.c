/* SPDX-License-Identifier: MIT
 * g gradient, x value, r rate, t step; the formulas are those of the papers that introduced them, with the
 * constants most libraries use. */
#include "optimizers.h"

#include <math.h>
#include <string.h>

#include "clones.h"

#define MOMENTUM 0.9f
#define DECAY 0.9f /* rmsprop */
#define ADADELTA_DECAY 0.95f
#define BETA1 0.9
#define BETA2 0.999
#define EPSILON 1e-8f
#define ADADELTA_EPSILON 1e-6f

/* x -= r g */
static void sgd(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++)
		p->value[i] -= (float)rate * p->grad[i];
}

/* m = 0.9 m + g; x -= r m */
static void momentum(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++) {
		p->m[i] = MOMENTUM * p->m[i] + p->grad[i];
		p->value[i] -= (float)rate * p->m[i];
	}
}

/* m = 0.9 m + g; x -= r (g + 0.9 m) */
static void nesterov(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++) {
		p->m[i] = MOMENTUM * p->m[i] + p->grad[i];
		p->value[i] -= (float)rate * (p->grad[i] + MOMENTUM * p->m[i]);
	}
}

/* v += g^2; x -= r g / sqrt(v) */
static void adagrad(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++) {
		p->v[i] += p->grad[i] * p->grad[i];
		p->value[i] -= (float)rate * p->grad[i] / (sqrtf(p->v[i]) + EPSILON);
	}
}

/* v averages g^2, m the squares of the steps; x -= r g sqrt(m / v) */
static void adadelta(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++) {
		float g = p->grad[i], d;

		p->v[i] += (1 - ADADELTA_DECAY) * (g * g - p->v[i]);
		d = g * sqrtf((p->m[i] + ADADELTA_EPSILON) / (p->v[i] + ADADELTA_EPSILON));
		p->m[i] += (1 - ADADELTA_DECAY) * (d * d - p->m[i]);
		p->value[i] -= (float)rate * d;
	}
}

/* v averages g^2; x -= r g / sqrt(v) */
static void rmsprop(struct param *p, double rate, long step)
{
	(void)step;
	for (size_t i = 0; i < p->count; i++) {
		float g = p->grad[i];

		p->v[i] += (1 - DECAY) * (g * g - p->v[i]);
		p->value[i] -= (float)rate * g / (sqrtf(p->v[i]) + EPSILON);
	}
}

/* m and v average g and g^2. */
CLONES static void averages(size_t count, const float *restrict g, float *restrict m,
			    float *restrict v)
{
	for (size_t i = 0; i < count; i++) {
		m[i] += (float)(1 - BETA1) * (g[i] - m[i]);
		v[i] += (float)(1 - BETA2) * (g[i] * g[i] - v[i]);
	}
}

static void moments(struct param *p)
{
	averages(p->count, p->grad, p->m, p->v);
}

/* 1 - beta^t: what an average that began at 0 lacks. */
static double missing(double beta, long step)
{
	return 1 - pow(beta, (double)step);
}

/* value -= size * m / (sqrt(v) + least) */
CLONES static void divide(size_t count, float size, float least, const float *restrict m,
			  const float *restrict v, float *restrict value)
{
	for (size_t i = 0; i < count; i++)
		value[i] -= size * m[i] / (sqrtf(v[i]) + least);
}

/* x -= r m' / sqrt(v'), both averages without their start */
static void adam_over(struct param *p, const float *v, double rate, long step)
{
	float root = (float)sqrt(missing(BETA2, step));

	divide(p->count, (float)rate * root / (float)missing(BETA1, step), root * EPSILON, p->m, v,
	       p->value);
}

static void adam(struct param *p, double rate, long step)
{
	moments(p);
	adam_over(p, p->v, rate, step);
}

/* Adam over the largest v so far. */
static void amsgrad(struct param *p, double rate, long step)
{
	moments(p);
	for (size_t i = 0; i < p->count; i++)
		p->w[i] = fmaxf(p->w[i], p->v[i]);
	adam_over(p, p->w, rate, step);
}

/* v = max(0.999 v, |g|); x -= r m' / v */
static void adamax(struct param *p, double rate, long step)
{
	float size = (float)(rate / missing(BETA1, step));

	for (size_t i = 0; i < p->count; i++) {
		float g = p->grad[i];

		p->m[i] += (float)(1 - BETA1) * (g - p->m[i]);
		p->v[i] = fmaxf((float)BETA2 * p->v[i], fabsf(g));
		p->value[i] -= size * p->m[i] / (p->v[i] + EPSILON);
	}
}

/* Adam with the momentum of the next step: x -= r (0.9 m'(t+1) + 0.1 g') / sqrt(v') */
static void nadam(struct param *p, double rate, long step)
{
	float ahead = (float)(BETA1 / missing(BETA1, step + 1));
	float here = (float)((1 - BETA1) / missing(BETA1, step));
	float root = (float)sqrt(missing(BETA2, step));

	moments(p);
	for (size_t i = 0; i < p->count; i++)
		p->value[i] -= (float)rate * root * (ahead * p->m[i] + here * p->grad[i]) /
			       (sqrtf(p->v[i]) + root * EPSILON);
}

const struct optimizer optimizers[] = {
	{ "adam", 0.01, adam },
	{ "sgd", 0.1, sgd },
	{ "momentum", 0.02, momentum },
	{ "nesterov", 0.02, nesterov },
	{ "adagrad", 0.02, adagrad },
	{ "adadelta", 1, adadelta },
	{ "rmsprop", 0.003, rmsprop },
	{ "adamax", 0.01, adamax },
	{ "nadam", 0.01, nadam },
	{ "amsgrad", 0.01, amsgrad },
	{ NULL, 0, NULL },
};

const struct optimizer *optimizer_find(const char *name)
{
	for (const struct optimizer *o = optimizers; o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}
