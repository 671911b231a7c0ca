/* SPDX-License-Identifier: MIT
 * A device's answers to labelled images. */
#ifndef BNNCTL_EVALUATION_H
#define BNNCTL_EVALUATION_H

#include "cmd.h"
#include "confusion.h"
#include "labelled.h"

struct answer {
	int32_t margin; /* best score less second best */
	int8_t truth;   /* true class */
	int8_t said;    /* class the model said, -1: the image could not be read */
};

struct evaluation {
	confusion_row table[JB_MAX_CLASSES];
	long count, correct;   /* images with an answer */
	int unreadable;        /* images without */
	double cycles;         /* sum of the engine's that the device counted */
	long counted;          /* images it counted them for, 0 on cpu */
	struct answer *answer; /* [images of the set], owned; 8 bytes an image */
};

/* Sends every image to the command's device; a file that cannot be read is said and counted.
 * evaluation_free even after an error. Errors: those of the device, BNN_E_MEMORY. */
int evaluation_run(const struct ctl *c, const struct labelled *set, struct evaluation *out,
		   struct bnn_err *err);
void evaluation_free(struct evaluation *e);

/* 0 to 1; 0 without images. */
double evaluation_accuracy(const struct evaluation *e);

#endif
