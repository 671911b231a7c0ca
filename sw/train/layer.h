/* SPDX-License-Identifier: MIT
 * Layers of the trained network.
 *
 * Every layer is a matrix product z = columns * weight^T, followed by an activation:
 *   columns     windows of the input (convolutions), the flattened map (dense), or the map's sum
 *               over all positions (cam)                                         columns.c
 *               or, of bits with stride 1, without columns                       whole.c
 *   weight      made from the latent weights, by kind of layer                   weights.c
 *   activation  jets on pixels: threshold on a unit of the data                  bank.c
 *               other layers:   batch norm, pool, sign                           norm.c
 *               head:           scale and bias                                   head.c
 * Pooling by OR on bits is the maximum before the sign.
 *
 * A real layer is of the same shape with real weights (of jets: real sums of them) and ReLU in
 * place of the sign: what the network would do without its bits.
 */
#ifndef JB_TRAIN_LAYER_H
#define JB_TRAIN_LAYER_H

#include "cpu_kernels.h"
#include "model.h"
#include "optim.h"
#include "rng.h"

/* Images of one work item: sums over a batch are sums over its shards, in their order. */
#define SHARD 8
/* Positions added up as floats before they go into a double. */
#define SUM_BLOCK 16

enum pass {
	PASS_TRAIN, /* binary weights and bits, as far as they are hard; batch norm with the batch's statistics */
	PASS_SOFT,  /* the same with real weights and the activation whose slope training uses:
		     * the function of which the gradients are exact */
	PASS_FOLDED /* binary, with the integer thresholds and biases of the folded model; of a
		     * real layer with the running statistics */
};

struct layer {
	const struct net_layer *net;
	bool bank; /* jets on pixels: fixed kernels, trained thresholds */
	bool head;
	bool pixels;              /* reads pixels */
	bool real;                /* real weights and ReLU, in every pass */
	float hard;               /* part of the bits in weights and activations of PASS_TRAIN */
	int positions;            /* of z in an image */
	int width;                /* of z: outputs, or different kernels of a bank */
	size_t terms;             /* inputs of a z */
	size_t in_size, out_size; /* floats of an image's input and output map */

	struct param latent;           /* weights.c */
	struct param offset;           /* bank: threshold in units; norm: offset; head: bias */
	struct param gain;             /* norm: gain, or empty; head: log of the scale */
	float *weight;                 /* [width][terms], made from latent (bank: fixed) */
	uint8_t *kernel;               /* bank: [out][in]; hidden sjet: [out] */
	int8_t *sign;                  /* bank: [out][in] */
	int16_t *forth, *back;         /* whole.c: weight, packed for z and for the gradient of x */
	int one_bit, one_weight;       /* whole.c: what 1 is */
	const struct dot_kernels *dot; /* whole.c */
	uint32_t *signs;               /* bits.c: weight, packed; NULL: not a layer for it */
	const struct cpu_kernels *kernels;
	int *source;                   /* bank: [out], which z */
	float *origin, *unit;          /* bank: [out], threshold = origin + unit * offset */
	float *mean, *var;             /* norm: [out], running */
	float *batch_mean, *batch_inv; /* norm: [out], of this batch; inv = 1 / deviation */
	int32_t *threshold;            /* folded; head: bias */

	/* a batch */
	float *z;       /* [image][positions][width] */
	float *y;       /* [image][out map]: before the sign */
	float *x;       /* [image][out map]: +-1 */
	float *dx;      /* gradient of x; head: of z, [image][out] */
	float *peak;    /* norm with a pool: [image][out map]: z of the pool's winner */
	uint32_t *from; /* norm with a pool: [image][out map]: its place in the window */
	double *sum;    /* [shard][2][out] */
	float *dweight; /* [shard][width][terms] */
};

/* Images shard s of a batch of n consists of. */
static inline int shard_size(int s, int n)
{
	return n - s * SHARD < SHARD ? n - s * SHARD : SHARD;
}

static inline int shard_count(int n)
{
	return (n + SHARD - 1) / SHARD;
}

/* Side of the square of z positions an output position covers. */
static inline int pool_side(const struct layer *l)
{
	return 1 << l->net->pools;
}

/* Slope used for the sign: 2 - 2|y|, 0 outside of -1..1; and the function it belongs to. */
static inline float sign_slope(float y)
{
	float s = 2.0f - 2.0f * (y < 0 ? -y : y);

	return s > 0 ? s : 0;
}

static inline float soft_sign(float y)
{
	float c = y < -1 ? -1 : y > 1 ? 1 : y;

	return c * (2 - (c < 0 ? -c : c));
}

