/* SPDX-License-Identifier: MIT
 * bnnctl info: what a model is, what it needs on a board, how fast it runs there. */
#include <stdio.h>

#include "budget.h"
#include "cmd.h"
#include "estimate.h"
#include "json.h"
#include "model_text.h"

const struct ctl_option info_options[] = {
	{ 'b', "board", "BOARD", "a board, or up5k, 1x2, 2x4, 4x4 (simulated) [up5k]" },
	{ 0, NULL, NULL, NULL },
};

static void print_facts(const struct ctl *c)
{
	const bnn_model *m = c->model;
	const struct model_facts *f = &m->facts;
	char text[NET_TEXT_MAX], part[LAYER_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("model       %s\n", c->model_path);
	printf("network     %s\n", text);
	printf("weights     %zu bits\n", model_weight_bits(m));
	printf("classes     %d:", bnn_model_classes(m));
	for (int i = 0; i < bnn_model_classes(m); i++)
		printf("%s %s", i ? "," : "", bnn_model_class(m, i));
	printf("\npreprocess  %s\n", preprocess_text(&m->pre, part));
	if (*f->text)
		printf("facts       %s\n", f->text);
	if (f->test_images)
		printf("test        %.2f %% (%u of %u images)\n",
		       100.0 * f->test_correct / f->test_images, f->test_correct, f->test_images);
}

static void print_layers(const bnn_model *m, const struct budget *b)
{
	char text[LAYER_TEXT_MAX], map[32];

	puts("\n layer                   map           engine cycles  lanes used");
	for (int i = 0; i < m->net.count; i++) {
		const struct net_layer *l = &m->net.layer[i];

		if (i == m->net.count - 1)
			snprintf(map, sizeof(map), "%d scores", l->out);
		else
			snprintf(map, sizeof(map), "%dx%dx%d", l->out_rows, l->out_cols, l->out);
		printf("%3d %-20s %-13s", i + 1, layer_text(&m->net, i, text), map);
		if (!b->layer[i].cycles)
			puts("     front end");
		else if (b->layer[i].used > 0)
			printf(" %13ld  %8.1f %%\n", b->layer[i].cycles, 100 * b->layer[i].used);
		else
			printf(" %13ld           -\n", b->layer[i].cycles);
	}
}

/* What the accelerator itself takes: the same for every model. */
static void print_estimate(const struct board *board)
{
	struct estimate e;

	if (estimate_make(board, &e))
		return;
	puts("\n resource       estimate     there   (before synthesis; `make report`: routed)");
	for (int r = 0; r < RESOURCES; r++)
		if (e.there[r])
			printf(" %-12s %10ld %9ld   %3.0f %%\n", resource_name((enum resource)r),
			       e.need[r], e.there[r],
			       100.0 * (double)e.need[r] / (double)e.there[r]);
}

static void print_board(const bnn_model *m, const struct board *board, const struct budget *b)
{
	printf("\nboard       %s: %s\n", board->name, board->line);
	print_estimate(board);
	if (b->why.code) {
		printf("fits        no: %s\n", b->why.text);
		return;
	}
	printf("fits        yes: %d of %d words of model memory, %d of %d rows of map memory\n",
	       b->model_words, board->limits.model_words, b->map_rows, board->limits.map_rows);
	print_layers(m, b);
	puts("\n stage           cycles   images/s");
	for (int s = 0; s < BOUNDS; s++)
		printf(" %-9s %12.0f %10.0f\n", bound_name((enum bound)s), b->cycles[s],
		       board->limits.clock_hz / b->cycles[s]);
	printf("\nrate        %.0f images/s, bound by the %s (link at %d bytes/s)\n",
	       board->limits.clock_hz / b->cycles[b->bound], bound_name(b->bound),
	       board->link_rate);
}

static void json_estimate(const struct board *board)
{
	struct estimate e;

	if (estimate_make(board, &e))
		return;
	for (int r = 0; r < RESOURCES; r++)
		printf("%s\"%s\": %ld", r ? ", " : ", \"estimate\": {",
		       resource_name((enum resource)r), e.need[r]);
	printf("}");
}

static void print_json(const struct ctl *c, const struct board *board, const struct budget *b)
{
	const bnn_model *m = c->model;
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("{\"model\": ");
	json_string(c->model_path);
	printf(", \"net\": ");
	json_string(text);
	printf(", \"weight_bits\": %zu, \"test_images\": %u, \"test_correct\": %u, \"board\": ",
	       model_weight_bits(m), m->facts.test_images, m->facts.test_correct);
	json_string(board->name);
	printf(", \"clock\": %u", board->limits.clock_hz);
	json_estimate(board);
	printf(", \"fits\": %s", b->why.code ? "false, \"error\": " : "true");
	if (b->why.code) {
		json_string(b->why.text);
		puts("}");
		return;
	}
	printf(", \"model_words\": %d, \"map_rows\": %d, \"link_cycles\": %.0f, "
	       "\"front_cycles\": %.0f, \"engine_cycles\": %.0f, \"bound\": \"%s\", "
	       "\"images_per_second\": %.1f, \"layers\": [",
	       b->model_words, b->map_rows, b->cycles[BOUND_LINK], b->cycles[BOUND_FRONT],
	       b->cycles[BOUND_ENGINE], bound_name(b->bound),
	       board->limits.clock_hz / b->cycles[b->bound]);
	for (int i = 0; i < m->net.count; i++) {
		printf("%s{\"layer\": ", i ? ", " : "");
		json_string(layer_text(&m->net, i, text));
		printf(", \"cycles\": %ld, \"used\": %.4f}", b->layer[i].cycles, b->layer[i].used);
	}
	puts("]}");
}

int cmd_info(struct ctl *c, int argc, char **argv)
{
	const char *name = ctl_value(c, "board");
	const struct board *board = name ? board_find(name) : boards;
	struct bnn_err err = { 0 };
	struct budget b;

	(void)argc;
	(void)argv;
	if (!board)
		return ctl_usage(c, "unknown board %s", name);
	if (budget_make(c->model, board, &b, &err))
		return ctl_fail(&err);
	if (c->json) {
		print_json(c, board, &b);
		return EXIT_OK;
	}
	print_facts(c);
	print_board(c->model, board, &b);
	return EXIT_OK;
}
