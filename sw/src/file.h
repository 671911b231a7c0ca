/* SPDX-License-Identifier: MIT
 * Whole files in and out. */
#ifndef JB_FILE_H
#define JB_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "bnn.h"

/* Reads a file of at most max bytes into *buf (caller frees), with a zero byte behind the last.
 * Errors: BNN_E_FILE (missing, unreadable, longer than max), BNN_E_MEMORY. */
int file_read(const char *path, size_t max, uint8_t **buf, size_t *len, struct bnn_err *err);
/* Writes a file atomically: a temporary file beside it, then rename. An existing path that is not
 * a regular file is refused. Errors: BNN_E_FILE. */
int file_write(const char *path, const void *buf, size_t len, struct bnn_err *err);
/* Whether a file can be written there, to say so before long work rather than behind it: a path with
 * room for the names beside it, in a folder that may be written. Errors: BNN_E_FILE. */
int file_check_place(const char *path, struct bnn_err *err);
/* The end of a path that fits an error text beside its reason. */
const char *file_shown(const char *path);

#endif
