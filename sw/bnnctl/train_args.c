/* SPDX-License-Identifier: MIT
 * Options of bnnctl train. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "train_args.h"

#define FINE_TUNE 0.3 /* of the usual rate, with --from */
#define LOCAL_SIDE 33 /* of --normalize local */

const struct ctl_option train_options[] = {
	{ 'o', "output", "MODEL", "the .bnn file to write" },
	{ 'b', "board", "BOARD", "the board a network must fit [up5k, when one is chosen]" },
	{ 0, "net", "TEXT", "network, e.g. \"28x28x1: jet3x32 pool bconv3x64 dense10\" [chosen]" },
	{ 0, "epochs", "N", "[chosen: some thousand steps]" },
	{ 0, "seed", "N", "the same seed gives the same model [1]" },
	{ 0, "resume", NULL,
	  "go on with a run that was stopped, with its options: MODEL.checkpoint" },
	{ 0, "from", "MODEL", "start from this .bnn file: its network and preprocessing" },
	{ 0, "freeze", "N", "its N first layers stay as they are [0]" },
	{ 0, "augment", "LIST",
	  "of flip-h, flip-v, transpose, shift[:PIXELS], brightness, rotate; none; auto: by trial "
	  "[auto]" },
	{ 0, "class-weights", "HOW",
	  "none, sqrt, full; auto: full where classes differ twofold [auto]" },
	{ 0, "normalize", "HOW",
	  "of images on the host: none, mean, local[:SIDE]; auto: by trial [auto]" },
	{ 0, "optimizer", "NAME",
	  "adam, sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adamax, nadam, amsgrad [adam]" },
	{ 0, "rate", "R",
	  "learning rate [adam: 0.02 in batches below 64, else 0.01; of others what suits them; "
	  "--from: 0.3 of that, of 0.01 for adam]" },
	{ 0, "warmup", "N", "steps until it is reached; it then falls to 0 as a cosine [100]" },
	{ 0, "batch", "N", "[chosen: 32 or 64]" },
	{ 0, "patience", "N", "stop after N epochs without a better one [0: never]" },
	{ 0, "soften", "PART",
	  "part of the run in which bits harden from real values to signs [0.6; 0 with jets "
	  "behind the first layer and --from]" },
	{ 0, "gain", NULL, "batch norm with a gain, not only an offset" },
	{ 0, "distil", NULL, "train the network with real weights first, and let it teach" },
	{ 0, "float", NULL, "train it with real weights only, and say its accuracy: no -o" },
	{ 0, "test", "FOLDER", "class folders to test on [FOLDER/test; --idx: the t10k files]" },
	{ 0, "test-part", "PART", "part of every class to test on where there is no test/ [0.15]" },
	{ 0, "holdout", "PART", "part of every class held out for choosing the epoch [0.1]" },
	{ 0, "group-by", "TEXT",
	  "keep files together whose names agree up to the first TEXT, e.g. _ [none]" },
	{ 0, "idx", "DIR",
	  "folder with train-images-idx3-ubyte[.gz] and the other three IDX files" },
	{ 0, "classes", "A,B,...", "names of the classes of IDX files [0,1,...]" },
	{ 0, "threads", "N", "no influence on the result [0: one a processor]" },
	{ 0, NULL, NULL, NULL },
};

static int get_numbers(struct ctl *c, struct train_args *a)
{
	struct train_options *t = &a->train;
	long seed = (long)t->seed;
	struct {
		const char *name;
		long least, most;
		int *to;
	} rows[] = {
		{ "epochs", 1, 100000, &t->epochs }, { "patience", 0, 100000, &t->patience },
		{ "batch", 2, 4096, &t->batch },     { "warmup", 0, 1000000000, &t->warmup },
		{ "threads", 0, 64, &t->threads },   { "freeze", 0, JB_MAX_LAYERS - 1, &t->freeze },
	};
	int status = EXIT_OK;

	for (size_t i = 0; !status && i < sizeof(rows) / sizeof(*rows); i++) {
		long value = *rows[i].to;

		status = ctl_integer(c, rows[i].name, rows[i].least, rows[i].most, &value);
		*rows[i].to = (int)value;
	}
	if (!status)
		status = ctl_integer(c, "seed", 0, INT32_MAX, &seed);
	t->seed = (uint64_t)seed;
	if (!status)
		status = ctl_real(c, "holdout", 0, 0.9, &t->holdout);
	if (!status)
		status = ctl_real(c, "test-part", 0, 0.9, &a->test_part);
	if (a->from)
		t->rate *= FINE_TUNE;
	if (!status)
		status = ctl_real(c, "soften", 0, 1, &t->soften);
	if (!status)
		status = ctl_real(c, "rate", 1e-6, 1, &t->rate);
	return status;
}

/* The optimiser and its rate, which --rate may replace afterwards. */
static int get_optimizer(struct ctl *c, struct train_options *t)
{
	const char *name = ctl_value(c, "optimizer");
	const struct optimizer *o = name ? optimizer_find(name) : NULL;

	if (name && !o)
		return ctl_usage(c, "--optimizer %s is not known", name);
	if (o) {
		t->optimizer = o;
		t->rate = o->rate;
	}
	return EXIT_OK;
}

