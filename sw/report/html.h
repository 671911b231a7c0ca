/* SPDX-License-Identifier: MIT
 * HTML that is also XML. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdio.h>

/* Text or the value of an attribute, escaped. Bytes that are not UTF-8 and characters that XML does not
 * allow become U+FFFD. */
void html_text(FILE *f, const char *text);
/* All up to the first section, and behind the last. */
void html_begin(FILE *f, const char *title);
void html_end(FILE *f);
/* A section; id is also what the links at the top name. */
void html_section(FILE *f, const char *id, const char *title);
void html_section_end(FILE *f);
/* <p> with text of our own, no escapes. */
void html_note(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A row of a table of facts: a name of ours, then a text that is escaped. */
void html_fact(FILE *f, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A cell with a part of all as percent and as a bar. */
void html_part(FILE *f, double part);

#endif
