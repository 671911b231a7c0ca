/* SPDX-License-Identifier: MIT
 * The trainer's convolutions on whole numbers: every set of inner loops against sums one by one, and
 * forward and back against columns and floats. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "dot.h"
#include "graph.h"

#define IMAGES 5

static void fill(struct rng *r, int16_t *v, size_t n, bool bits)
{
	for (size_t i = 0; i < n; i++)
		v[i] = bits ? (rng_next(r) & 1 ? 1 : -1)
			    : (int16_t)((int)rng_below(r, 65535) - 32767);
}

/* Sizes around the blocks of the loops. */
START_TEST(windows_equal_sums)
{
	struct rng r = rng_stream(5, (uint64_t)_i);
	int groups = 1 + _i % 3, rows = 1 + _i % 4, pairs = 1 + (int)rng_below(&r, 9);
	int count = DOT_ROWS * (1 + _i % 2), step = 2 * pairs + 6;
	int16_t in[8192], *weight = calloc((size_t)(groups * rows * pairs * DOT_GROUP * 2), 2);
	int32_t at[2 * DOT_ROWS], *out = calloc((size_t)(count * groups * DOT_GROUP), 4);
	struct dot_windows w = { in, at, count, weight, groups, rows, pairs, step };

	fill(&r, in, sizeof(in) / sizeof(*in), false);
	fill(&r, weight, (size_t)(groups * rows * pairs * DOT_GROUP * 2), true);
	for (int p = 0; p < count; p++)
		at[p] = (int32_t)rng_below(&r, 4000) * 2;
	for (int set = 0; set < dot_kernels_count(); set++) {
		memset(out, 0x55, (size_t)(count * groups * DOT_GROUP) * sizeof(*out));
		dot_kernels(set)->windows(&w, out);
		for (int p = 0; p < count; p++)
			for (int o = 0; o < groups * DOT_GROUP; o++) {
				int32_t sum = 0;

				for (int i = 0; i < rows * pairs * 2; i++) {
					int row = i / (2 * pairs), col = i % (2 * pairs);
					int part =
						((o / DOT_GROUP * rows + row) * pairs + col / 2) *
							DOT_GROUP +
						o % DOT_GROUP;

					sum += in[at[p] + row * step + col] *
					       weight[part * 2 + col % 2];
				}
				ck_assert_int_eq(out[p * groups * DOT_GROUP + o], sum);
			}
	}
	free(weight);
	free(out);
}
END_TEST

START_TEST(outer_equals_sums)
{
	enum { LINES = 3, OUTS = 2 * DOT_ROWS };
	struct rng r = rng_stream(6, (uint64_t)_i);
	int groups = 1 + _i % 3, pairs = 1 + (int)rng_below(&r, 9), ch = groups * DOT_GROUP;
	int b_step = 4 * ch, out_step = ch + 7;
	int16_t a[4096], b[16384];
	int32_t a_at[LINES], b_at[LINES], *out = calloc((size_t)(OUTS * out_step), sizeof(*out));
	struct dot_outer w = { a, b, a_at, b_at, LINES, pairs, OUTS, groups, b_step, out_step };

	fill(&r, a, sizeof(a) / sizeof(*a), false);
	fill(&r, b, sizeof(b) / sizeof(*b), true);
	for (int i = 0; i < LINES; i++) {
		a_at[i] = (int32_t)rng_below(&r, 1000) * 2;
		b_at[i] = (int32_t)rng_below(&r, 4000) * 2;
	}
	for (int set = 0; set < dot_kernels_count(); set++) {
		memset(out, 0x55, (size_t)(OUTS * out_step) * sizeof(*out));
		dot_kernels(set)->outer(&w, out);
		for (int o = 0; o < OUTS; o++)
			for (int c = 0; c < ch; c++) {
				int32_t sum = 0;

				for (int i = 0; i < LINES * pairs * 2; i++) {
					int pair = i / 2 % pairs, line = i / 2 / pairs;

					sum += a[a_at[line] + (pair * OUTS + o) * 2 + i % 2] *
					       b[b_at[line] + pair * b_step + c * 2 + i % 2];
				}
				ck_assert_int_eq(out[o * out_step + c], sum);
			}
	}
	free(out);
}
END_TEST