/* A layer's activation, of n in a row: without branches in the loops, which become vectors. */
static inline void layer_activate(const struct layer *l, enum pass pass, size_t n,
				  const float *restrict y, float *restrict x)
{
	float hard = pass == PASS_SOFT ? 0 : pass == PASS_TRAIN ? l->hard : 1;

	if (l->real)
		for (size_t i = 0; i < n; i++)
			x[i] = y[i] > 0 ? y[i] : 0;
	else if (hard < 1)
		for (size_t i = 0; i < n; i++) {
			float soft = soft_sign(y[i]);

			x[i] = soft + hard * ((y[i] >= 0 ? 1 : -1) - soft);
		}
	else
		for (size_t i = 0; i < n; i++)
			x[i] = y[i] >= 0 ? 1.0f : -1.0f;
}

/* Its slope. */
static inline float layer_slope(const struct layer *l, float y)
{
	return l->real ? (y > 0 ? 1 : 0) : sign_slope(y);
}

/* Zeroed memory for count things of a size; NULL only when there is none. */
void *layer_alloc(size_t count, size_t size);

/* Adds the shards' sums in their order: out[c] = sum over s of part(s)[c]. */
void layer_reduce(const struct layer *l, int shards, double *first, double *second);

/* columns.c: images at in -> [images*positions][terms]; and the gradient back, added to din. */
void columns_get(const struct layer *l, const float *in, int images, float *col);
void columns_add(const struct layer *l, const float *dcol, int images, float *din);

/* whole.c: whether it can do a layer, but for PASS_SOFT; its memory and packed weights; images at
 * most at a time, and bytes of scratch for so many. soft: bits and weights are not hard yet. */
bool whole_fits(const struct layer *l, bool soft);
int whole_new(struct layer *l);
void whole_weights(struct layer *l, bool soft, bool back);
int whole_chunk(const struct layer *l);
size_t whole_scratch(const struct layer *l);
void whole_forward(const struct layer *l, const float *in, int images, float *z, void *scratch);
/* add: to dweight, which otherwise is written. din: gradient of the input, or NULL. */
void whole_backward(const struct layer *l, const float *in, const float *dz, int images, bool add,
		    float *dweight, float *din, void *scratch);

/* bits.c: counts of differing bits where weights are signs (else bits_new does nothing), in place
 * of the sums of products. Windows begin at[] words behind maps, which have a border and bits_words
 * a position; counts are [count][outputs, rounded up to CPU_GROUP]. */
int bits_new(struct layer *l);
void bits_weights(struct layer *l);
int bits_words(const struct layer *l);
void bits_counts(const struct layer *l, const float *in, int images, const int32_t *at, int count,
		 uint32_t *maps, int32_t *counts);

/* weights.c */
int weights_new(struct layer *l, struct rng *r);
/* Latent weights of a folded layer: of one size, with its signs. */
void weights_adopt(struct layer *l, const struct model_layer *p);
void weights_make(struct layer *l, enum pass pass);
/* Gradient of the latent weights from that of the weights, g [width][terms]. */
void weights_pull(struct layer *l, const float *g);
/* flip[o]: the output is to be negated. */
void weights_fold(const struct layer *l, const bool *flip, struct model_layer *p);

/* bank.c */
/* base: kernels and signs of a folded layer; NULL: the usual ones. */
int bank_new(struct layer *l, const struct model_layer *base);
/* Places the thresholds at quantiles of the pooled responses: z holds `images` images. */
int bank_start(struct layer *l, int images);
/* After bank_start: the thresholds of a folded layer. */
void bank_adopt(struct layer *l, const struct model_layer *p);
void bank_forward(struct layer *l, enum pass pass, int first, int images);
void bank_backward(struct layer *l, int shard, int images);
void bank_finish(struct layer *l, int shards);
void bank_freeze(struct layer *l);
void bank_fold(const struct layer *l, struct model_layer *p);

/* norm.c: statistics of a shard, of the batch; activation; gradient sums; gradient of z. */
int norm_new(struct layer *l, bool gain);
void norm_sums(struct layer *l, int shard, int images);
void norm_statistics(struct layer *l, int images);
/* After norm_statistics: offsets that give the thresholds of a folded layer. */
void norm_adopt(struct layer *l, const struct model_layer *p);
void norm_forward(struct layer *l, enum pass pass, int first, int images);
void norm_slopes(struct layer *l, int shard, int images);
void norm_finish(struct layer *l, int images, float *base, float *tilt);
/* base, tilt: [out] from norm_finish. dz of `images` images from number first on. */
void norm_backward(const struct layer *l, const float *base, const float *tilt, int first,
		   int images, float *dz);
void norm_freeze(struct layer *l);
/* True where the gain is negative: the folded weights are negated. */
bool norm_flips(const struct layer *l, int o);

/* head.c */
int head_new(struct layer *l);
float head_scale(const struct layer *l);
/* Scale and biases of a folded head. */
void head_adopt(struct layer *l, const struct bnn_model *m);
/* Logits of one image from its z. */
void head_logits(const struct layer *l, enum pass pass, const float *z, float *logits);
/* Turns the gradients of the logits in dx into those of z, and adds up those of the parameters. */
void head_backward(struct layer *l, int images);
void head_freeze(struct layer *l);

#endif
