/* SPDX-License-Identifier: MIT
 * HTML that is also XML. */
#include <stdarg.h>

#include "html.h"
#include "utf8.h"
#include "style.h"

#define FACT_MAX 512

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* U+FFFE and U+FFFF, and controls but tab and line ends. */
static int is_forbidden(const unsigned char *s)
{
	if (s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE)
		return 1;
	return s[0] == 0x7F || (s[0] < 0x20 && s[0] != '\t' && s[0] != '\n');
}

void html_text(FILE *f, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		int n = utf8_length(s);

		if (entity(*s))
			fputs(entity(*s), f);
		else if (n && !is_forbidden(s))
			fwrite(s, 1, (size_t)n, f);
		else
			fputs("\xEF\xBF\xBD", f);
		s += n ? n : 1;
	}
}

void html_begin(FILE *f, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
	      f);
	html_text(f, title);
	fprintf(f, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style_sheet);
	html_text(f, title);
	fputs("</h1>\n", f);
}

void html_end(FILE *f)
{
	fputs("</body>\n</html>\n", f);
}

void html_section(FILE *f, const char *id, const char *title)
{
	fprintf(f, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

void html_section_end(FILE *f)
{
	fputs("</section>\n", f);
}

void html_note(FILE *f, const char *fmt, ...)
{
	va_list args;

	fputs("<p>", f);
	va_start(args, fmt);
	vfprintf(f, fmt, args);
	va_end(args);
	fputs("</p>\n", f);
}

void html_fact(FILE *f, const char *name, const char *fmt, ...)
{
	char text[FACT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(f, "<tr><th>%s</th><td>", name);
	html_text(f, text);
	fputs("</td></tr>\n", f);
}

void html_part(FILE *f, double part)
{
	fprintf(f,
		"<td class=\"part\"><span class=\"bar\"><span style=\"width:%.1f%%\"></span></span>"
		"<span class=\"num\">%.2f %%</span></td>",
		100 * part, 100 * part);
}
