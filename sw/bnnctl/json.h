/* SPDX-License-Identifier: MIT
 * JSON on stdout. */
#ifndef BNNCTL_JSON_H
#define BNNCTL_JSON_H

/* A string with its quotes. Bytes that are not UTF-8 become U+FFFD, so that the output always
 * is. */
void json_string(const char *text);

#endif
