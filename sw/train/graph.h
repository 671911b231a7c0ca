/* SPDX-License-Identifier: MIT
 * The trained network: layers, a batch through them and back, and their fold. */
#ifndef JB_TRAIN_GRAPH_H
#define JB_TRAIN_GRAPH_H

#include "layer.h"
#include "workers.h"

struct graph {
	struct net net;
	int batch;  /* images there is room for */
	int images; /* of the present batch */
	enum pass pass;
	struct layer layer[JB_MAX_LAYERS];
	float *pixels;           /* [batch][rows][cols][channels], 0..255: the caller fills them */
	float *logits;           /* [batch][classes] */
	struct workers *workers; /* the caller's */
	float **scratch;         /* [worker] */
	float *base, *tilt;      /* norm_backward's constants of the layer at hand */
	int at;                  /* the layer at hand */
	int frozen;              /* so many first layers stay as they were adopted */
	bool real;               /* all layers are: nothing to freeze or fold */
};

enum graph_how { /* to be added */
		 GRAPH_PLAIN = 0,
		 GRAPH_GAIN = 1, /* batch norm has a gain, not only an offset */
		 GRAPH_REAL = 2  /* real layers */
};

/* Allocates layers for batches of up to `batch` images and draws the latent weights. how: of enum
 * graph_how. base: a model that will be adopted, or NULL. Errors: BNN_E_MEMORY. */
int graph_new(const struct net *n, int batch, int how, uint64_t seed, const struct bnn_model *base,
	      struct workers *w, struct graph **out, struct bnn_err *err);
void graph_free(struct graph *g);

/* Places the first layer's thresholds by the `images` images in pixels; a network without jets on
 * pixels needs none. Errors: BNN_E_MEMORY. */
int graph_start(struct graph *g, int images);
/* The same, and takes over the layers of a folded model, so that folded again it is the same; of
 * another head only the layers before it. The network is the base's but for the head's classes. */
int graph_adopt(struct graph *g, const struct bnn_model *base, bool head, int images);
/* Part of the bits, 0 to 1, in PASS_TRAIN: 1 from the start on. */
void graph_harden(struct graph *g, float hard);
/* pixels -> logits of the first `images` images. PASS_FOLDED needs graph_freeze first. */
void graph_forward(struct graph *g, int images, enum pass pass);
/* loss.c: mean weighted cross entropy of the batch; leaves its gradient for graph_backward.
 * class_weight has one a class. taught: logits of a teacher for the same images, or NULL. */
double graph_loss(struct graph *g, const uint8_t *label, const float *class_weight,
		  const float *taught);
/* Gradients of all parameters of the batch last passed forward. */
void graph_backward(struct graph *g);
void graph_step(struct graph *g, const struct optimizer *o, double rate, long step);
/* Sets the integer thresholds and biases; real layers have none. */
void graph_freeze(struct graph *g);
/* The folded model of what graph_freeze has set. Errors: BNN_E_MEMORY. */
int graph_fold(const struct graph *g, struct bnn_model **out, struct bnn_err *err);

#endif
