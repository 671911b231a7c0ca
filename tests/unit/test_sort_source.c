/* SPDX-License-Identifier: MIT
 * Sources of a sorting line: a folder while files come, streams cut anywhere, crop and parts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check_main.h"
#include "common/temp_dir.h"
#include "clock.h"
#include "model.h"
#include "prepare.h"
#include "seen.h"
#include "sort_source.h"

static char dir[] = "/tmp/jetbnn-source-XXXXXX";
static struct bnn_err err;
static struct sort_source source;
static struct frame frame;
static int stop_fd;

static void setup(void)
{
	temp_dir_make(dir);
	stop_fd = eventfd(0, EFD_CLOEXEC);
	memset(&source, 0, sizeof(source));
}

static void teardown(void)
{
	if (source.close)
		source.close(source.state);
	close(stop_fd);
	temp_dir_remove(dir);
}

static const char *in(const char *name)
{
	static char path[2][300];
	static int at;

	at = !at;
	snprintf(path[at], sizeof(path[at]), "%s/%s", dir, name);
	return path[at];
}

/* A 1 x 1 image, complete when it is closed. */
static void make_image(const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs("P5 1 1 255\nx", f);
	fclose(f);
}

/* The next frame is the file of this name. */
static void comes(const char *name)
{
	int rc = source.next(source.state, &frame, &err);

	ck_assert_msg(rc == 1, "%d: %s", rc, err.text);
	ck_assert_str_eq(frame.from.name, in(name));
	ck_assert(frame.from.is_file);
	bnn_image_free(&frame.image);
}

static void ends(void)
{
	ck_assert_int_eq(source.next(source.state, &frame, &err), 0);
}

static void stop(void)
{
	ck_assert_int_eq(eventfd_write(stop_fd, 1), 0);
}

START_TEST(listed)
{
	char slashes[300];

	make_image(in("b.pgm"));
	make_image(in("a.pgm"));
	make_image(in(".hidden"));
	mkdir(in("folder"), 0777);
	snprintf(slashes, sizeof(slashes), "%s//", dir);
	ck_assert_int_eq(source_folder_open(slashes, true, stop_fd, &source, &err), BNN_OK);
	comes("a.pgm");
	comes("b.pgm");
	ends();
}
END_TEST

START_TEST(watched)
{
	FILE *f;

	make_image(in("b.pgm"));
	ck_assert_int_eq(source_folder_open(dir, false, stop_fd, &source, &err), BNN_OK);
	make_image(in("a.pgm")); /* behind the listing */
	make_image(in("b.pgm")); /* closed again: told of twice, but new only if it changed */
	comes("b.pgm");
	comes("a.pgm");
	make_image(in(".c.pgm.part"));
	rename(in(".c.pgm.part"), in("c.pgm"));
	comes("c.pgm");
	f = fopen(in("d.pgm"), "w");
	ck_assert_ptr_nonnull(f);
	fputs("P5 1 1 255\n", f);
	fflush(f);
	make_image(in("e.pgm"));
	comes("e.pgm"); /* d is not complete */
	fputs("x", f);
	fclose(f);
	comes("d.pgm");
	make_image(in("gone.pgm"));
	unlink(in("gone.pgm"));
	mkdir(in("folder"), 0777);
	make_image(in("f.pgm"));
	comes("f.pgm");
	stop();
	ends();
}
END_TEST

/* A file that is still being written when the line starts. */
START_TEST(being_written)
{
	FILE *f = fopen(in("a.pgm"), "w");

	ck_assert_ptr_nonnull(f);
	fputs("P5 1 1 255\n", f);
	fflush(f);
	make_image(in("b.pgm"));
	ck_assert_int_eq(source_folder_open(dir, false, stop_fd, &source, &err), BNN_OK);
	comes("b.pgm");
	fputs("x", f);
	fclose(f);
	comes("a.pgm");
	ck_assert_int_eq(frame.why[0], 0);
}
END_TEST

/* More files than the kernel keeps events for: the folder is listed again, each file comes once. */
START_TEST(overflow)
{
	enum { MANY = 20000 };
	static uint8_t times[MANY];
	char name[32];

	ck_assert_int_eq(source_folder_open(dir, false, stop_fd, &source, &err), BNN_OK);
	for (int i = 0; i < MANY; i++) {
		int fd;

		snprintf(name, sizeof(name), "%05d", i);
		fd = open(in(name), O_WRONLY | O_CREAT, 0666);
		ck_assert_int_ge(fd, 0);
		close(fd);
	}
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(source.next(source.state, &frame, &err), 1);
		ck_assert_int_eq(times[atoi(strrchr(frame.from.name, '/') + 1)]++, 0);
		ck_assert_ptr_nonnull(strstr(frame.why, "empty")); /* unreadable, but told */
	}
	stop();
	ends();
}
END_TEST