static const char *const nets[] = {
	"9x8x1: bconv3x5 bconv3x6v dense3",
	"9x8x1: bconv3x32 bconv3x40 dense3",
	"8x9x1: bconv3x17 bconv5x33v bconv1x9 dense3",
	"9x8x1: jet5x6 sjet3x5 pool jet3x4 cam4",
	"11x10x1: bconv5x4 sjet5x5v dense2",
	"14x12x1: jet3x35 jet5x9 jet3x7 sjet3x6v dense2",
};
#define NETS ((int)(sizeof(nets) / sizeof(*nets)))

static float *floats(size_t n)
{
	return calloc(n, sizeof(float));
}

/* z = columns * weight^T and its gradients, sum by sum. */
static void by_columns(const struct layer *l, const float *in, const float *dz, float *z,
		       double *dweight, double *din)
{
	size_t rows = (size_t)l->positions * IMAGES, size = l->terms;
	float *col = floats(rows * size), *dcol = floats(rows * size);
	float *back = floats(IMAGES * l->in_size);

	columns_get(l, in, IMAGES, col);
	for (size_t m = 0; m < rows; m++)
		for (int o = 0; o < l->width; o++)
			for (size_t t = 0; t < size; t++) {
				float w = l->weight[(size_t)o * size + t];
				float d = dz[m * (size_t)l->width + (size_t)o];

				z[m * (size_t)l->width + (size_t)o] += col[m * size + t] * w;
				dweight[(size_t)o * size + t] += (double)(d * col[m * size + t]);
				dcol[m * size + t] += d * w;
			}
	columns_add(l, dcol, IMAGES, back);
	for (size_t i = 0; i < IMAGES * l->in_size; i++)
		din[i] = (double)back[i];
	free(col);
	free(dcol);
	free(back);
}

/* The rounding of dz: at most half of a 32767th of the largest, in so many products. */
static void near(const float *is, const double *wanted, size_t n, double part)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_double_le(fabs((double)is[i] - wanted[i]), part);
}

/* What a layer reads and makes, of IMAGES images: by the whole-number kernels, and wanted. */
struct buffers {
	size_t ins, zs, weights; /* how many */
	float *in, *dz, *z, *is_z, *dweight, *din;
	double *want_weight, *want_in;
	void *scratch;
};

static struct buffers buffers_new(const struct layer *l)
{
	struct buffers b = { .ins = IMAGES * l->in_size,
			     .zs = IMAGES * (size_t)(l->positions * l->width),
			     .weights = (size_t)l->width * l->terms };

	b.in = floats(b.ins);
	b.dz = floats(b.zs);
	b.z = floats(b.zs);
	b.is_z = floats(b.zs);
	b.dweight = floats(b.weights);
	b.din = floats(b.ins);
	b.want_weight = calloc(b.weights, sizeof(double));
	b.want_in = calloc(b.ins, sizeof(double));
	b.scratch = malloc(whole_scratch(l));
	return b;
}

static void buffers_free(struct buffers *b)
{
	free(b->in);
	free(b->dz);
	free(b->z);
	free(b->is_z);
	free(b->dweight);
	free(b->din);
	free(b->want_weight);
	free(b->want_in);
	free(b->scratch);
}

/* Weights and bits between -1 and 1: rounded, by chance up or down. */
static void check_soft_layer(struct layer *l, struct rng *r)
{
	struct buffers b = buffers_new(l);
	double rows = IMAGES * l->positions, terms = (double)l->terms, back = terms * l->width;

	for (size_t i = 0; i < b.ins; i++)
		b.in[i] = rng_signed(r);
	for (size_t i = 0; i < b.zs; i++)
		b.dz[i] = rng_signed(r);
	for (size_t i = 0; i < b.weights; i++)
		l->weight[i] = rng_signed(r);
	by_columns(l, b.in, b.dz, b.z, b.want_weight, b.want_in);
	for (int set = 0; set < dot_kernels_count(); set++) {
		l->dot = dot_kernels(set);
		whole_weights(l, true, true);
		whole_forward(l, b.in, IMAGES, b.is_z, b.scratch);
		for (size_t i = 0; i < b.zs; i++)
			ck_assert_double_le(fabs((double)(b.is_z[i] - b.z[i])),
					    6 * 0.3 / 256 * sqrt(terms));
		whole_backward(l, b.in, b.dz, IMAGES, false, b.dweight, b.din, b.scratch);
		near(b.dweight, b.want_weight, b.weights, 6 * 0.3 / 256 * sqrt(rows));
		near(b.din, b.want_in, b.ins, 6 * 0.3 / 512 * sqrt(back));
	}
	buffers_free(&b);
}

