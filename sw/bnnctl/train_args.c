/* SPDX-License-Identifier: MIT
 * Options of bnnctl train. */
#include <stdint.h>

#include "train_args.h"

const struct ctl_option train_options[] = {
	{ 0, "idx", "DIR",
	  "folder with train-images-idx3-ubyte[.gz] and the other three IDX files" },
	{ 0, "test", "FOLDER", "class folders to test on [FOLDER/test; --idx: the t10k files]" },
	{ 0, "classes", "A,B,...", "names of the classes of IDX files [0,1,...]" },
	{ 0, "holdout", "PART", "part of every class held out for choosing the epoch [0.1]" },
	{ 0, "flip", NULL, "exchange left and right every second time" },
	{ 0, "shift", "N", "move by up to N pixels in each direction [0]" },
	{ 0, "normalize", NULL, "the host evens out mean and spread of every image" },
	{ 0, "contrast", "SIDE",
	  "the host evens out contrast over a window of an odd side 3 to 63" },
	{ 0, "net", "TEXT", "network, e.g. \"28x28x1: jet3x32 pool bconv3x64 dense10\"" },
	{ 0, "epochs", "N", "[20]" },
	{ 0, "patience", "N", "stop after N epochs without a better one [0: never]" },
	{ 0, "batch", "N", "[64]" },
	{ 0, "optimizer", "NAME",
	  "adam, sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adamax, nadam, amsgrad [adam]" },
	{ 0, "rate", "R", "learning rate [of adam 0.01, of others what suits them]" },
	{ 0, "warmup", "N", "steps until it is reached; it then falls to 0 as a cosine [100]" },
	{ 0, "balance", "P", "weigh classes by images^-P, 0 to 1 [0]" },
	{ 0, "gain", NULL, "batch norm with a gain, not only an offset" },
	{ 0, "seed", "N", "the same seed gives the same model [1]" },
	{ 0, "threads", "N", "no influence on the result [0: one a processor]" },
	{ 'o', "output", "MODEL", "the .bnn file to write" },
	{ 0, NULL, NULL, NULL },
};

static int get_numbers(struct ctl *c, struct train_options *t, long *contrast)
{
	long seed = (long)t->seed;
	struct {
		const char *name;
		long least, most;
		int *to;
	} rows[] = {
		{ "shift", 0, 32, &t->augment.shift },   { "epochs", 1, 100000, &t->epochs },
		{ "patience", 0, 100000, &t->patience }, { "batch", 2, 4096, &t->batch },
		{ "warmup", 0, 1000000000, &t->warmup }, { "threads", 0, 64, &t->threads },
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
		status = ctl_integer(c, "contrast", 3, 63, contrast);
	if (!status)
		status = ctl_real(c, "holdout", 0, 0.9, &t->holdout);
	if (!status)
		status = ctl_real(c, "rate", 1e-6, 1, &t->rate);
	if (!status)
		status = ctl_real(c, "balance", 0, 1, &t->balance);
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

int train_args_get(struct ctl *c, int argc, char **argv, struct train_args *a)
{
	int status;

	*a = (struct train_args){ .idx = ctl_value(c, "idx"),
				  .folder = argc > 1 ? argv[1] : NULL,
				  .test = ctl_value(c, "test"),
				  .net = ctl_value(c, "net"),
				  .output = ctl_value(c, "output"),
				  .classes = ctl_value(c, "classes"),
				  .normalize = ctl_value(c, "normalize") != NULL };
	train_defaults(&a->train);
	a->train.augment.flip = ctl_value(c, "flip") != NULL;
	a->train.gain = ctl_value(c, "gain") != NULL;
	status = get_optimizer(c, &a->train);
	if (!status)
		status = get_numbers(c, &a->train, &a->contrast);
	if (status)
		return status;
	if (!a->net || !a->output)
		return ctl_usage(c, "%s is missing", a->net ? "-o MODEL" : "--net TEXT");
	if (!a->idx == !a->folder)
		return ctl_usage(c, "either FOLDER or --idx DIR must be given");
	if (a->idx ? a->test != NULL : a->classes != NULL)
		return ctl_usage(c, "--%s goes with %s only", a->idx ? "test" : "classes",
				 a->idx ? "FOLDER" : "--idx");
	if (a->contrast && a->contrast % 2 == 0)
		return ctl_usage(c, "--contrast %ld is not an odd side", a->contrast);
	return EXIT_OK;
}
