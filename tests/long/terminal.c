/* SPDX-License-Identifier: MIT
 * A terminal of one status line at its foot. */
#include <stdio.h>
#include <string.h>

#include "html.h"
#include "terminal.h"

static void scroll(struct terminal *t)
{
	if (t->lines == TERMINAL_LINES) {
		memmove(t->line[0], t->line[1], sizeof(t->line[0]) * (TERMINAL_LINES - 1));
		t->lines--;
	}
	memcpy(t->line[t->lines++], t->now, sizeof(t->now));
}

static void put(struct terminal *t, char c)
{
	switch (c) {
	case '\r': t->at = 0; break;
	case '\n':
		scroll(t);
		memset(t->now, 0, sizeof(t->now));
		t->at = 0;
		break;
	default:
		if (t->at < TERMINAL_COLS)
			t->now[t->at++] = c;
	}
}

void terminal_bytes(struct terminal *t, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\033') {
			t->escape = 1;
		} else if (t->escape == 1) {
			t->escape = bytes[i] == '[' ? 2 : 0;
		} else if (t->escape == 2) {
			if (bytes[i] == 'K')
				memset(t->now + t->at, 0, sizeof(t->now) - t->at);
			t->escape = 0;
		} else {
			put(t, bytes[i]);
		}
	}
}

bool terminal_said(const struct terminal *t, const char *text)
{
	for (int i = 0; i < t->lines; i++)
		if (strstr(t->line[i], text))
			return true;
	return false;
}

void terminal_keep(struct terminal *t)
{
	scroll(t);
}

static void text_line(FILE *f, int y, const char *colour, const char *text)
{
	fprintf(f, "<text x=\"12\" y=\"%d\" fill=\"%s\">", y, colour);
	html_text(f, text);
	fputs("</text>\n", f);
}

int terminal_picture(const struct terminal *t, const char *command, const char *path)
{
	FILE *f = fopen(path, "w");
	const int step = 17, width = 7 * TERMINAL_COLS + 24;

	if (!f) {
		perror(path);
		return -1;
	}
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"monospace\" "
		"font-size=\"11.6\" xml:space=\"preserve\">\n<rect width=\"100%%\" height=\"100%%\" rx=\"6\" "
		"fill=\"#111\"/>\n",
		width, step * (t->lines + 2));
	text_line(f, step, "#8f8", command);
	for (int i = 0; i < t->lines; i++)
		text_line(f, step * (i + 2), strncmp(t->line[i], "bnnctl:", 7) ? "#ddd" : "#fd8",
			  t->line[i]);
	fputs("</svg>\n", f);
	if (fclose(f) == 0)
		return 0;
	perror(path);
	return -1;
}
