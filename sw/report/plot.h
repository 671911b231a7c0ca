/* SPDX-License-Identifier: MIT
 * Plots as SVG in the page. */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include <stdio.h>

struct plot {
	FILE *f;
	double x0, x1, y0, y1; /* ranges, x0 < x1, y0 < y1 */
	const char *x_title, *y_title, *alt;
	int width, height; /* 0: 680 x 270 */
};

struct point {
	double x, y;
};

/* Axes with round numbers. The strings are our own, no escapes. */
void plot_begin(struct plot *p);
void plot_end(const struct plot *p);
/* class: "one" or "two". Points that move by less than half a point of the page are left out. */
void plot_line(const struct plot *p, const char *class, const struct point *at, int count);
/* A vertical line with a word, class "mark". */
void plot_mark(const struct plot *p, double x, const char *word);
void plot_bar(const struct plot *p, double from, double to, double height);
#endif
