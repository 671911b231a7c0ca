/* SPDX-License-Identifier: MIT
 * bnnctl classify: a line an image; files that cannot be read are reported and passed over. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "flight.h"
#include "json.h"
#include "source.h"

struct run {
	const struct ctl *c;
	struct flight flight;
	/* Of the image with this tag modulo the size; one more than fly, so that a name can be set
	 * before the oldest has landed. */
	char name[FLIGHT_IMAGES + 1][SOURCE_NAME + 16];
	uint32_t sent;
	bool bad_file;
};

static void print_json(const struct ctl *c, const char *name, const struct bnn_result *r)
{
	printf("{\"file\": ");
	json_string(name);
	printf(", \"class\": ");
	json_string(bnn_model_class(c->model, r->index));
	printf(", \"index\": %d, \"margin\": %" PRId32 ", \"scores\": [", r->index, r->margin);
	for (int i = 0; i < r->classes; i++)
		printf("%s%" PRId32, i ? ", " : "", r->scores[i]);
	if (r->cycles < 0)
		printf("], \"cycles\": null, \"device\": ");
	else
		printf("], \"cycles\": %" PRId64 ", \"device\": ", r->cycles);
	json_string(bnn_device_name(c->device));
	puts("}");
}

static void on_result(void *context, const struct bnn_result *r)
{
	struct run *run = context;
	const struct ctl *c = run->c;
	const char *name = run->name[r->tag % (FLIGHT_IMAGES + 1)];

	if (c->json) {
		print_json(c, name, r);
	} else {
		printf("%s\t%s\tmargin %" PRId32, name, bnn_model_class(c->model, r->index),
		       r->margin);
		if (r->cycles >= 0)
			printf("\t%" PRId64 " cycles", r->cycles);
		putchar('\n');
	}
	fflush(stdout); /* a result is seen when it is there, also through a pipe */
}

static void on_bad_file(struct run *run, const char *name, const struct bnn_err *why)
{
	run->bad_file = true;
	if (!run->c->json) {
		ctl_error("%s", why->text);
		return;
	}
	printf("{\"file\": ");
	json_string(name);
	printf(", \"error\": ");
	json_string(why->text);
	puts("}");
	fflush(stdout);
}

static int send(struct run *run, const char *name, const struct bnn_image *im, struct bnn_err *err)
{
	struct bnn_image fit;
	int rc = bnn_image_fit(run->c->model, im, &fit, err);

	if (rc)
		return rc;
	snprintf(run->name[run->sent % (FLIGHT_IMAGES + 1)], sizeof(run->name[0]), "%s", name);
	rc = flight_send(&run->flight, fit.pixels, run->sent++, err);
	bnn_image_free(&fit);
	return rc;
}

static int classify(struct run *run, struct source *s, struct bnn_err *err)
{
	struct bnn_err why;
	struct bnn_image im;
	const char *name;
	int rc = BNN_OK;

	while (!rc && source_next(s, &name, &im, &why)) {
		if (why.code) {
			rc = flight_land(&run->flight, err); /* lines keep the order of the files */
			if (!rc)
				on_bad_file(run, name, &why);
			continue;
		}
		rc = send(run, name, &im, err);
		bnn_image_free(&im);
	}
	return rc ? rc : flight_land(&run->flight, err);
}

int cmd_classify(struct ctl *c, int argc, char **argv)
{
	struct run run = { .c = c, .flight = { .device = c->device, .result = on_result } };
	struct bnn_err err = { 0 };
	struct source s;
	int rc;

	run.flight.context = &run;
	source_begin(&s, argv + 1, argc - 1);
	rc = classify(&run, &s, &err);
	source_end(&s);
	if (rc)
		return ctl_fail(&err);
	return run.bad_file ? EXIT_FILE : EXIT_OK;
}
