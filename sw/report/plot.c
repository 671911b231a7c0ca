/* SPDX-License-Identifier: MIT
 * Plots as SVG. */
#include "plot.h"

#include <math.h>

enum { LEFT = 52, RIGHT = 16, TOP = 12, BOTTOM = 40, WIDTH = 680, HEIGHT = 270 };

static double page_x(const struct plot *p, double x)
{
	return LEFT + (p->width - LEFT - RIGHT) * (x - p->x0) / (p->x1 - p->x0);
}

static double page_y(const struct plot *p, double y)
{
	return TOP + (p->height - TOP - BOTTOM) * (p->y1 - y) / (p->y1 - p->y0);
}

/* A 1, 2 or 5 with zeros: about `wanted` of them are in the range. */
static double round_step(double range, int wanted)
{
	double rough = range / wanted, unit = pow(10, floor(log10(rough))), left = rough / unit;

	return unit * (left <= 1 ? 1 : left <= 2 ? 2 : left <= 5 ? 5 : 10);
}

static void y_tick(const struct plot *p, double y)
{
	fprintf(p->f,
		"<path class=\"grid\" d=\"M%d %.1fH%.1f\"/>"
		"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n",
		LEFT, page_y(p, y), page_x(p, p->x1), LEFT - 6, page_y(p, y) + 4, y);
}

static void x_tick(const struct plot *p, double x)
{
	double low = page_y(p, p->y0);

	fprintf(p->f,
		"<path class=\"axis\" d=\"M%.1f %.1fv4\"/>"
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.6g</text>\n",
		page_x(p, x), low, page_x(p, x), low + 17, x);
}

/* A tick at every multiple of a round step in the range. */
static void ticks(const struct plot *p, double from, double to, int wanted,
		  void (*tick)(const struct plot *p, double at))
{
	double step = round_step(to - from, wanted);
	long last = lround(floor(to / step + 1e-6));

	for (long i = lround(ceil(from / step)); i <= last; i++)
		tick(p, (double)i * step);
}

static void axes(const struct plot *p)
{
	ticks(p, p->y0, p->y1, 5, y_tick);
	ticks(p, p->x0, p->x1, 8, x_tick);
	fprintf(p->f, "<path class=\"axis\" d=\"M%d %dV%.1fH%.1f\"/>\n", LEFT, TOP,
		page_y(p, p->y0), page_x(p, p->x1));
}

void plot_begin(struct plot *p)
{
	p->width = p->width ? p->width : WIDTH;
	p->height = p->height ? p->height : HEIGHT;
	fprintf(p->f,
		"<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
		"aria-label=\"%s\">\n",
		p->width, p->height, p->width, p->height, p->alt);
	axes(p);
	fprintf(p->f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
		(LEFT + p->width - RIGHT) / 2, p->height - 5, p->x_title);
	fprintf(p->f,
		"<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
		(TOP + p->height - BOTTOM) / 2, p->y_title);
}

void plot_end(const struct plot *p)
{
	fputs("</svg>\n", p->f);
}

void plot_line(const struct plot *p, const char *class, const struct point *at, int count)
{
	double last_x = 0, last_y = 0;

	fprintf(p->f, "<path class=\"curve %s\" d=\"", class);
	for (int i = 0; i < count; i++) {
		double x = page_x(p, at[i].x), y = page_y(p, at[i].y);

		if (i > 0 && i < count - 1 && fabs(x - last_x) + fabs(y - last_y) < 0.5)
			continue;
		fprintf(p->f, "%s%.1f %.1f", i ? "L" : "M", x, y);
		last_x = x;
		last_y = y;
	}
	fputs("\"/>\n", p->f);
}

void plot_mark(const struct plot *p, double x, const char *word)
{
	double at = page_x(p, x);
	int late = at > (double)p->width / 2;

	fprintf(p->f, "<path class=\"mark\" d=\"M%.1f %dV%.1f\"/>\n", at, TOP, page_y(p, p->y0));
	fprintf(p->f, "<text class=\"t-mark\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
		at + (late ? -6 : 6), TOP + 12, late ? "end" : "start", word);
}

void plot_bar(const struct plot *p, double from, double to, double height)
{
	double left = page_x(p, from), top = page_y(p, height);

	fprintf(p->f,
		"<rect class=\"fill\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		left, top, page_x(p, to) - left, page_y(p, p->y0) - top);
}
