/* SPDX-License-Identifier: MIT
 * Convolutions of bits with weights that are whole numbers, forward and back, without columns (dot.h).
 *   z       exact, of bits and signs by bits.c; of bits that are not hard yet to 1/256, of weights
 *           to 1/1,024
 *   back    the gradient of z is rounded to 16 bits, by the largest of the images at hand; its products
 *           with weights and bits are exact: to 1/65,536 of that, or coarser where bits are not hard
 * Maps of 16-bit numbers have their border in them, so that windows are rows of memory. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "dot.h"
#include "layer.h"

/* Bytes of maps worked on at a time: they should stay in a second-level cache. */
#define CHUNK_BYTES (512 * 1024)
#define CHUNK_POSITIONS 4096
#define LARGEST 32767
/* What 1 is as a whole number where bits, and weights, are not hard yet; of weights at most. */
#define SOFT_BIT 256
#define SOFT_WEIGHT 1024

static int round_up(int v, int unit)
{
	return (v + unit - 1) / unit * unit;
}

/* A map of 16-bit numbers with a border. */
struct field {
	int rows, cols; /* with the border */
	int border;
	int ch; /* numbers a position, even */
};

static size_t field_size(const struct field *f)
{
	return (size_t)f->rows * (size_t)f->cols * (size_t)f->ch;
}

/* The layer's input: "same" has a border. */
static struct field bits_field(const struct net_layer *n)
{
	int border = n->valid ? 0 : n->k / 2;

	return (struct field){ n->in_rows + 2 * border, n->in_cols + 2 * border, border,
			       round_up(n->in_ch, 2) };
}

/* The gradient of z: its windows with turned kernels are the inputs'. */
static struct field slope_field(const struct net_layer *n)
{
	int border = n->k - 1 - (n->valid ? 0 : n->k / 2);

	return (struct field){ n->conv_rows + 2 * border, n->conv_cols + 2 * border, border,
			       round_up(n->out, 2) };
}

static int groups_of(int ch)
{
	return round_up(ch, DOT_GROUP) / DOT_GROUP;
}

/* Numbers of packed weights of [groups of to] x taps x from. */
static size_t packed_size(const struct net_layer *n, int to, int from)
{
	return (size_t)groups_of(to) * DOT_GROUP * (size_t)(n->k * n->k) *
	       (size_t)round_up(from, 2);
}

bool whole_fits(const struct layer *l, bool soft)
{
	return !l->pixels && !l->real && l->net->stride == 1 &&
	       (l->net->kind == NET_BCONV ||
		(!soft && (l->net->kind == NET_JET || l->net->kind == NET_SJET)));
}

int whole_new(struct layer *l)
{
	const struct net_layer *n = l->net;

	l->forth = layer_alloc(packed_size(n, n->out, n->in_ch), sizeof(int16_t));
	l->back = layer_alloc(packed_size(n, n->in_ch, n->out), sizeof(int16_t));
	l->dot = dot_kernels(0);
	return l->forth && l->back ? bits_new(l) : BNN_E_MEMORY;
}

/* The largest number the gradient of z is rounded to: its sums are below 2^31. */
static float largest_slope(const struct layer *l, int images)
{
	const struct net_layer *n = l->net;
	/* of all taps of a weight, or of a jet: (1 + 1)^(k-1) in both directions */
	int sum = n->kind == NET_BCONV ? n->k * n->k : 1 << 2 * (n->k - 1);
	int by_weights = INT32_MAX / (l->one_weight * sum) / n->out;
	int by_bits = INT32_MAX / (l->one_bit * images * l->positions);
	int limit = by_weights < by_bits ? by_weights : by_bits;

	return (float)(limit < LARGEST ? limit : LARGEST);
}

/* Where weight (to, tap, from) lies. */
static size_t packed_at(const struct net_layer *n, int to, int tap, int from, int from_even)
{
	size_t row = (size_t)(n->k * from_even) / 2;
	size_t pair = (size_t)(tap % n->k * from_even + from) / 2;

	return ((((size_t)(to / DOT_GROUP) * (size_t)n->k + (size_t)(tap / n->k)) * row + pair) *
			DOT_GROUP +
		(size_t)(to % DOT_GROUP)) *
		       2 +
	       (size_t)(from % 2);
}

