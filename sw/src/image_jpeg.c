/* SPDX-License-Identifier: MIT
 * JPEG through libjpeg-turbo: gray or RGB. Damaged or truncated data is an error; superfluous
 * bytes, which some cameras write, are not. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "image.h"

struct source {
	struct jpeg_error_mgr manager; /* first: libjpeg hands it back */
	struct jpeg_decompress_struct jpeg;
	jmp_buf back;
	const char *name;
	struct bnn_err *err;
	int code;
};

static void on_error(j_common_ptr info)
{
	struct source *s = (struct source *)info->err;
	char text[JMSG_LENGTH_MAX];

	info->err->format_message(info, text);
	s->code = err_set(s->err, BNN_E_FILE, "%s: JPEG: %s", s->name, text);
	longjmp(s->back, 1);
}

static void on_message(j_common_ptr info, int level)
{
	if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA)
		on_error(info);
}

static int decode(struct source *s, struct bnn_image *out)
{
	struct jpeg_decompress_struct *j = &s->jpeg;
	int code;

	jpeg_read_header(j, TRUE);
	if (j->num_components != 1 && j->num_components != 3)
		return err_set(s->err, BNN_E_FILE,
			       "%s: JPEG with %d colour components (CMYK?); gray and RGB are read",
			       s->name, j->num_components);
	j->out_color_space = j->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
	code = image_alloc(s->name, j->image_height, j->image_width, j->num_components, out,
			   s->err);
	if (code)
		return code;
	jpeg_start_decompress(j);
	while (j->output_scanline < j->output_height) {
		JSAMPROW row = out->pixels + (size_t)j->output_scanline * (size_t)out->cols *
						     (size_t)out->channels;

		jpeg_read_scanlines(j, &row, 1);
	}
	jpeg_finish_decompress(j);
	return BNN_OK;
}

/* The one setjmp; all that changes behind it is in *s, not in a register. */
static void decode_or_return(struct source *s, const uint8_t *buf, size_t len,
			     struct bnn_image *out)
{
	if (setjmp(s->back))
		return;
	jpeg_create_decompress(&s->jpeg);
	jpeg_mem_src(&s->jpeg, buf, (unsigned long)len);
	s->code = decode(s, out);
}

int image_decode_jpeg(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		      struct bnn_err *err)
{
	struct source s;

	memset(&s, 0, sizeof(s));
	s.name = name;
	s.err = err;
	s.jpeg.err = jpeg_std_error(&s.manager);
	s.manager.error_exit = on_error;
	s.manager.emit_message = on_message;
	decode_or_return(&s, buf, len, out);
	jpeg_destroy_decompress(&s.jpeg);
	if (s.code)
		bnn_image_free(out);
	return s.code;
}