START_TEST(folder_faults)
{
	ck_assert_int_eq(source_folder_open(in("none"), false, stop_fd, &source, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "/none: "));
	make_image(in("f"));
	ck_assert_int_eq(source_folder_open(in("f"), false, stop_fd, &source, &err), BNN_E_FILE);
	mkdir(in("d"), 0777);
	ck_assert_int_eq(source_folder_open(in("d"), false, stop_fd, &source, &err), BNN_OK);
	rmdir(in("d"));
	ck_assert_int_eq(source.next(source.state, &frame, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "/d: the folder was moved or removed"));
}
END_TEST

START_TEST(keys)
{
	struct seen s = { 0 };
	struct stat st = { .st_size = 1 };
	char name[32];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ck_assert(!seen_has(&s, seen_key(name, &st)));
		ck_assert(seen_add(&s, seen_key(name, &st)));
		ck_assert(seen_add(&s, seen_key(name, &st)));
		ck_assert(seen_has(&s, seen_key(name, &st)));
	}
	ck_assert_uint_eq(s.count, 5000);
	st.st_size = 2;
	ck_assert(!seen_has(&s, seen_key("17", &st)));
	seen_free(&s);
}
END_TEST

/* Writes in small pieces, so that every read is cut somewhere. */
struct pieces {
	int fd;
	const char *bytes;
	size_t n, piece;
};

static void *write_pieces(void *context)
{
	struct pieces *p = context;

	for (size_t at = 0; at < p->n; at += p->piece) {
		size_t n = p->n - at < p->piece ? p->n - at : p->piece;

		if (write(p->fd, p->bytes + at, n) != (ssize_t)n)
			break;
	}
	close(p->fd);
	return NULL;
}

static pthread_t writer;
static struct pieces pieces;
static int pipe_fd[2];

static void stream(const char *bytes, size_t n, size_t piece, int rows, int cols, int channels)
{
	ck_assert_int_eq(pipe(pipe_fd), 0);
	pieces = (struct pieces){ pipe_fd[1], bytes, n, piece };
	ck_assert_int_eq(pthread_create(&writer, NULL, write_pieces, &pieces), 0);
	ck_assert_int_eq(source_stream_open(pipe_fd[0], rows, cols, channels, stop_fd, &source,
					    &err),
			 BNN_OK);
}

static void frame_is(const char *name, int rows, int cols, int channels, const char *pixels)
{
	int rc = source.next(source.state, &frame, &err);

	ck_assert_msg(rc == 1, "%d: %s", rc, err.text);
	ck_assert_str_eq(frame.from.name, name);
	ck_assert_msg(frame.image.pixels != NULL, "%s", frame.why);
	ck_assert_int_eq(frame.image.rows, rows);
	ck_assert_int_eq(frame.image.cols, cols);
	ck_assert_int_eq(frame.image.channels, channels);
	ck_assert_mem_eq(frame.image.pixels, pixels, (size_t)(rows * cols * channels));
	bnn_image_free(&frame.image);
}

static void stream_over(void)
{
	pthread_join(writer, NULL);
	close(pipe_fd[0]);
}

START_TEST(raw_frames)
{
	stream("abcdefABCDEFxyz", 15, 1 + (size_t)_i, 1, 2, 3);
	frame_is("frame 1", 1, 2, 3, "abcdef");
	frame_is("frame 2", 1, 2, 3, "ABCDEF");
	ck_assert_int_eq(source.next(source.state, &frame, &err), 1);
	ck_assert_ptr_null(frame.image.pixels);
	ck_assert_str_eq(frame.why, "frame 3: the input ends behind 3 bytes of it");
	ends();
	stream_over();
}
END_TEST

START_TEST(pnm_frames)
{
	static const char text[] = "P5 2 1 255\nab"
				   "P6\n# a comment\n1 1\n255\nrgb"
				   "P5 1 1 65535\nAB"
				   "P5 1 1 100\n\377";

	stream(text, sizeof(text) - 1, 1 + (size_t)_i, 0, 0, 0);
	frame_is("frame 1", 1, 2, 1, "ab");
	frame_is("frame 2", 1, 1, 3, "rgb");
	frame_is("frame 3", 1, 1, 1, "A");
	ck_assert_int_eq(source.next(source.state, &frame, &err), 1);
	ck_assert_ptr_nonnull(strstr(frame.why, "frame 4: sample 1 is 255, above maxval 100"));
	ends();
	stream_over();
}
END_TEST