/* "none", "mean", "local" or "local:SIDE". False when it is none of them. */
static bool parse_normalize(const char *text, struct model_pre *pre)
{
	const char *side = strncmp(text, "local:", 6) ? NULL : text + 6;
	char *end;
	long window = LOCAL_SIDE;

	if (!strcmp(text, "none"))
		return true;
	if (!strcmp(text, "mean")) {
		pre->normalize = 1;
		return true;
	}
	if (side) {
		window = strtol(side, &end, 10);
		if (*side < '0' || *side > '9' || *end)
			return false;
	} else if (strcmp(text, "local")) {
		return false;
	}
	pre->contrast = 1;
	pre->window = window > 63 ? 0 : (uint8_t)window;
	return window >= 3 && window <= 63 && window % 2 == 1;
}

static int get_words(struct ctl *c, struct train_args *a)
{
	static const char *const weights[] = { "none", "sqrt", "full" };
	const char *augment = ctl_value(c, "augment"), *normalize = ctl_value(c, "normalize");
	const char *weigh = ctl_value(c, "class-weights"), *board = ctl_value(c, "board");

	a->board = board ? board_find(board) : NULL;
	if (board && !a->board)
		return ctl_usage(c, "unknown board %s", board);
	a->choose_augment = !augment || !strcmp(augment, "auto");
	a->choose_normalize = !a->from && (!normalize || !strcmp(normalize, "auto"));
	if (!a->choose_augment && !augment_parse(augment, &a->train.augment))
		return ctl_usage(c,
				 "--augment %s: a list of flip-h, flip-v, transpose, shift, "
				 "shift:PIXELS (up to %d), brightness and rotate, or none, or auto",
				 augment, AUGMENT_MAX_SHIFT);
	if (normalize && !a->choose_normalize && !parse_normalize(normalize, &a->train.pre))
		return ctl_usage(
			c,
			"--normalize %s: none, mean, local, local:SIDE with an odd side from "
			"3 to 63, or auto",
			normalize);
	a->choose_balance = true;
	for (int i = 0; weigh && i < 3; i++)
		if (!strcmp(weigh, weights[i])) {
			a->train.balance = 0.5 * i;
			a->choose_balance = false;
		}
	if (weigh && a->choose_balance && strcmp(weigh, "auto") != 0)
		return ctl_usage(c, "--class-weights %s: none, sqrt, full or auto", weigh);
	return EXIT_OK;
}

static int check_together(struct ctl *c, const struct train_args *a)
{
	if (a->real && (a->output || a->from || a->train.distil || a->train.resume))
		return ctl_usage(c, "--float makes no model: it does not go with %s",
				 a->output         ? "-o"
				 : a->from         ? "--from"
				 : a->train.distil ? "--distil"
						   : "--resume");
	if (!a->output && !a->real)
		return ctl_usage(c, "-o MODEL is missing");
	if (!a->idx == !a->folder)
		return ctl_usage(c, "either FOLDER or --idx DIR must be given");
	if (a->idx ? a->test != NULL : a->classes != NULL)
		return ctl_usage(c, "--%s goes with %s only", a->idx ? "test" : "classes",
				 a->idx ? "FOLDER" : "--idx");
	if (a->group_by && (a->idx || !*a->group_by))
		return ctl_usage(c, "--group-by needs a text and FOLDER");
	if (a->from && (a->net || ctl_value(c, "normalize")))
		return ctl_usage(c, "--%s does not go with --from: it is the model's",
				 a->net ? "net" : "normalize");
	if (a->from && ctl_value(c, "soften"))
		return ctl_usage(c, "--soften does not go with --from: its bits are hard");
	if (a->train.freeze && !a->from)
		return ctl_usage(c, "--freeze goes with --from only");
	return EXIT_OK;
}

int train_args_get(struct ctl *c, int argc, char **argv, struct train_args *a)
{
	int status;

	*a = (struct train_args){ .idx = ctl_value(c, "idx"),
				  .folder = argc > 1 ? argv[1] : NULL,
				  .test = ctl_value(c, "test"),
				  .net = ctl_value(c, "net"),
				  .output = ctl_value(c, "output"),
				  .classes = ctl_value(c, "classes"),
				  .from = ctl_value(c, "from"),
				  .group_by = ctl_value(c, "group-by"),
				  .test_part = 0.15,
				  .choose_epochs = !ctl_value(c, "epochs"),
				  .choose_batch = !ctl_value(c, "batch"),
				  .choose_soften = !ctl_value(c, "soften"),
				  .choose_rate = !ctl_value(c, "rate") && !ctl_value(c, "from") &&
						 !ctl_value(c, "optimizer") };
	train_defaults(&a->train);
	a->train.resume = ctl_value(c, "resume") != NULL;
	a->train.gain = ctl_value(c, "gain") != NULL;
	a->train.distil = ctl_value(c, "distil") != NULL;
	a->real = ctl_value(c, "float") != NULL;
	status = get_optimizer(c, &a->train);
	if (!status)
		status = get_numbers(c, a);
	if (!status)
		status = get_words(c, a);
	return status ? status : check_together(c, a);
}
