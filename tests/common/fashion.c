/* SPDX-License-Identifier: MIT
 * The Fashion-MNIST test images and the bundled model, for the chain programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fashion.h"

#define FASHION_LABELS "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz"
#define RANDOM_NET "28x28x1: jet3x32 pool bconv3x64 pool bconv3x80 dense10"

static int open_model(const char *path, struct fashion *f, struct bnn_err *err)
{
	struct net net;
	int rc = bnn_model_load(path, &f->model, err);

	if (!rc)
		return 0;
	fprintf(stderr, "%s; a random model is used instead\n", err->text);
	f->random = 1;
	rc = net_parse(RANDOM_NET, &net, err);
	if (!rc)
		rc = model_new(&net, &f->model, err);
	if (!rc)
		model_random(f->model, 1);
	return rc;
}

int fashion_open(const char *model_path, struct fashion *f)
{
	struct bnn_err err;
	int count = 0, rc;

	memset(f, 0, sizeof(*f));
	rc = idx_read_images(FASHION_IMAGES, &f->images, &err);
	if (!rc)
		rc = idx_read_labels(FASHION_LABELS, &f->labels, &count, &err);
	if (!rc)
		rc = open_model(model_path, f, &err);
	if (!rc && count == f->images.count)
		return 0;
	fprintf(stderr, "%s\n", rc ? err.text : "there are not as many labels as images");
	fashion_close(f);
	return -1;
}

void fashion_close(struct fashion *f)
{
	idx_images_free(&f->images);
	free(f->labels);
	bnn_model_free(f->model);
	memset(f, 0, sizeof(*f));
}

int fashion_fit(const struct fashion *f, int i, struct bnn_image *out)
{
	const struct idx_images *all = &f->images;
	struct bnn_image im = { all->rows, all->cols, all->channels, NULL };
	struct bnn_err err;

	im.pixels = all->pixels + (size_t)i * (size_t)(all->rows * all->cols * all->channels);
	if (!bnn_image_fit(f->model, &im, out, &err))
		return 0;
	fprintf(stderr, "image %d: %s\n", i, err.text);
	return -1;
}
