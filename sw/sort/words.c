/* SPDX-License-Identifier: MIT
 * Words of a line of text, and numbers and times in them. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "words.h"

int words_bad(const struct words *w, struct bnn_err *err, const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return err_set(err, BNN_E_FILE, "%s:%d: %s", w->file, w->line, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Copies the word of n bytes. */
static int add(struct words *w, const char *at, size_t n, struct bnn_err *err)
{
	if (w->count == WORDS_MAX)
		return words_bad(w, err, "more than %d words", WORDS_MAX);
	if (n > WORD_MAX)
		return words_bad(w, err, "\"%.20s...\" has %zu bytes; a word has at most %d", at, n,
				 WORD_MAX);
	memcpy(w->word[w->count], at, n);
	w->word[w->count++][n] = 0;
	return BNN_OK;
}

/* The word at *at; moves behind it. */
static int take(struct words *w, const char **at, struct bnn_err *err)
{
	const char *from = *at;
	size_t n;
	int rc;

	if (*from != '"') {
		n = strcspn(from, " \t\r\n#\"");
		*at = from + n;
		return add(w, from, n, err);
	}
	from++;
	n = strcspn(from, "\"\n");
	if (from[n] != '"')
		return words_bad(w, err, "\"%.20s has no closing quote", from);
	if (n == 0)
		return words_bad(w, err, "\"\": an empty name");
	rc = add(w, from, n, err);
	*at = from + n + 1;
	return rc;
}

int words_next(struct words *w, const char **text, struct bnn_err *err)
{
	const char *at = *text;
	int rc = BNN_OK;

	if (!*at)
		return 0;
	w->line++;
	w->count = 0;
	while (!rc && *at && *at != '\n' && *at != '#') {
		if (is_blank(*at))
			at++;
		else
			rc = take(w, &at, err);
	}
	at += strcspn(at, "\n");
	*text = *at ? at + 1 : at;
	return rc ? rc : 1;
}

int words_number(const struct words *w, int i, const char *what, int64_t least, int64_t most,
		 int64_t *out, struct bnn_err *err)
{
	const char *text = i < w->count ? w->word[i] : "";
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < least || v > most)
		return words_bad(w, err,
				 "%s \"%s\": a whole number from %" PRId64 " to %" PRId64
				 " is needed",
				 what, text, least, most);
	*out = v;
	return BNN_OK;
}

int words_time_at(const struct words *w, int *i, const char *what, int64_t least_us,
		  int64_t most_us, int64_t *out_us, struct bnn_err *err)
{
	static const struct {
		const char *name;
		double us;
	} unit[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 } };
	const char *text = *i < w->count ? w->word[*i] : "", *name;
	char *end;
	double v = strtod(text, &end), us = -1;
	bool one_word = *end || *i + 1 >= w->count;

	name = one_word ? end : w->word[*i + 1];
	for (size_t u = 0; u < sizeof(unit) / sizeof(unit[0]); u++)
		if (end != text && strcmp(name, unit[u].name) == 0)
			us = v * unit[u].us;
	if (!(us >= (double)least_us && us <= (double)most_us))
		return words_bad(
			w, err,
			"%s \"%s%s%s\": a time from %g ms to %g ms with its unit, us, ms or s, "
			"is needed",
			what, text, one_word ? "" : " ", one_word ? "" : name,
			(double)least_us / 1e3, (double)most_us / 1e3);
	*out_us = (int64_t)(us + 0.5);
	*i += one_word ? 1 : 2;
	return BNN_OK;
}

int words_time(const struct words *w, int i, const char *what, int64_t least_us, int64_t most_us,
	       int64_t *out_us, struct bnn_err *err)
{
	int rc = words_time_at(w, &i, what, least_us, most_us, out_us, err);

	if (!rc && i < w->count)
		return words_bad(w, err, "\"%s\": nothing may follow the time of %s", w->word[i],
				 what);
	return rc;
}
