/* SPDX-License-Identifier: MIT
 * net_cost BOARD NET...: what each network of random weights costs on a board (or configuration of
 * the simulator), from the exact cycle models, a line each, tabs between:
 *   NET, weight bits of layer 1, of layer 2, cycles of the front end, of layer 2, lanes it uses in %
 * or NET, "-" and why it does not fit. Exit status 2 for a board or net that is none. Used by
 * scripts/jets.sh. */
#include <stdio.h>

#include "boards.h"
#include "budget.h"
#include "model.h"

static int print_cost(const struct board *board, const char *text)
{
	struct net net;
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	struct budget b = { 0 };
	int rc;

	rc = net_parse(text, &net, &err) || model_new(&net, &m, &err);
	if (!rc) {
		model_random(m, 1);
		rc = budget_make(m, board, &b, &err);
	}
	if (rc)
		fprintf(stderr, "net_cost: %s: %s\n", text, err.text);
	else if (b.why.code)
		printf("%s\t-\t%s\n", text, b.why.text);
	else
		printf("%s\t%zu\t%zu\t%.0f\t%ld\t%.1f\n", text, model_layer_bits(&net.layer[0]),
		       net.count > 1 ? model_layer_bits(&net.layer[1]) : 0, b.cycles[BOUND_FRONT],
		       b.layer[1].cycles, 100 * b.layer[1].used);
	bnn_model_free(m);
	return rc;
}

int main(int argc, char **argv)
{
	const struct board *board = argc > 1 ? board_find(argv[1]) : NULL;

	if (!board || argc < 3) {
		fprintf(stderr, "usage: net_cost BOARD NET...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		if (print_cost(board, argv[i]))
			return 2;
	return 0;
}
