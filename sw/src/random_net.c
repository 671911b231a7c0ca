/* SPDX-License-Identifier: MIT
 * Seeded random networks, models and images, for tests and `bnnctl selftest`. */
#include <string.h>

#include "net_steps.h"
#include "random_net.h"

int random_below(struct random_source *r, int n)
{
	uint64_t z = (r->state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (int)(((z ^ (z >> 31)) >> 33) % (uint64_t)n);
}

/* Channel counts around word and block boundaries are frequent. */
static int random_outputs(struct random_source *r, int most)
{
	static const int edges[] = { 1, 7, 8, 9, 16, 31, 32, 33, 40, 63, 64, 65, 96 };
	int n = random_below(r, 3) ? 1 + random_below(r, 48)
				   : edges[random_below(r, sizeof(edges) / sizeof(edges[0]))];

	return n > most ? most : n;
}

static double work_of(const struct net_layer *l)
{
	double inputs = (double)model_inputs(l) * (l->kind == NET_DENSE ? 1 : l->k * l->k);

	return inputs * l->out * l->conv_rows * l->conv_cols *
	       (l->kind == NET_JET && l->in_ch > 3 ? 8 : 1);
}

static struct net_layer random_conv(struct random_source *r, bool first)
{
	struct net_layer l = { .kind = (enum net_kind)random_below(r, 3) };

	l.k = l.kind == NET_BCONV ? 1 + 2 * random_below(r, 3) : 3 + 2 * random_below(r, 2);
	l.stride = random_below(r, 4) ? 1 : 2;
	l.valid = random_below(r, 3) == 0;
	/* jets of 5x5 on more than 32 channels are beyond the engine */
	l.out = random_outputs(r, first || random_below(r, 3) ? 96 : 32);
	return l;
}

/* Adds the layer where shapes and work allow. */
static bool try_layer(struct net *n, struct net_layer l, int pools, double max_work)
{
	int i = n->count;

	n->layer[i] = l;
	n->count = i + 1;
	if (net_step_layer(n, i, NULL) || work_of(&n->layer[i]) > max_work) {
		n->count = i;
		return false;
	}
	for (; pools > 0 && !net_step_pool(&n->layer[i], NULL); pools--)
		n->layer[i].pools++;
	return true;
}

static void add_head(struct random_source *r, struct net *n, double max_work)
{
	struct net_layer head = { .kind = NET_CAM };
	bool dense = n->layer[n->count - 1].kind == NET_DENSE || random_below(r, 2);

	if (dense) {
		head.kind = NET_DENSE;
		while (random_below(r, 3) == 0 && n->count < JB_MAX_LAYERS - 1) {
			head.out = random_outputs(r, 96);
			try_layer(n, head, 0, max_work);
		}
	}
	head.out = random_below(r, 4) ? 2 + random_below(r, 14) : 2 + random_below(r, 63);
	while (!try_layer(n, head, 0, max_work))
		head.out = 2;
}

void random_net(struct random_source *r, int max_side, double max_work, struct net *out)
{
	int layers = 1 + random_below(r, 5);

	memset(out, 0, sizeof(*out));
	out->rows = JB_MIN_SIDE + random_below(r, max_side - JB_MIN_SIDE + 1);
	out->cols = JB_MIN_SIDE + random_below(r, max_side - JB_MIN_SIDE + 1);
	out->channels = random_below(r, 3) ? 1 : 3;
	while (out->count < layers) {
		int pools = random_below(r, 2) ? 0 : 1 + random_below(r, 8) / 6;
		bool first = out->count == 0;

		if (!try_layer(out, random_conv(r, first), pools, max_work) && !first &&
		    random_below(r, 4) == 0)
			break;
	}
	add_head(r, out, 64 * max_work);
}

struct bnn_model *random_model(struct random_source *r, int max_side, double max_work)
{
	struct bnn_model *m;
	struct net n;

	random_net(r, max_side, max_work, &n);
	if (model_new(&n, &m, NULL))
		return NULL;
	model_random(m, (uint64_t)random_below(r, 1 << 30));
	return m;
}

void random_image(struct random_source *r, const struct net *n, uint8_t *pixels)
{
	int kind = random_below(r, 6), level = random_below(r, 3) * 127 + random_below(r, 2);
	int slope = 1 + random_below(r, 9);

	for (int y = 0; y < n->rows; y++)
		for (int x = 0; x < n->cols; x++)
			for (int c = 0; c < n->channels; c++, pixels++)
				switch (kind) {
				case 0: *pixels = (uint8_t)level; break;
				case 1: *pixels = random_below(r, 2) ? 255 : 0; break;
				case 2: *pixels = (uint8_t)(slope * x + level * y + 40 * c); break;
				default: *pixels = (uint8_t)random_below(r, 256); break;
				}
}
