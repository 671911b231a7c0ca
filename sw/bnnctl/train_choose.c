/* SPDX-License-Identifier: MIT
 * What bnnctl train chooses where nothing is said. */
#include <stdio.h>

#include "budget.h"
#include "train_choose.h"

#define FULL_POOLED 7  /* longest side behind the last pool */
#define SMALL_SET 5000 /* images */
#define LARGE_BATCH 64
#define STEPS 5000 /* of a run, about */
#define FEWEST_EPOCHS 12
#define MOST_EPOCHS 200
#define UNEQUAL 2

/* Outputs of the three layers, from the smallest network on. 17 jets with their signs: 68 is four
 * thresholds a jet. */
static const int widths[][3] = { { 17, 16, 16 },  { 34, 32, 32 },   { 68, 32, 64 },
				 { 68, 64, 128 }, { 68, 128, 128 }, { 102, 128, 192 } };
#define WIDTHS ((int)(sizeof(widths) / sizeof(*widths)))

static int first_width(int images, int classes)
{
	int at = images < 300 ? 1 : images < 2000 ? 2 : images < 10000 ? 3 : 4;

	return at + (classes > 16 && at < WIDTHS - 1);
}

static void make_net(const struct train_set *s, const int width[3], struct net *out)
{
	int longest = s->rows > s->cols ? s->rows : s->cols, shortest = s->rows + s->cols - longest;
	int pools = 0;

	*out = (struct net){ .rows = s->rows, .cols = s->cols, .channels = s->channels, .count = 4 };
	while (longest >> pools > FULL_POOLED && shortest >> (pools + 1) > 0)
		pools++;
	for (int i = 0; i < 3; i++)
		out->layer[i] = (struct net_layer){
			.kind = i ? NET_BCONV : NET_JET, .k = 3, .out = width[i], .stride = 1
		};
	for (int p = 0; p < pools; p++)
		out->layer[p % 3].pools++;
	out->layer[3] = (struct net_layer){
		.kind = NET_DENSE, .out = s->classes, .stride = 1, .valid = true
	};
}

int choose_check(const struct net *n, const struct board *board, struct bnn_err *err)
{
	struct bnn_model *m;
	struct budget b = { 0 };
	int rc = model_new(n, &m, err);

	if (rc)
		return rc;
	rc = budget_make(m, board, &b, err);
	if (!rc && b.why.code)
		rc = err_set(err, BNN_E_LIMIT, "the network does not fit %s: %.200s", board->name,
			     b.why.text);
	bnn_model_free(m);
	return rc;
}

int choose_net(const struct train_set *s, const struct board *board, struct net *out,
	       struct bnn_err *err)
{
	int rc = BNN_OK;

	for (int at = first_width(s->count, s->classes); at >= 0; at--) {
		make_net(s, widths[at], out);
		rc = net_infer(out, err);
		if (!rc)
			rc = choose_check(out, board, err);
		if (rc != BNN_E_LIMIT)
			break;
	}
	return rc;
}

int choose_batch(int images)
{
	return images < SMALL_SET ? 32 : LARGE_BATCH;
}

double choose_rate(int batch)
{
	return batch < LARGE_BATCH ? 0.02 : 0.01;
}

int choose_epochs(int images, int batch)
{
	int epochs = STEPS / (images / batch + 1);

	return epochs < FEWEST_EPOCHS ? FEWEST_EPOCHS : epochs > MOST_EPOCHS ? MOST_EPOCHS : epochs;
}

double choose_balance(const struct train_set *s)
{
	int count[JB_MAX_CLASSES], least, most;

	train_set_count(s, count);
	least = most = count[0];
	for (int c = 1; c < s->classes; c++) {
		least = count[c] < least ? count[c] : least;
		most = count[c] > most ? count[c] : most;
	}
	return most >= UNEQUAL * least ? 1 : 0;
}

bool choose_signs(const struct net *n)
{
	for (int i = 1; i < n->count; i++)
		if (n->layer[i].kind == NET_JET || n->layer[i].kind == NET_SJET)
			return true;
	return false;
}