static void check_layer(struct layer *l, struct rng *r)
{
	struct buffers b = buffers_new(l);
	double half = 1.0 / 32767 / 2, jets = l->net->kind == NET_BCONV ? 1 : 36;

	ck_assert_int_ge(whole_chunk(l), IMAGES);
	for (size_t i = 0; i < b.ins; i++)
		b.in[i] = rng_next(r) & 1 ? 1.0f : -1.0f;
	for (size_t i = 0; i < b.zs; i++)
		b.dz[i] = rng_signed(r);
	by_columns(l, b.in, b.dz, b.z, b.want_weight, b.want_in);
	weights_make(l, PASS_TRAIN);
	for (int set = 0; set < dot_kernels_count(); set++) {
		l->dot = dot_kernels(set);
		if (set < cpu_kernels_count())
			l->kernels = cpu_kernels(set);
		memset(b.scratch, 0x5A, whole_scratch(l));
		whole_weights(l, false, true);
		whole_forward(l, b.in, IMAGES, b.is_z, b.scratch);
		ck_assert_int_eq(memcmp(b.is_z, b.z, b.zs * sizeof(*b.z)), 0);
		whole_backward(l, b.in, b.dz, IMAGES, false, b.dweight, b.din, b.scratch);
		near(b.dweight, b.want_weight, b.weights, 1e-4 + half * IMAGES * l->positions);
		near(b.din, b.want_in, b.ins, 1e-3 + half * jets * (double)l->terms * l->width);
	}
	/* in two parts, added */
	whole_backward(l, b.in, b.dz, 2, false, b.dweight, NULL, b.scratch);
	whole_backward(l, b.in + 2 * l->in_size, b.dz + 2 * l->positions * l->width, IMAGES - 2,
		       true, b.dweight, b.din, b.scratch);
	near(b.dweight, b.want_weight, b.weights, 1e-4 + half * IMAGES * l->positions);
	near(b.din, b.want_in + 2 * l->in_size, (IMAGES - 2) * l->in_size,
	     1e-3 + half * jets * (double)l->terms * l->width);
	memset(b.dz, 0, b.zs * sizeof(*b.dz));
	whole_backward(l, b.in, b.dz, IMAGES, false, b.dweight, b.din, b.scratch);
	for (size_t i = 0; i < b.weights; i++)
		ck_assert_float_eq(b.dweight[i], 0);
	buffers_free(&b);
}

START_TEST(layers_equal_columns)
{
	struct rng r = rng_stream(9, (uint64_t)_i);
	struct bnn_err err;
	struct workers *w;
	struct graph *g;
	struct net n;
	int done = 0;

	ck_assert_int_eq(workers_new(1, &w), BNN_OK);
	ck_assert_msg(net_parse(nets[_i], &n, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(graph_new(&n, IMAGES, GRAPH_PLAIN, 3, NULL, w, &g, &err), BNN_OK);
	for (int i = 0; i < n.count; i++)
		if (g->layer[i].forth) {
			weights_make(&g->layer[i], PASS_TRAIN);
			check_layer(&g->layer[i], &r);
			if (whole_fits(&g->layer[i], true))
				check_soft_layer(&g->layer[i], &r);
			done++;
		}
	ck_assert_int_ge(done, 1);
	graph_free(g);
	workers_free(w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_whole");
	TCase *t = tcase_create("train_whole");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, windows_equal_sums, 0, 12);
	tcase_add_loop_test(t, outer_equals_sums, 0, 6);
	tcase_add_loop_test(t, layers_equal_columns, 0, NETS);
	suite_add_tcase(s, t);
	return check_main(s);
}
