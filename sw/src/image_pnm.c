/* SPDX-License-Identifier: MIT
 * PGM and PPM, ASCII (P2, P3) and binary (P5, P6), 8 and 16 bits. */
#include "image.h"

struct reader {
	const char *name;
	const uint8_t *at, *end;
	struct bnn_err *err;
};

static int is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Next decimal number behind white space and comments; -1 when there is none or it exceeds max. */
static long number(struct reader *r, long max)
{
	long value = 0;

	for (;; r->at++) {
		while (r->at < r->end && *r->at == '#')
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		if (r->at == r->end || !is_space(*r->at))
			break;
	}
	if (r->at == r->end || *r->at < '0' || *r->at > '9')
		return -1;
	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
		value = 10 * value + (*r->at - '0');
		if (value > max)
			return -1;
	}
	return value;
}

static uint8_t scaled(long v, long maxval)
{
	return (uint8_t)((v * 510 + maxval) / (2 * maxval));
}

static int read_ascii(struct reader *r, long maxval, size_t samples, uint8_t *out)
{
	for (size_t i = 0; i < samples; i++) {
		long v = number(r, maxval);
		if (v < 0)
			return err_set(r->err, BNN_E_FILE,
				       "%s: sample %zu of %zu is missing or not 0 to %ld", r->name,
				       i + 1, samples, maxval);
		out[i] = scaled(v, maxval);
	}
	return BNN_OK;
}

/* The bytes are there. */
static int read_binary(struct reader *r, long maxval, size_t samples, uint8_t *out)
{
	for (size_t i = 0; i < samples; i++) {
		long v = maxval > 255 ? r->at[2 * i] << 8 | r->at[2 * i + 1] : r->at[i];

		if (v > maxval)
			return err_set(r->err, BNN_E_FILE,
				       "%s: sample %zu is %ld, above maxval %ld", r->name, i + 1, v,
				       maxval);
		out[i] = scaled(v, maxval);
	}
	return BNN_OK;
}

/* Header behind the magic: size and maxval. */
static int read_header(struct reader *r, int kind, long *cols, long *rows, long *maxval)
{
	*cols = number(r, 1000000000);
	*rows = *cols < 0 ? -1 : number(r, 1000000000);
	if (*rows < 0)
		return err_set(r->err, BNN_E_FILE, "%s: bad or missing size in the PNM header",
			       r->name);
	*maxval = number(r, 65535);
	if (*maxval < 1 || (kind >= 5 && (r->at == r->end || !is_space(*r->at))))
		return err_set(r->err, BNN_E_FILE,
			       "%s: bad or missing maxval in the PNM header (1 to 65535)", r->name);
	r->at += kind >= 5; /* the one white space behind maxval */
	return image_check(r->name, (uint64_t)*rows, (uint64_t)*cols, r->err);
}

int image_decode_pnm(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		     struct bnn_err *err)
{
	struct reader r = { name, buf + 2, buf + len, err };
	int kind = buf[1] - '0', channels = kind == 3 || kind == 6 ? 3 : 1;
	long cols, rows, maxval;
	int code = read_header(&r, kind, &cols, &rows, &maxval);
	size_t samples, least, left = (size_t)(r.end - r.at);

	if (code)
		return code;
	samples = (size_t)rows * (size_t)cols * (size_t)channels;
	/* Bytes at least, before memory is taken: ASCII is a digit and a space, the last a digit. */
	least = kind < 5 ? 2 * samples - 1 : samples * (maxval > 255 ? 2 : 1);
	if (left < least)
		return err_set(err, BNN_E_FILE,
			       "%s: truncated: %zu bytes for %ld x %ld pixels, which take %zu",
			       name, left, cols, rows, least);
	code = image_alloc(name, (uint64_t)rows, (uint64_t)cols, channels, out, err);
	if (code)
		return code;
	code = kind >= 5 ? read_binary(&r, maxval, samples, out->pixels)
			 : read_ascii(&r, maxval, samples, out->pixels);
	if (code)
		bnn_image_free(out);
	return code;
}
