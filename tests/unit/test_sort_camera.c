/* SPDX-License-Identifier: MIT
 * The camera source against a V4L2 driver made of functions: formats, sizes, strides, dropped frames, an
 * unplugged camera. No camera is needed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h> /* before jpeglib.h */
#include <jpeglib.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../check_main.h"
#include "clock.h"
#include "image.h"
#include "source_camera.h"

enum { BUFFER = 65536, BUFFERS = 4 };

static struct {
	/* What it is. */
	uint32_t caps, format; /* the only format it has */
	uint32_t cols, rows, stride, quantization;
	int fails;   /* errno of DQBUF, once */
	int missing; /* attempts to open that fail */
	/* The next frames. */
	const uint8_t *bytes;
	uint32_t used, sequence, flags;
	double age;
	/* Its state. */
	int fd, opened, queued[BUFFERS], queue, mapped;
	bool on;
	uint8_t memory[BUFFERS][BUFFER];
} driver;

static int drv_open(const char *path)
{
	ck_assert_str_eq(path, "/dev/video9");
	if (driver.missing > 0) {
		driver.missing--;
		errno = ENOENT;
		return -1;
	}
	driver.opened++;
	driver.queue = 0;
	driver.fd = eventfd(1, 0); /* always readable */
	return driver.fd;
}

static void set_format(struct v4l2_format *f)
{
	struct v4l2_pix_format *p = &f->fmt.pix;

	p->width = driver.cols;
	p->height = driver.rows;
	p->pixelformat = driver.format;
	p->bytesperline = driver.stride;
	p->quantization = driver.quantization;
}

static int dequeue(struct v4l2_buffer *b)
{
	double taken = clock_seconds() - driver.age;

	ck_assert(driver.on);
	if (driver.fails) {
		errno = driver.fails;
		driver.fails = 0;
		return -1;
	}
	ck_assert_int_gt(driver.queue, 0);
	b->index = (uint32_t)driver.queued[0];
	memmove(driver.queued, driver.queued + 1, sizeof(driver.queued) - sizeof(int));
	driver.queue--;
	memcpy(driver.memory[b->index], driver.bytes, driver.used);
	b->bytesused = driver.used;
	b->sequence = driver.sequence++;
	b->flags = driver.flags | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	b->timestamp.tv_sec = (time_t)taken;
	b->timestamp.tv_usec = (long)((taken - (double)(time_t)taken) * 1e6);
	return 0;
}

static int drv_control(int fd, unsigned long request, void *arg)
{
	struct v4l2_buffer *b = arg;

	ck_assert_int_eq(fd, driver.fd);
	switch (request) {
	case VIDIOC_QUERYCAP:
		((struct v4l2_capability *)arg)->capabilities = V4L2_CAP_DEVICE_CAPS;
		((struct v4l2_capability *)arg)->device_caps = driver.caps;
		return 0;
	case VIDIOC_G_FMT:
	case VIDIOC_S_FMT: set_format(arg); return 0;
	case VIDIOC_REQBUFS:
		ck_assert_uint_eq(((struct v4l2_requestbuffers *)arg)->count, BUFFERS);
		return 0;
	case VIDIOC_QUERYBUF:
		b->length = BUFFER;
		b->m.offset = b->index * BUFFER;
		return 0;
	case VIDIOC_QBUF: driver.queued[driver.queue++] = (int)b->index; return 0;
	case VIDIOC_STREAMON: driver.on = true; return 0;
	case VIDIOC_DQBUF: return dequeue(b);
	default: ck_abort_msg("request %lx", request);
	}
	return -1;
}

static void *drv_map(int fd, size_t length, long offset)
{
	ck_assert_int_eq(fd, driver.fd);
	ck_assert_uint_eq(length, BUFFER);
	driver.mapped++;
	return driver.memory[offset / BUFFER];
}

static int drv_unmap(void *p, size_t length)
{
	(void)p;
	ck_assert_uint_eq(length, BUFFER);
	driver.mapped--;
	return 0;
}

static int drv_close(int fd)
{
	driver.on = false;
	return close(fd);
}

static const struct camera_io io = { drv_open, drv_control, drv_map, drv_unmap, drv_close };

