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
				       "%s: sample %zu of %zu is missing or not 0 to %ld", r->name, i + 1,
				       samples, maxval);
		out[i] = scaled(v, maxval);
	}
	return BNN_OK;
}

static int read_binary(struct reader *r, long maxval, size_t samples, uint8_t *out)
{
	size_t bytes = maxval > 255 ? 2 : 1, have = (size_t)(r->end - r->at);

	if (have < samples * bytes)
		return err_set(r->err, BNN_E_FILE, "%s: truncated: %zu of %zu pixel bytes", r->name, have,
			       samples * bytes);
	for (size_t i = 0; i < samples; i++) {
		long v = bytes == 2 ? r->at[2 * i] << 8 | r->at[2 * i + 1] : r->at[i];
		if (v > maxval)
			return err_set(r->err, BNN_E_FILE, "%s: sample %zu is %ld, above maxval %ld",
				       r->name, i + 1, v, maxval);
		out[i] = scaled(v, maxval);
	}
	return BNN_OK;
}

int image_decode_pnm(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		     struct bnn_err *err)
{
	struct reader r = { name, buf + 2, buf + len, err };
	int kind = buf[1] - '0', channels = kind == 3 || kind == 6 ? 3 : 1;
	long cols = number(&r, 1000000000), rows = number(&r, 1000000000), maxval = number(&r, 65535);

	if (cols < 0 || rows < 0)
		return err_set(err, BNN_E_FILE, "%s: bad or missing size in the PNM header", name);
	if (maxval < 1 || (kind >= 5 && (r.at == r.end || !is_space(*r.at))))
		return err_set(err, BNN_E_FILE, "%s: bad or missing maxval in the PNM header (1 to 65535)",
			       name);
	size_t samples = (size_t)rows * (size_t)cols * (size_t)channels;
	size_t least = kind >= 5 ? (maxval > 255 ? 2 : 1) : 2; /* bytes a sample; ASCII: digit and space */
	size_t left = (size_t)(r.end - r.at);
	if (rows <= IMAGE_MAX_SIDE && cols <= IMAGE_MAX_SIDE && samples > left / least + 1)
		return err_set(err, BNN_E_FILE, "%s: truncated: %ld x %ld pixels do not fit %zu bytes", name,
			       cols, rows, left);
	int code = image_alloc(name, (uint64_t)rows, (uint64_t)cols, channels, out, err);
	if (code)
		return code;
	if (kind >= 5) {
		r.at++; /* the one white space behind maxval */
		code = read_binary(&r, maxval, samples, out->pixels);
	} else {
		code = read_ascii(&r, maxval, samples, out->pixels);
	}
	if (code)
		bnn_image_free(out);
	return code;
}
