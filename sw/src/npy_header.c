/* SPDX-License-Identifier: MIT
 * Header of a .npy file: magic, version, length, a Python dictionary such as
 * {'descr': '<i4', 'fortran_order': False, 'shape': (3, 4), }. */
#include <string.h>

#include "model.h"
#include "npy_header.h"

#define MAGIC "\x93NUMPY"

struct cursor {
	const char *p, *end;
};

static void skip_space(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
		c->p++;
}

/* Takes a character, spaces before it skipped. */
static bool take(struct cursor *c, char want)
{
	skip_space(c);
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

static bool take_word(struct cursor *c, const char *want)
{
	size_t n = strlen(want);

	skip_space(c);
	if ((size_t)(c->end - c->p) < n || memcmp(c->p, want, n))
		return false;
	c->p += n;
	return true;
}

/* Takes a quoted string without escapes, of at most size - 1 characters. */
static bool take_string(struct cursor *c, char *text, size_t size)
{
	size_t n = 0;
	char quote;

	skip_space(c);
	if (c->p == c->end || (*c->p != '\'' && *c->p != '"'))
		return false;
	quote = *c->p++;
	while (c->p < c->end && *c->p != quote && *c->p >= ' ' && *c->p <= '~' && n < size - 1)
		text[n++] = *c->p++;
	text[n] = 0;
	return take(c, quote);
}

/* Takes a shape tuple. Every dimension is kept below 2^32. */
static bool take_shape(struct cursor *c, struct npy_header *h, bool *too_many)
{
	h->ndim = 0;
	if (!take(c, '('))
		return false;
	while (!take(c, ')')) {
		uint64_t v = 0;
		const char *digits;

		skip_space(c);
		for (digits = c->p; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
			v = v * 10 + (uint64_t)(*c->p - '0');
			if (v > UINT32_MAX)
				return false;
		}
		if (c->p == digits)
			return false;
		*too_many = h->ndim == NPY_MAX_DIMS;
		if (*too_many)
			return false;
		h->shape[h->ndim++] = (size_t)v;
		if (!take(c, ','))
			return take(c, ')');
	}
	return true;
}

/* '<i4' and its like. */
static int read_type(const char *name, const char *descr, struct npy_header *h, struct bnn_err *err)
{
	const char *p = descr;
	char kind;

	h->big = *p == '>';
	if (*p == '<' || *p == '>' || *p == '|' || *p == '=')
		p++;
	kind = *p;
	if (kind == 'f')
		return err_set(err, BNN_E_FILE,
			       "%s: type '%s' is floating point, integers are expected: "
			       "save a.astype('int32')",
			       name, descr);
	if ((kind != 'i' && kind != 'u') || p[1] == 0 || p[2] != 0 || !strchr("1248", p[1]))
		return err_set(err, BNN_E_FILE,
			       "%s: type '%s', expected an integer type such as '<i4', "
			       "'|i1' or '|u1'",
			       name, descr);
	h->is_signed = kind == 'i';
	h->width = p[1] - '0';
	return BNN_OK;
}

static int read_dictionary(const char *name, struct cursor c, struct npy_header *h,
			   struct bnn_err *err)
{
	char key[16], descr[16] = "";
	bool order = false, shape = false, too_many = false, ok = take(&c, '{');

	while (ok && !take(&c, '}')) {
		ok = take_string(&c, key, sizeof(key)) && take(&c, ':');
		if (ok && !strcmp(key, "descr")) {
			if (take(&c, '['))
				return err_set(err, BNN_E_FILE,
					       "%s: structured type, expected an integer "
					       "type such as '<i4'",
					       name);
			ok = take_string(&c, descr, sizeof(descr));
		} else if (ok && !strcmp(key, "fortran_order")) {
			h->fortran = take_word(&c, "True");
			ok = order = h->fortran || take_word(&c, "False");
		} else if (ok && !strcmp(key, "shape")) {
			ok = shape = take_shape(&c, h, &too_many);
		} else {
			ok = false;
		}
		if (ok && !take(&c, ',')) {
			ok = take(&c, '}');
			break;
		}
	}
	skip_space(&c);
	if (too_many)
		return err_set(err, BNN_E_FILE, "%s: more than %d dimensions", name, NPY_MAX_DIMS);
	if (!ok || !order || !shape || !descr[0] || c.p != c.end)
		return err_set(err, BNN_E_FILE,
			       "%s: the .npy header is not the dictionary of descr, "
			       "fortran_order and shape that numpy.save writes",
			       name);
	return read_type(name, descr, h, err);
}

int npy_header_parse(const char *name, const uint8_t *p, size_t len, struct npy_header *h,
		     struct bnn_err *err)
{
	struct cursor c;
	size_t at, size;

	memset(h, 0, sizeof(*h));
	if (len < 10 || memcmp(p, MAGIC, 6))
		return err_set(err, BNN_E_FILE, "%s: not a .npy file (%s)", name,
			       len == 0 ? "it is empty" : "it does not begin with \\x93NUMPY");
	if (p[6] < 1 || p[6] > 3)
		return err_set(err, BNN_E_FILE,
			       "%s: .npy format version %d.%d, known are 1.0 to 3.0", name, p[6],
			       p[7]);
	at = p[6] == 1 ? 10 : 12;
	if (len < at)
		return err_set(err, BNN_E_FILE, "%s: truncated within the .npy header", name);
	size = (size_t)p[8] | (size_t)p[9] << 8;
	if (p[6] > 1)
		size |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (size > len - at)
		return err_set(err, BNN_E_FILE, "%s: truncated within the .npy header", name);
	c.p = (const char *)p + at;
	c.end = c.p + size;
	h->data = at + size;
	return read_dictionary(name, c, h, err);
}
