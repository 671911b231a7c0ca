/* SPDX-License-Identifier: MIT
 * Image decoders over a memory buffer; bnn_image_read picks one by content. */
#ifndef JB_IMAGE_H
#define JB_IMAGE_H

#include <stddef.h>

#include "model.h"

#define IMAGE_MAX_SIDE 16384
#define IMAGE_MAX_PIXELS (128u << 20)
#define IMAGE_MAX_FILE ((size_t)1 << 30)

/* Decodes any known format; `name` is for messages. Errors as bnn_image_read. */
int image_decode(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		 struct bnn_err *err);

int image_decode_pnm(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		     struct bnn_err *err);
int image_decode_png(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		     struct bnn_err *err);
int image_decode_jpeg(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		      struct bnn_err *err);

/* Checks the limits. Errors: BNN_E_LIMIT, BNN_E_FILE (a side of 0). */
int image_check(const char *name, uint64_t rows, uint64_t cols, struct bnn_err *err);
/* The same, then allocates zeroed pixels. Errors: those and BNN_E_MEMORY. */
int image_alloc(const char *name, uint64_t rows, uint64_t cols, int channels, struct bnn_image *out,
		struct bnn_err *err);

/* 3 channels to 1: (299 R + 587 G + 114 B + 500) / 1000 (ITU-R 601, rounded half up); 1 to 3: the
 * same value three times; else a copy. Errors: BNN_E_MEMORY. */
int image_convert(const struct bnn_image *in, int channels, struct bnn_image *out,
		  struct bnn_err *err);

/* Area averaging, exact. Output pixel (r, c) is the mean of the input (R x C pixels) over rows
 * [r*R/rows, (r+1)*R/rows) and columns likewise, parts of pixels by their share, rounded half up:
 * (2 * sum(weight * pixel) + R*C) / (2*R*C), with whole weights that add up to R*C
 * (docs/model-format.md). The same size is copied. Errors: BNN_E_MEMORY. */
int image_resize(const struct bnn_image *in, int rows, int cols, struct bnn_image *out,
		 struct bnn_err *err);

/* The model's preprocessing, in place (docs/model-format.md). */
int image_preprocess(const struct model_pre *pre, struct bnn_image *im, struct bnn_err *err);

#endif
