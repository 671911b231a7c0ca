/* SPDX-License-Identifier: MIT
 * Jet kernels in words. */
#include "jet_name.h"

#include <stdio.h>

void jet_name(int k, int number, char *buf, size_t size)
{
	int dx = number % k, dy = number / k;

	if (dx + dy == 0)
		snprintf(buf, size, "Gaussian");
	else if (dx + dy == 1)
		snprintf(buf, size, "Sobel %c", dx ? 'x' : 'y');
	else if (dx + dy == 2 && dx != dy)
		snprintf(buf, size, "second derivative %c (half a Laplacian)", dx ? 'x' : 'y');
	else if (dx == 1 && dy == 1)
		snprintf(buf, size, "mixed derivative xy (saddle)");
	else
		snprintf(buf, size, "derivative of order %d in x, %d in y", dx, dy);
}

/* Passes of one axis. Returns the characters written. */
static int axis(char name, int sums, int differences, char *buf, size_t size)
{
	int at = snprintf(buf, size, "%c:", name);

	if (sums)
		at += snprintf(buf + at, size - (size_t)at, " [1 1]");
	if (sums > 1)
		at += snprintf(buf + at, size - (size_t)at, "<sup>%d</sup>", sums);
	if (differences)
		at += snprintf(buf + at, size - (size_t)at, " [1 &#8722;1]");
	if (differences > 1)
		at += snprintf(buf + at, size - (size_t)at, "<sup>%d</sup>", differences);
	return at;
}

void jet_composition(int k, int number, char *buf, size_t size)
{
	int dx = number % k, dy = number / k, at = axis('x', k - 1 - dx, dx, buf, size);

	at += snprintf(buf + at, size - (size_t)at, "&#160; ");
	axis('y', k - 1 - dy, dy, buf + at, size - (size_t)at);
}