static const struct {
	const char *text, *says;
} broken[] = {
	{ "P4 1 1\n0", "frame 1: no binary PGM or PPM image starts here; raw frames need --raw" },
	{ "P5 1 x 255\n", "frame 1: not a number in the PNM header" },
	{ "P5 1 1 255x", "frame 1: not a number in the PNM header" },
	{ "P5 0 1 255\n", "frame 1: an image of 0 x 1 pixels" },
	{ "P5 16385 1 255\n", "frame 1: 16385 x 1 pixels; at most 16384 a side" },
};

START_TEST(broken_streams)
{
	int rc;

	stream(broken[_i].text, strlen(broken[_i].text), 100, 0, 0, 0);
	rc = source.next(source.state, &frame, &err);
	ck_assert_int_lt(rc, 0);
	ck_assert_int_eq(err.code, rc);
	ck_assert_msg(strncmp(err.text, broken[_i].says, strlen(broken[_i].says)) == 0, "%s",
		      err.text);
	stream_over();
}
END_TEST

START_TEST(stream_stopped)
{
	ck_assert_int_eq(pipe(pipe_fd), 0);
	ck_assert_int_eq(write(pipe_fd[1], "abc", 3), 3);
	ck_assert_int_eq(source_stream_open(pipe_fd[0], 1, 2, 1, stop_fd, &source, &err), BNN_OK);
	frame_is("frame 1", 1, 2, 1, "ab");
	stop();
	ends(); /* not half a frame */
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	ck_assert_int_eq(source_stream_open(0, 1, 20000, 1, stop_fd, &source, &err), BNN_E_LIMIT);
}
END_TEST

static struct line line;
static struct item item;

static void next_item(void)
{
	item_free(&item);
	ck_assert_int_eq(line_next(&line, clock_seconds() + 1, &item), LINE_ITEM);
}

/* Crop and parts; without boards what is classified comes out as failed. */
START_TEST(prepared)
{
	struct bnn_model model = { .net = { .rows = 8, .cols = 8, .channels = 1 } };
	struct prepare p = { .model = &model, .x = 2, .y = 1, .w = 10, .h = 4, .keep = true };
	uint8_t px[6 * 13] = { 0 };

	frame = (struct frame){ .image = { 6, 13, 1, px }, .from = { .name = "f" } };
	px[0] = 200;          /* outside of the crop */
	px[2 * 13 + 4] = 201; /* 2,1 in it */
	px[3 * 13 + 8] = px[4 * 13 + 9] = 202;
	ck_assert_int_eq(line_open(&line, 64, 0, 0, &err), BNN_OK);
	ck_assert(prepare_put(&p, &frame, &line));
	next_item();
	ck_assert_int_eq(item.from.parts, 0);
	ck_assert_int_eq(item.picture.cols, 10);
	ck_assert_int_eq(item.picture.pixels[10 + 2], 201);
	p.find = true;
	p.finder = (struct finder_options){ .threshold = 100, .area_least = 1 };
	ck_assert(prepare_put(&p, &frame, &line));
	next_item();
	ck_assert_int_eq(item.from.parts, 2);
	ck_assert_int_eq(item.from.x, 4);
	ck_assert_int_eq(item.from.y, 2);
	ck_assert_int_eq(item.picture.pixels[0], 201);
	ck_assert_int_eq(item.pixels[63], 201); /* fitted to the model */
	next_item();
	ck_assert_int_eq(item.from.part, 1);
	ck_assert_int_eq(item.from.w, 2);
	p.finder.area_least = 3;
	ck_assert(prepare_put(&p, &frame, &line)); /* nothing: only counted */
	ck_assert_uint_eq(atomic_load(&p.empty_frames), 1);
	frame.from.is_file = true;
	ck_assert(prepare_put(&p, &frame, &line)); /* a file needs a lane */
	next_item();
	ck_assert_int_eq(item.reason, REASON_EMPTY);
	p.h = 6;
	ck_assert(prepare_put(&p, &frame, &line));
	next_item();
	ck_assert_int_eq(item.reason, REASON_UNREADABLE);
	ck_assert_str_eq(item.why, "the crop 2,1,10,6 is beyond the frame of 13 x 6 pixels");
	item_free(&item);
	line_close(&line);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_source");
	TCase *t = tcase_create("source");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, listed);
	tcase_add_test(t, watched);
	tcase_add_test(t, being_written);
	tcase_add_test(t, overflow);
	tcase_add_test(t, folder_faults);
	tcase_add_test(t, keys);
	tcase_add_loop_test(t, raw_frames, 0, 8);
	tcase_add_loop_test(t, pnm_frames, 0, 12);
	tcase_add_loop_test(t, broken_streams, 0, sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, stream_stopped);
	tcase_add_test(t, prepared);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
