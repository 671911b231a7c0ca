/* SPDX-License-Identifier: MIT */
#include "common/fashion.h"

#include <stdio.h>
#include <stdlib.h>

#include "bnn.h"

#define FOLDER "/usr/share/datasets/fashion-mnist/"
#define MODEL "models/fashion-mnist.bnn"

int fashion_open(struct fashion *f)
{
	struct bnn_err err = { 0 };
	int count = 0;
	int code = idx_read_images(FOLDER "t10k-images-idx3-ubyte.gz", &f->images, &err);

	f->labels = NULL;
	if (!code)
		code = idx_read_labels(FOLDER "t10k-labels-idx1-ubyte.gz", &f->labels, &count, &err);
	if (!code && count != f->images.count) {
		snprintf(err.text, sizeof err.text, "%d labels for %d images", count, f->images.count);
		code = BNN_E_FILE;
	}
	if (code) {
		fprintf(stderr, "%s (Debian package dataset-fashion-mnist)\n", err.text);
		fashion_close(f);
	}
	return code;
}

void fashion_close(struct fashion *f)
{
	idx_images_free(&f->images);
	free(f->labels);
	f->labels = NULL;
}

const uint8_t *fashion_image(const struct fashion *f, int n)
{
	return f->images.pixels + (size_t)n * (size_t)f->images.rows * (size_t)f->images.cols;
}

int fashion_model(bnn_model **m)
{
	struct bnn_err err = { 0 };
	int code = bnn_model_load(MODEL, m, &err);

	if (code)
		fprintf(stderr, "%s (made by `make models`)\n", err.text);
	return code;
}
