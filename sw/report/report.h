/* SPDX-License-Identifier: MIT
 * A page about a model and its answers to labelled images: HTML that is also XML, everything in one
 * file, nothing fetched. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "escapes.h"

/* All of it stays the caller's. */
struct report {
	const struct bnn_model *model;
	const char *model_path; /* the training curve is beside it */
	bnn_device *device;     /* with the model loaded: computes maps of examples */
	const struct labelled *set;
	const struct evaluation *answers;
	const struct escapes *escapes; /* with the good classes below */
	const bool *good;              /* [classes], NULL: none are */
	double wanted;                 /* rate of escapes, 0 to 1 */
	int worst;                     /* mistakes shown at most */
};

/* Reads the images it shows again. The page is complete or as it was. Errors: BNN_E_FILE (the page),
 * BNN_E_MEMORY, those of bnn_device_layers. */
int report_write(const struct report *r, const char *path, struct bnn_err *err);

#endif
