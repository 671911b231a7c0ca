/* SPDX-License-Identifier: MIT
 * Net text: parser and printer. */
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "net_steps.h"

#define WORD_SHOWN 24 /* characters of a word quoted in a message */

struct word {
	const char *text; /* not terminated */
	size_t len;
	size_t column; /* from 1 */
	int number;    /* from 1; the image size is word 1 */
};

static const char *const kind_name[] = {
	[NET_JET] = "jet",     [NET_SJET] = "sjet", [NET_BCONV] = "bconv",
	[NET_DENSE] = "dense", [NET_CAM] = "cam",
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Message with the word and its place in front. */
static int fail(struct bnn_err *err, int code, const struct word *w, const char *why)
{
	char shown[WORD_SHOWN + 1];
	size_t len = w->len > WORD_SHOWN ? WORD_SHOWN : w->len;

	for (size_t i = 0; i < len; i++)
		shown[i] = w->text[i] >= ' ' && w->text[i] <= '~' ? w->text[i] : '?';
	shown[len] = 0;
	return err_set(err, code, "word %d '%s%s' (column %zu): %.180s", w->number, shown,
		       w->len > len ? "..." : "", w->column, why);
}

/* Takes a decimal number from the front of *p; values beyond a million all read as a million,
 * which is above every limit. Returns false when there is no digit. */
static bool take_number(const char **p, const char *end, int *value)
{
	const char *s = *p;
	int v = 0;

	while (s < end && *s >= '0' && *s <= '9') {
		v = v * 10 + (*s++ - '0');
		if (v > 1000000)
			v = 1000000;
	}
	if (s == *p)
		return false;
	*p = s;
	*value = v;
	return true;
}

static bool take_char(const char **p, const char *end, char c)
{
	if (*p == end || **p != c)
		return false;
	(*p)++;
	return true;
}

static bool parse_image(const struct word *w, struct net *n)
{
	const char *p = w->text, *end = w->text + w->len;

	return take_number(&p, end, &n->rows) && take_char(&p, end, 'x') &&
	       take_number(&p, end, &n->cols) && take_char(&p, end, 'x') &&
	       take_number(&p, end, &n->channels) && p == end;
}

/* Form of a layer word; its values are judged by net_step_layer. NULL, or what is expected. */
static const char *parse_layer(const struct word *w, struct net_layer *l)
{
	const char *p = w->text, *end = w->text + w->len;
	size_t letters = 0;
	int kind;

	memset(l, 0, sizeof(*l));
	while (letters < w->len && p[letters] >= 'a' && p[letters] <= 'z')
		letters++;
	for (kind = NET_JET; kind <= NET_CAM; kind++)
		if (strlen(kind_name[kind]) == letters && !memcmp(kind_name[kind], p, letters))
			break;
	if (kind > NET_CAM)
		return "unknown word; known are jetKxN, sjetKxN, bconvKxN, pool, denseN, camN";
	l->kind = (enum net_kind)kind;
	l->stride = 1;
	p += letters;
	if (l->kind == NET_DENSE || l->kind == NET_CAM) {
		if (!take_number(&p, end, &l->out) || p != end)
			return "expected a count and nothing behind it, as in dense10";
		return NULL;
	}
	if (!take_number(&p, end, &l->k) || !take_char(&p, end, 'x') ||
	    !take_number(&p, end, &l->out))
		return "expected kernel side, x and channels, as in bconv3x32";
	if (take_char(&p, end, '/') && !take_number(&p, end, &l->stride))
		return "expected a stride behind the slash, as in bconv3x32/2";
	l->valid = take_char(&p, end, 'v');
	if (p != end)
		return "unexpected text at the end; suffixes are /2 (stride), then v (valid)";
	return NULL;
}

static int parse_word(const struct word *w, struct net *n, struct bnn_err *err)
{
	struct bnn_err why;
	const char *form;
	int rc;

	if (w->len == 4 && !memcmp(w->text, "pool", 4)) {
		if (n->count == 0)
			return fail(err, BNN_E_ARG, w,
				    "pool may follow jet, sjet, bconv or pool only, not pixels");
		rc = net_step_pool(&n->layer[n->count - 1], &why);
		n->layer[n->count - 1].pools++;
	} else {
		struct net_layer l;

		form = parse_layer(w, &l);
		if (form)
			return fail(err, BNN_E_ARG, w, form);
		if (n->count == JB_MAX_LAYERS) {
			err_set(&why, BNN_E_LIMIT,
				"layer %d, at most %d are allowed (pools not counted)",
				n->count + 1, JB_MAX_LAYERS);
			return fail(err, BNN_E_LIMIT, w, why.text);
		}
		n->layer[n->count] = l;
		rc = net_step_layer(n, n->count++, &why);
	}
	return rc ? fail(err, rc, w, why.text) : BNN_OK;
}

/* Next word behind w; the image word ends at the colon. False at the end of the text. */
static bool next_word(const char *text, struct word *w, bool image)
{
	const char *p = w->text + w->len;

	while (is_space(*p))
		p++;
	w->text = p;
	w->column = (size_t)(p - text) + 1;
	w->number++;
	while (*p && !is_space(*p) && !(image && *p == ':'))
		p++;
	w->len = (size_t)(p - w->text);
	return w->len > 0;
}

int net_parse(const char *text, struct net *out, struct bnn_err *err)
{
	struct word w = { text, 0, 1, 0 };
	struct word last;
	struct net n;
	struct bnn_err why;
	int rc;

	memset(&n, 0, sizeof(n));
	next_word(text, &w, true);
	if (!parse_image(&w, &n) || w.text[w.len] != ':')
		return fail(err, BNN_E_ARG, &w,
			    "expected ROWSxCOLSxCHANNELS: first, as in 28x28x1:");
	rc = net_step_image(&n, &why);
	if (rc)
		return fail(err, rc, &w, why.text);
	last = w;
	w.len++; /* the colon */
	while (next_word(text, &w, false)) {
		rc = parse_word(&w, &n, err);
		if (rc)
			return rc;
		last = w;
	}
	if (n.count == 0)
		return fail(err, BNN_E_ARG, &last, "no layers behind the image size");
	rc = net_step_head(&n, &why);
	if (rc)
		return fail(err, rc, &last, why.text);
	*out = n;
	return BNN_OK;
}

/* snprintf at position len of buf, which may be too small or NULL; returns the new length. */
#define APPEND(len, ...)                                             \
	((len) + snprintf((size_t)(len) < size ? buf + (len) : NULL, \
			  (size_t)(len) < size ? size - (size_t)(len) : 0, __VA_ARGS__))

int net_print(const struct net *n, char *buf, size_t size)
{
	int len = 0;

	len = APPEND(len, "%dx%dx%d:", n->rows, n->cols, n->channels);
	for (int i = 0; i < n->count; i++) {
		const struct net_layer *l = &n->layer[i];

		if (l->kind == NET_DENSE || l->kind == NET_CAM) {
			len = APPEND(len, " %s%d", kind_name[l->kind], l->out);
			continue;
		}
		len = APPEND(len, " %s%dx%d%s%s", kind_name[l->kind], l->k, l->out,
			     l->stride == 2 ? "/2" : "", l->valid ? "v" : "");
		for (int p = 0; p < l->pools; p++)
			len = APPEND(len, " pool");
	}
	return len;
}