static struct sort_source source;
static struct frame frame;
static struct bnn_err err;
static struct console console;
static int stop_fd;

static void setup(void)
{
	memset(&driver, 0, sizeof(driver));
	driver.caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	driver.format = V4L2_PIX_FMT_GREY;
	driver.cols = 4;
	driver.rows = 2;
	driver.stride = 4;
	driver.bytes = (const uint8_t *)"abcdefgh";
	driver.used = 8;
	stop_fd = eventfd(0, 0);
	console_open(&console, true);
	memset(&source, 0, sizeof(source));
}

static void teardown(void)
{
	if (source.close)
		source.close(source.state);
	ck_assert_int_eq(driver.mapped, 0);
	close(stop_fd);
	console_close(&console);
}

static int open_camera(int cols, int rows, int channels)
{
	return source_camera_open("/dev/video9", cols, rows, channels, stop_fd, &io, &console,
				  &source, &err);
}

static void next(void)
{
	ck_assert_int_eq(source.next(source.state, &frame, &err), 1);
}

static void pixels(const char *want, int channels)
{
	ck_assert_msg(frame.image.pixels != NULL, "%s", frame.why);
	ck_assert_int_eq(frame.image.cols, (int)driver.cols);
	ck_assert_int_eq(frame.image.rows, (int)driver.rows);
	ck_assert_int_eq(frame.image.channels, channels);
	ck_assert_mem_eq(frame.image.pixels, want, (size_t)channels * driver.cols * driver.rows);
	bnn_image_free(&frame.image);
}

START_TEST(gray)
{
	ck_assert_msg(open_camera(0, 0, 3) == BNN_OK, "%s", err.text);
	for (int i = 1; i <= 10; i++) { /* all buffers go round */
		next();
		pixels("abcdefgh", 1);
		ck_assert_uint_eq(frame.skipped, 0);
	}
	ck_assert_str_eq(frame.from.name, "frame 10");
	driver.stride = 4;
	driver.used = 7;
	next();
	ck_assert_str_eq(frame.why, "frame 11: truncated: 7 bytes");
	ck_assert_ptr_null(frame.image.pixels);
	ck_assert_int_eq(eventfd_write(stop_fd, 1), 0);
	ck_assert_int_eq(source.next(source.state, &frame, &err), 0);
}
END_TEST

START_TEST(strides)
{
	driver.cols = 3;
	driver.stride = 5;
	ck_assert_int_eq(open_camera(3, 2, 1), BNN_OK);
	next();
	pixels("abcfgh", 1);
}
END_TEST

/* White, black, the primaries and mid gray, as BT.601 has them. */
START_TEST(yuyv)
{
	static const uint8_t in[] = { 235, 128, 16, 128, 126, 128, 126, 128,
				      81,  90,  81, 240, 41,  240, 41,  110 };
	static const uint8_t want[] = { 255, 255, 255, 0,   0, 0, 128, 128, 128, 128, 128, 128,
					254, 0,   0,   254, 0, 0, 0,   0,   255, 0,   0,   255 };
	static const uint8_t luma[] = { 255, 0, 128, 128, 76, 76, 29, 29 };

	driver.format = V4L2_PIX_FMT_YUYV;
	driver.stride = 8;
	driver.bytes = in;
	driver.used = sizeof(in);
	ck_assert_int_eq(open_camera(0, 0, 3), BNN_OK);
	next();
	for (int i = 0; i < 24; i++)
		ck_assert_msg(abs(frame.image.pixels[i] - want[i]) <= 1, "%d: %d, not %d", i,
			      frame.image.pixels[i], want[i]);
	bnn_image_free(&frame.image);
	source.close(source.state);
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_OK);
	next();
	pixels((const char *)luma, 1);
	source.close(source.state);
	driver.quantization = V4L2_QUANTIZATION_FULL_RANGE;
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_OK);
	next();
	pixels("\353\020\176\176\121\121\051\051", 1);
}
END_TEST