void whole_weights(struct layer *l, bool soft, bool back)
{
	const struct net_layer *n = l->net;
	int taps = n->k * n->k, in = round_up(n->in_ch, 2), out = round_up(n->out, 2);
	int most = INT32_MAX / SOFT_BIT / (int)l->terms;

	l->one_bit = soft ? SOFT_BIT : 1;
	l->one_weight = !soft ? 1 : most < SOFT_WEIGHT ? most : SOFT_WEIGHT;
	if (l->signs && !soft)
		bits_weights(l);
	for (int o = 0; o < n->out; o++)
		for (int t = 0; t < taps; t++) {
			const float *w = l->weight + (size_t)o * l->terms + (size_t)(t * n->in_ch);
			int16_t *forth = l->forth + packed_at(n, o, t, 0, in);

			for (int i = 0; i < n->in_ch; i++) {
				int16_t v = convert_one(w[i] * (float)l->one_weight);

				forth[i / 2 * DOT_GROUP * 2 + i % 2] = v;
				if (back)
					l->back[packed_at(n, i, taps - 1 - t, o, out)] = v;
			}
		}
}

/* Memory of a chunk of images, cut from a worker's scratch. */
struct parts {
	int16_t *bits;  /* field of the input */
	int16_t *pairs; /* [its row][its col][channel][2]: of a position and the next */
	int16_t *slope; /* field of the gradient of z */
	int16_t *twos;  /* [row of z][col / 2][out][2]: the same, of two positions */
	int32_t *at, *slope_at, *bits_at, *sum;
};

static void *cut(char *scratch, size_t *used, size_t bytes)
{
	void *p = scratch ? scratch + *used : NULL;

	*used += (bytes + 63) / 64 * 64;
	return p;
}

