/* SPDX-License-Identifier: MIT
 * JSON texts. */
#include <stdio.h>

#include "json.h"

/* Length of the UTF-8 sequence at s, 0 when it is none: no overlong forms, no surrogates, nothing
 * above U+10FFFF. */
static int utf8_length(const unsigned char *s)
{
	int n = *s < 0x80 ? 1 : *s < 0xC2 ? 0 : *s < 0xE0 ? 2 : *s < 0xF0 ? 3 : *s < 0xF5 ? 4 : 0;

	for (int i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F) ||
	    (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

void json_write(FILE *to, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	putc('"', to);
	while (*s) {
		int n = utf8_length(s);

		if (*s == '"' || *s == '\\')
			fprintf(to, "\\%c", *s);
		else if (*s < 0x20 || *s == 0x7F)
			fprintf(to, "\\u%04x", *s);
		else if (n)
			fwrite(s, 1, (size_t)n, to);
		else
			fputs("\xEF\xBF\xBD", to);
		s += n ? n : 1;
	}
	putc('"', to);
}

void json_string(const char *text)
{
	json_write(stdout, text);
}
