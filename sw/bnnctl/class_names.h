/* SPDX-License-Identifier: MIT
 * Class names from the command line or a folder into a model. */
#ifndef BNNCTL_CLASS_NAMES_H
#define BNNCTL_CLASS_NAMES_H

#include "model.h"

/* Names class c by the first length bytes of name. Errors: BNN_E_MEMORY. */
int class_name_set(struct bnn_model *m, int c, const char *name, size_t length,
		   struct bnn_err *err);
/* "A,B,C": as many as the head has classes. Errors: BNN_E_ARG (another number), BNN_E_MEMORY. */
int class_names_set(struct bnn_model *m, const char *list, struct bnn_err *err);

#endif