/* A gradient as a JPEG image with the usual Huffman tables; the caller frees it. */
static uint8_t *make_jpeg(unsigned long *n)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	uint8_t *out = NULL, row[3 * 32];
	JSAMPROW rows[1] = { row };

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, n);
	c.image_width = c.image_height = 32;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_start_compress(&c, TRUE);
	for (int y = 0; y < 32; y++) {
		for (int i = 0; i < 3 * 32; i++)
			row[i] = (uint8_t)(2 * i + 3 * y);
		jpeg_write_scanlines(&c, rows, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return out;
}

/* Frames come without their Huffman tables, as cameras send them. */
START_TEST(mjpeg)
{
	struct bnn_image whole = { 0 };
	unsigned long n = 0;
	uint8_t *jpeg = make_jpeg(&n), *table;
	int tables = 0;

	ck_assert_int_eq(image_decode("jpeg", jpeg, n, &whole, &err), BNN_OK);
	for (; (table = memmem(jpeg, n, "\xFF\xC4", 2)); tables++) {
		size_t length = 2 + (size_t)(table[2] << 8 | table[3]);

		memmove(table, table + length, n - (size_t)(table - jpeg) - length);
		n -= length;
	}
	ck_assert_int_eq(tables, 4);
	driver.format = V4L2_PIX_FMT_MJPEG;
	driver.cols = driver.rows = 32;
	driver.bytes = jpeg;
	driver.used = (uint32_t)n;
	ck_assert_int_eq(open_camera(0, 0, 3), BNN_OK);
	next();
	pixels((const char *)whole.pixels, 3);
	driver.used = 20;
	next();
	ck_assert_ptr_nonnull(strstr(frame.why, "frame 2: "));
	bnn_image_free(&whole);
	free(jpeg);
}
END_TEST

START_TEST(dropped_and_damaged)
{
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_OK);
	driver.sequence = 7; /* what was before the first one is not missed */
	driver.age = 0.25;
	next();
	ck_assert_uint_eq(frame.skipped, 0);
	ck_assert_double_eq_tol(clock_seconds() - frame.from.captured, 0.25, 0.1);
	bnn_image_free(&frame.image);
	driver.sequence += 3;
	driver.flags = V4L2_BUF_FLAG_ERROR;
	next();
	ck_assert_uint_eq(frame.skipped, 3);
	ck_assert_str_eq(frame.why, "frame 2: damaged in the camera");
	ck_assert_ptr_null(frame.image.pixels);
}
END_TEST

START_TEST(unplugged)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_OK);
	next();
	bnn_image_free(&frame.image);
	driver.fails = EAGAIN;
	next();
	bnn_image_free(&frame.image);
	ck_assert_int_eq(driver.opened, 1);
	driver.fails = ENODEV;
	driver.missing = 2;
	next();
	pixels("abcdefgh", 1);
	ck_assert_int_eq(driver.opened, 2);
	ck_assert_int_eq(driver.mapped, BUFFERS);
	driver.fails = ENODEV;
	driver.missing = 1000;
	ck_assert_int_eq(eventfd_write(stop_fd, 1), 0);
	ck_assert_int_eq(source.next(source.state, &frame, &err), 0);
}
END_TEST

START_TEST(refused)
{
	driver.missing = 1;
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_E_FILE);
	ck_assert_str_eq(err.text, "/dev/video9: cannot be opened: No such file or directory");
	ck_assert_int_eq(open_camera(640, 480, 1), BNN_E_LIMIT);
	ck_assert_str_eq(err.text,
			 "/dev/video9: frames of 640 x 480 pixels are not there, the nearest "
			 "are 4 x 2");
	driver.format = V4L2_PIX_FMT_NV12;
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_E_FILE);
	ck_assert_str_eq(err.text, "/dev/video9: none of the formats GREY, YUYV and MJPEG");
	driver.caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
	ck_assert_int_eq(open_camera(0, 0, 1), BNN_E_FILE);
	ck_assert_str_eq(err.text, "/dev/video9: not a camera that streams frames");
	ck_assert_int_eq(source_camera_open("/dev/null", 0, 0, 1, stop_fd, &camera_system, &console,
					    &source, &err),
			 BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "/dev/null: not a camera: "));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_camera");
	TCase *t = tcase_create("camera");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, gray);
	tcase_add_test(t, strides);
	tcase_add_test(t, yuyv);
	tcase_add_test(t, mjpeg);
	tcase_add_test(t, dropped_and_damaged);
	tcase_add_test(t, unplugged);
	tcase_add_test(t, refused);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
