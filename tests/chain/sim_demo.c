/* SPDX-License-Identifier: MIT
 * sim_demo [MODEL]: two real test images of each Fashion-MNIST class through the library and the
 * simulated accelerator. Every layer is compared with the reference. Exit status 6 on a difference. */
#include <stdio.h>
#include <string.h>

#include "common/chain.h"
#include "common/fashion.h"
#include "ref.h"

enum { PER_CLASS = 2, MISMATCH = 6, CLOCK_HZ = 48000000 };

struct totals {
	int images, right, layers, mismatches;
	long engine, front;
};

static int64_t slowest(const struct bnn_result *r)
{
	return r->cycles > r->front_cycles ? r->cycles : r->front_cycles;
}

static void print_image(const struct fashion *f, int i, const struct bnn_result *r, int equal)
{
	const char *name = strrchr(FASHION_IMAGES, '/') + 1;

	printf("%s#%-4d %-11s expected %-11s margin %4d  engine %6ld cycles  front end %6ld cycles"
	       "  %7.0f images/s  %s\n",
	       name, i, bnn_model_class(f->model, r->index),
	       bnn_model_class(f->model, f->labels[i]), r->margin, (long)r->cycles,
	       (long)r->front_cycles, (double)CLOCK_HZ / (double)slowest(r),
	       equal ? "all layers equal" : "DIFFERS");
}

/* Counts what is compared: every layer, the class map, the scores. */
static int run_image(bnn_device *d, const struct fashion *f, int i, struct totals *t)
{
	struct bnn_layers got, want;
	struct bnn_result unpaused, expected;
	struct bnn_image im;
	struct bnn_err err = { 0, "" };
	char text[256] = "";
	int rc, differs;

	if (fashion_fit(f, i, &im))
		return -1;
	rc = bnn_device_classify(d, im.pixels, &unpaused, &err);
	if (!rc)
		rc = bnn_device_layers(d, im.pixels, &got, &err);
	if (!rc && ref_run(f->model, im.pixels, &expected, &want)) {
		bnn_layers_free(&got);
		rc = err_set(&err, BNN_E_MEMORY, "out of memory for the reference");
	}
	bnn_image_free(&im);
	if (rc) {
		fprintf(stderr, "image %d: %s\n", i, err.text);
		return -1;
	}
	differs = chain_compare_layers(&got, &want, text, sizeof(text));
	if (!differs)
		differs = chain_compare_result(&unpaused, &expected, text, sizeof(text));
	print_image(f, i, &unpaused, !differs);
	if (differs)
		printf("  %s\n", text);
	t->images++;
	t->right += unpaused.index == f->labels[i];
	t->layers += want.count + (want.cam != NULL) + 1;
	t->mismatches += differs != 0;
	t->engine += (long)unpaused.cycles;
	t->front += (long)unpaused.front_cycles;
	bnn_layers_free(&got);
	bnn_layers_free(&want);
	return 0;
}

static int run_all(bnn_device *d, const struct fashion *f, struct totals *t)
{
	int seen[256] = { 0 }, classes = bnn_model_classes(f->model), failed = 0;

	for (int i = 0; !failed && i < f->images.count && t->images < PER_CLASS * classes; i++)
		if (f->labels[i] < classes && seen[f->labels[i]] < PER_CLASS) {
			seen[f->labels[i]]++;
			failed = run_image(d, f, i, t);
		}
	return failed;
}

int main(int argc, char **argv)
{
	struct totals t = { 0 };
	struct fashion f;
	bnn_device *d = NULL;
	struct bnn_err err;
	char net[NET_TEXT_MAX];
	int failed;

	if (fashion_open(argc > 1 ? argv[1] : "models/fashion-mnist.bnn", &f))
		return 3;
	failed = bnn_device_open("sim", NULL, &d, &err) || bnn_device_load(d, f.model, &err);
	if (failed) {
		fprintf(stderr, "%s\n", err.text);
	} else {
		net_print(&f.model->net, net, sizeof(net));
		printf("device %s, model %s\n", bnn_device_name(d), net);
		failed = run_all(d, &f, &t);
	}
	bnn_device_close(d);
	fashion_close(&f);
	if (failed)
		return 5;
	printf("images: %d, as expected: %d, engine cycles an image: %ld, images/s at 48 MHz: "
	       "%.0f\n",
	       t.images, t.right, t.engine / t.images,
	       (double)CLOCK_HZ * t.images / (double)(t.engine > t.front ? t.engine : t.front));
	printf("layers compared: %d, mismatches: %d\n", t.layers, t.mismatches);
	return t.mismatches ? MISMATCH : 0;
}
