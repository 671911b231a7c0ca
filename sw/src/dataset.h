/* SPDX-License-Identifier: MIT
 * Labelled images: a folder of class-named folders, optionally under train/ and test/. */
#ifndef JB_DATASET_H
#define JB_DATASET_H

#include "model.h"

enum dataset_part { DATASET_ALL, DATASET_TRAIN, DATASET_TEST };

struct dataset {
	int classes;
	char *class_name[JB_MAX_CLASSES]; /* sorted, owned */
	int count;
	char **path; /* sorted by class, then name; owned */
	uint8_t *label;
};

/* Lists folder/<class>/<file>. With folder/train and folder/test: the part's own folder (ALL:
 * both); the classes are those of train. Without them every part is every file. Hidden files
 * are skipped. Errors: BNN_E_FILE (no folder, fewer than two classes, no files), BNN_E_LIMIT (over
 * 64 classes), BNN_E_MEMORY. */
int dataset_list(const char *folder, enum dataset_part part, struct dataset *out,
		 struct bnn_err *err);
void dataset_free(struct dataset *d);

/* Sorted names of the regular files (folders 0) or folders (1) in a folder, hidden ones left out;
 * the array and its names are the caller's. Errors: BNN_E_FILE, BNN_E_MEMORY. */
int folder_names(const char *folder, int folders, char ***names, int *count, struct bnn_err *err);
void folder_names_free(char **names, int count);

#endif
