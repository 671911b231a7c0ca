/* SPDX-License-Identifier: MIT
 * JSON texts. */
#include <stdio.h>

#include "json.h"
#include "utf8.h"

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