static size_t largest_of(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Returns the bytes; scratch may be NULL. */
static size_t cut_parts(const struct net_layer *n, int images, void *scratch, struct parts *p)
{
	struct field bits = bits_field(n), slope = slope_field(n);
	size_t count = (size_t)images, two = 2 * sizeof(int16_t), used = 0;
	size_t in_ch = (size_t)groups_of(n->in_ch) * DOT_GROUP;
	size_t out = (size_t)groups_of(n->out) * DOT_GROUP;
	size_t z = count * (size_t)(n->conv_rows * n->conv_cols) + DOT_ROWS;
	size_t x = count * (size_t)(n->in_rows * n->in_cols) + DOT_ROWS;
	size_t weights = (size_t)(round_up(n->out, DOT_ROWS) * n->k * n->k) * in_ch;

	p->bits = cut(scratch, &used, count * field_size(&bits) * sizeof(int16_t));
	p->pairs = cut(scratch, &used, count * (size_t)(bits.rows * bits.cols) * in_ch * two);
	p->slope = cut(scratch, &used, count * field_size(&slope) * sizeof(int16_t));
	p->twos = cut(scratch, &used,
		      count * (size_t)(n->conv_rows * ((n->conv_cols + 1) / 2)) *
			      (size_t)round_up(n->out, DOT_ROWS) * two);
	p->at = cut(scratch, &used, largest_of(z, x) * sizeof(int32_t));
	p->slope_at = cut(scratch, &used, count * (size_t)n->conv_rows * sizeof(int32_t));
	p->bits_at = cut(scratch, &used, count * (size_t)n->conv_rows * sizeof(int32_t));
	p->sum = cut(scratch, &used,
		     largest_of(largest_of(z * out, x * in_ch), weights) * sizeof(int32_t));
	return used;
}

int whole_chunk(const struct layer *l)
{
	struct parts p;
	size_t maps = cut_parts(l->net, 1, NULL, &p) - cut_parts(l->net, 0, NULL, &p);
	int images = SHARD;

	/* sums of 65,536 products of 16-bit numbers with bits are below 2^31 */
	while (images > 1 && ((size_t)images * maps > CHUNK_BYTES || images * l->positions > 65536))
		images--;
	return images;
}

size_t whole_scratch(const struct layer *l)
{
	struct parts p;

	return cut_parts(l->net, whole_chunk(l), NULL, &p);
}

/* Maps of ch floats a position into fields, whose borders are there. */
static void fill_field(const struct field *f, int ch, const float *from, int images, float scale,
		       int16_t *to)
{
	int cols = f->cols - 2 * f->border;

	for (int i = 0; i < images; i++, to += field_size(f))
		for (int r = f->border; r < f->rows - f->border; r++) {
			int16_t *row = to + (r * f->cols + f->border) * f->ch;

			if (ch == f->ch)
				convert_to_whole(from, (size_t)(cols * ch), scale, row);
			for (int c = 0; ch != f->ch && c < cols; c++)
				convert_to_whole(from + c * ch, (size_t)ch, scale, row + c * f->ch);
			from += cols * ch;
		}
}

static void fill_bits(const struct layer *l, const float *in, int images, struct parts *p)
{
	struct field f = bits_field(l->net);
	size_t count = (size_t)images * field_size(&f);

	for (size_t i = 0; i < count; i++) /* missing ones are -1 */
		p->bits[i] = (int16_t)-l->one_bit;
	fill_field(&f, l->net->in_ch, in, images, (float)l->one_bit, p->bits);
}

/* Where the windows of rows x cols positions of fields begin. Returns their number, rounded up. */
static int find_windows(const struct field *f, int rows, int cols, int images, int32_t *at)
{
	int count = images * rows * cols, i = 0;

	for (int image = 0; image < images; image++)
		for (int r = 0; r < rows; r++)
			for (int c = 0; c < cols; c++)
				at[i++] = ((image * f->rows + r) * f->cols + c) * f->ch;
	for (; i % DOT_ROWS; i++)
		at[i] = at[count - 1];
	return i;
}

/* Sums of all windows of fields; positions is that of find_windows. */
static void all_windows(const struct layer *l, const struct field *f, const int16_t *in, int count,
			const int16_t *weight, int to, struct parts *p)
{
	struct dot_windows w = { .in = in,
				 .at = p->at,
				 .count = count,
				 .weight = weight,
				 .groups = groups_of(to),
				 .rows = l->net->k,
				 .pairs = l->net->k * f->ch / 2,
				 .step = f->cols * f->ch };

	l->dot->windows(&w, p->sum);
}

/* base + sum * scale, ch of every groups_of(ch) * DOT_GROUP. */
static void take_sums(const int32_t *sum, int count, int ch, float base, float scale, float *to)
{
	size_t step = (size_t)groups_of(ch) * DOT_GROUP, n = (size_t)ch;

	if (n == step) {
		convert_to_float(sum, (size_t)count * n, base, scale, to);
		return;
	}
	for (int i = 0; i < count; i++, sum += step, to += n)
		convert_to_float(sum, n, base, scale, to);
}

void whole_forward(const struct layer *l, const float *in, int images, float *z, void *scratch)
{
	const struct net_layer *n = l->net;
	struct field f = bits_field(n);
	struct parts p;
	int count;

	cut_parts(n, images, scratch, &p);
	if (l->signs && l->one_bit == 1) { /* hard ones */
		f.ch = bits_words(l);
		count = find_windows(&f, n->conv_rows, n->conv_cols, images, p.at);
		bits_counts(l, in, images, p.at, count, (uint32_t *)p.bits, p.sum);
		take_sums(p.sum, images * l->positions, n->out, (float)l->terms, -2, z);
		return;
	}
	fill_bits(l, in, images, &p);
	count = find_windows(&f, n->conv_rows, n->conv_cols, images, p.at);
	all_windows(l, &f, p.bits, count, l->forth, n->out, &p);
	take_sums(p.sum, images * l->positions, n->out, 0, 1 / (float)(l->one_bit * l->one_weight),
		  z);
}

/* Pairs of neighbours in fields of bits. */
static void fill_pairs(const struct net_layer *n, int images, struct parts *p)
{
	struct field f = bits_field(n);
	size_t ch = (size_t)n->in_ch, step = (size_t)groups_of(n->in_ch) * DOT_GROUP;
	const int16_t *from = p->bits;
	int16_t *to = p->pairs;

	for (int i = 0; i < images * f.rows * f.cols; i++, from += f.ch, to += 2 * step) {
		/* the last of a row meets a gradient of 0, whatever its neighbour */
		convert_pairs(from, i % f.cols < f.cols - 1 ? from + f.ch : from, ch, to);
		memset(to + 2 * ch, 0, 2 * (step - ch) * sizeof(*to));
	}
}

/* The gradient of z as whole numbers; returns what one is worth. */
static float fill_slopes(const struct layer *l, const float *dz, int images, struct parts *p)
{
	const struct net_layer *n = l->net;
	static const int16_t none[JB_MAX_CHANNELS];
	struct field f = slope_field(n);
	size_t out = (size_t)n->out, step = (size_t)round_up(n->out, DOT_ROWS);
	int32_t bits = convert_largest(dz, (size_t)(images * n->conv_rows * n->conv_cols) * out);
	float most, worth;
	int16_t *to = p->twos;

	memcpy(&most, &bits, sizeof(most));
	worth = most / largest_slope(l, images);
	memset(p->slope, 0, (size_t)images * field_size(&f) * sizeof(int16_t));
	if (worth >= FLT_MIN && worth <= FLT_MAX) /* else it is 0, or no number any more */
		fill_field(&f, n->out, dz, images, 1 / worth, p->slope);
	for (int i = 0; i < images * n->conv_rows; i++) {
		int row = i / n->conv_rows * f.rows + f.border + i % n->conv_rows;
		const int16_t *from = p->slope + (row * f.cols + f.border) * f.ch;

		for (int c = 0; c < n->conv_cols; c += 2, from += 2 * f.ch, to += 2 * step) {
			convert_pairs(from, c + 1 < n->conv_cols ? from + f.ch : none, out, to);
			memset(to + 2 * out, 0, 2 * (step - out) * sizeof(*to));
		}
	}
	return worth;
}

/* Gradient of the weights to p->sum: [out][tap][channels, rounded up]. */
static void all_outer(const struct layer *l, int images, struct parts *p)
{
	const struct net_layer *n = l->net;
	struct field f = bits_field(n);
	int ch = groups_of(n->in_ch) * DOT_GROUP, lines = images * n->conv_rows;
	struct dot_outer w = { .a = p->twos,
			       .a_at = p->slope_at,
			       .b_at = p->bits_at,
			       .lines = lines,
			       .pairs = (n->conv_cols + 1) / 2,
			       .outs = round_up(n->out, DOT_ROWS),
			       .groups = groups_of(n->in_ch),
			       .b_step = 2 * 2 * ch,
			       .out_step = n->k * n->k * ch };

	for (int i = 0; i < lines; i++) {
		p->slope_at[i] = i * w.pairs * w.outs * 2;
		p->bits_at[i] = (i / n->conv_rows * f.rows + i % n->conv_rows) * f.cols * ch * 2;
	}
	for (int t = 0; t < n->k * n->k; t++) {
		w.b = p->pairs + (t / n->k * f.cols + t % n->k) * ch * 2;
		l->dot->outer(&w, p->sum + t * ch);
	}
}

void whole_backward(const struct layer *l, const float *in, const float *dz, int images, bool add,
		    float *dweight, float *din, void *scratch)
{
	const struct net_layer *n = l->net;
	struct field f = slope_field(n);
	int taps = n->k * n->k, ch = groups_of(n->in_ch) * DOT_GROUP, count;
	struct parts p;
	float worth, unit;

	cut_parts(n, images, scratch, &p);
	fill_bits(l, in, images, &p);
	fill_pairs(n, images, &p);
	worth = fill_slopes(l, dz, images, &p);
	all_outer(l, images, &p);
	unit = worth / (float)l->one_bit;
	for (int i = 0; i < n->out * taps; i++)
		if (add)
			convert_and_add(p.sum + i * ch, (size_t)n->in_ch, unit,
					dweight + i * n->in_ch);
		else
			convert_to_float(p.sum + i * ch, (size_t)n->in_ch, 0, unit,
					 dweight + i * n->in_ch);
	if (!din)
		return;
	count = find_windows(&f, n->in_rows, n->in_cols, images, p.at);
	all_windows(l, &f, p.slope, count, l->back, n->in_ch, &p);
	take_sums(p.sum, images * n->in_rows * n->in_cols, n->in_ch, 0,
		  worth / (float)l->one_weight, din);
}
