/* SPDX-License-Identifier: MIT
 * Confusion matrix. */
#include <stdio.h>

#include "confusion.h"

double confusion_balanced(const confusion_row *table, int classes)
{
	double sum = 0;
	int present = 0;

	for (int c = 0; c < classes; c++) {
		long all = 0;

		for (int d = 0; d < classes; d++)
			all += table[c][d];
		if (all > 0) {
			sum += (double)table[c][c] / (double)all;
			present++;
		}
	}
	return present ? sum / present : 0;
}

void confusion_print(const struct bnn_model *m, const confusion_row *table)
{
	int classes = bnn_model_classes(m);

	printf("confusion (a row: a true class; a column: what the model said)\n");
	for (int c = 0; c < classes; c++) {
		printf("  %-16s", bnn_model_class(m, c));
		for (int d = 0; d < classes; d++)
			printf(" %5d", table[c][d]);
		putchar('\n');
	}
}

void confusion_print_json(const struct bnn_model *m, const confusion_row *table)
{
	int classes = bnn_model_classes(m);

	for (int c = 0; c < classes; c++) {
		fputs(c ? ", [" : "[[", stdout);
		for (int d = 0; d < classes; d++)
			printf("%s%d", d ? ", " : "", table[c][d]);
		putchar(']');
	}
	putchar(']');
}
