/* SPDX-License-Identifier: MIT
 * JSON texts. */
#ifndef BNNCTL_JSON_H
#define BNNCTL_JSON_H

#include <stdio.h>

/* A string with its quotes, on stdout. Bytes that are not UTF-8 become U+FFFD, so that the output always
 * is. */
void json_string(const char *text);
/* The same on any stream. */
void json_write(FILE *to, const char *text);

#endif
