/* SPDX-License-Identifier: MIT
 * Bytes of UTF-8. */
#ifndef BNNCTL_UTF8_H
#define BNNCTL_UTF8_H

/* Length of the UTF-8 sequence at s, which ends with a zero byte somewhere; 0 when it is none: no overlong
 * forms, no surrogates, nothing above U+10FFFF. */
int utf8_length(const unsigned char *s);

#endif
