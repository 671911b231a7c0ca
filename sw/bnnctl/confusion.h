/* SPDX-License-Identifier: MIT
 * Confusion matrix: table[true class][class the model said]. */
#ifndef BNNCTL_CONFUSION_H
#define BNNCTL_CONFUSION_H

#include "model.h"

typedef int confusion_row[JB_MAX_CLASSES];

/* Mean of the classes' accuracies, classes without images left out; 0 without any. */
double confusion_balanced(const confusion_row *table, int classes);
/* A row: a true class; a column: what the model said. */
void confusion_print(const struct bnn_model *m, const confusion_row *table);
/* [[...], ...] */
void confusion_print_json(const struct bnn_model *m, const confusion_row *table);

#endif
