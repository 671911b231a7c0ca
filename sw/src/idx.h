/* SPDX-License-Identifier: MIT
 * IDX files (Fashion-MNIST, MNIST), plain or gzip. */
#ifndef JB_IDX_H
#define JB_IDX_H

#include "bnn.h"

struct idx_images {
	int count, rows, cols, channels; /* channels 1 or 3 */
	uint8_t *pixels;                 /* [count][rows][cols][channels], owned */
};

/* True when the first bytes (after gunzip) are those of an IDX file of u8; false on any trouble. */
int idx_probe(const char *path);
/* u8 [n][rows][cols] or [n][rows][cols][1 or 3]. Every length is checked against the data.
 * Errors: BNN_E_FILE (missing, truncated, longer than its header says, not u8), BNN_E_LIMIT (over
 * 2 GiB), BNN_E_MEMORY. */
int idx_read_images(const char *path, struct idx_images *out, struct bnn_err *err);
void idx_images_free(struct idx_images *im);
/* u8 [n]; *labels is the caller's to free. Same errors. */
int idx_read_labels(const char *path, uint8_t **labels, int *count, struct bnn_err *err);

#endif
