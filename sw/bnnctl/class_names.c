/* SPDX-License-Identifier: MIT
 * Class names from the command line or a folder into a model. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "class_names.h"

int class_name_set(struct bnn_model *m, int c, const char *name, size_t length, struct bnn_err *err)
{
	char *copy = strndup(name, length);

	if (!copy)
		return err_set(err, BNN_E_MEMORY, "out of memory for class names");
	free(m->class_name[c]);
	m->class_name[c] = copy;
	return BNN_OK;
}

int class_names_set(struct bnn_model *m, const char *list, struct bnn_err *err)
{
	int classes = bnn_model_classes(m), c = 0, rc = BNN_OK;

	while (!rc && c < classes) {
		size_t length = strcspn(list, ",");

		rc = class_name_set(m, c++, list, length, err);
		list += length;
		if (*list == 0)
			break;
		list++;
	}
	if (!rc && (c < classes || *list))
		rc = err_set(err, BNN_E_ARG,
			     "--classes: not as many names as the head's %d classes", classes);
	return rc;
}
