/* SPDX-License-Identifier: MIT
 * Puts files into the folders of lanes and classes. Nothing is ever overwritten: a name that is
 * taken gets a number, "a.png" becomes "a-1.png". A file is under its old name or complete under
 * its new one, whenever the program or the machine stops. */
#ifndef SORT_ACTION_FILE_H
#define SORT_ACTION_FILE_H

#include <stddef.h>

#include "bnn.h"

/* Makes FOLDER/a/b with what is missing on the way; a or b "" is left out. What cannot stand in a
 * file name ('/', control characters, a dot in front) becomes '_'. The path goes to out. Errors:
 * BNN_E_FILE. */
int file_folder(const char *folder, const char *a, const char *b, char *out, size_t size,
		struct bnn_err *err);
/* Moves the file from into a folder, also to another file system, where it is copied and the copy
 * is on the disk before the file is removed. Its new path goes to `to`. Errors: BNN_E_FILE. */
int file_move(const char *from, const char *folder, char *to, size_t size, struct bnn_err *err);
/* Gives it a second name there (a hard link); a name that is that file already is left. Errors:
 * BNN_E_FILE (another file system, too). */
int file_link(const char *from, const char *folder, char *to, size_t size, struct bnn_err *err);
/* Writes an image as name.pgm or name.ppm. Errors: BNN_E_FILE. */
int file_save(const struct bnn_image *im, const char *name, const char *folder, char *to,
	      size_t size, struct bnn_err *err);

#endif
