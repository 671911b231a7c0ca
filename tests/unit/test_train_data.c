/* SPDX-License-Identifier: MIT
 * Images of the trainer: groups of images that look alike, parts, augmentation, files. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../check_main.h"
#include "augment.h"
#include "image.h"
#include "load.h"

#define SIDE 24

static const struct load_most most = { 64, 3 };

static char base[] = "/tmp/train_data_XXXXXX";

static const char *in_base(const char *name)
{
	static char path[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", base, name);
	return path[turn];
}

/* A scene of soft blobs, moved and brightened, with noise: a burst of photographs. */
static void draw_scene(uint8_t *p, uint64_t scene, float move, int level, uint64_t noise)
{
	struct rng r = { scene }, n = { noise };
	float y[5], x[5], size[5];

	for (int b = 0; b < 5; b++) {
		y[b] = (float)rng_below(&r, SIDE);
		x[b] = (float)rng_below(&r, SIDE) + move;
		size[b] = (float)rng_below(&r, 120) - 20;
	}
	for (int i = 0; i < SIDE * SIDE; i++) {
		float v = 90 + (float)level + 2 * rng_signed(&n);

		for (int b = 0; b < 5; b++) {
			float dy = (float)(i / SIDE) - y[b], dx = (float)(i % SIDE) - x[b];

			v += size[b] * expf(-(dy * dy + dx * dx) / 40);
		}
		p[i] = (uint8_t)fminf(255, fmaxf(0, v));
	}
}

/* `scenes` scenes of `shots` images each, one behind the other, classes in turn. */
static void bursts(struct train_set *s, int scenes, int shots)
{
	ck_assert_int_eq(train_set_new(s, scenes * shots, SIDE, SIDE, 1, 2, NULL), BNN_OK);
	for (int i = 0; i < s->count; i++) {
		s->label[i] = (uint8_t)(i / shots % 2);
		draw_scene(s->pixels + i * SIDE * SIDE, (uint64_t)(100 + i / shots),
			   0.2f * (float)(i % shots), i % shots, (uint64_t)i);
	}
}

START_TEST(groups_bursts)
{
	struct train_set s;

	bursts(&s, 40, 4);
	ck_assert_int_eq(train_set_group(&s, NULL), BNN_OK);
	for (int i = 0; i < s.count; i++)
		ck_assert_int_eq(s.group[i], i / 4 * 4);
	train_set_free(&s);
}
END_TEST

/* Colours, and copies of flat images, are compared too; classes are kept apart. */
START_TEST(groups_copies)
{
	static const int some[] = { 1, 3 };
	struct train_set s, part;
	int count;

	ck_assert_int_eq(train_set_new(&s, 4, 8, 8, 3, 2, NULL), BNN_OK);
	memset(s.pixels, 77, 4 * train_set_size(&s));
	s.label[2] = 1;
	memset(s.pixels + 3 * train_set_size(&s), 99, train_set_size(&s));
	ck_assert_int_eq(train_set_group(&s, NULL), BNN_OK);
	ck_assert_int_eq(s.group[1], 0);
	ck_assert_int_eq(s.group[2], 2);
	ck_assert_int_eq(s.group[3], 3);
	ck_assert_int_eq(train_set_take(&s, some, 2, &part, NULL), BNN_OK);
	ck_assert_int_eq(train_set_alike(&s, &part, &count, NULL), BNN_OK);
	ck_assert_int_eq(count, 3);
	part.label[0] = 1;
	ck_assert_int_eq(train_set_alike(&s, &part, &count, NULL), BNN_OK);
	ck_assert_int_eq(count, 2);
	train_set_free(&part);
	train_set_free(&s);
}
END_TEST

START_TEST(splits_groups_whole)
{
	struct train_set s, part;
	struct data_split split, again;
	bool held[160] = { false };
	int of_class[JB_MAX_CLASSES];

	bursts(&s, 40, 4);
	ck_assert_int_eq(train_set_group(&s, NULL), BNN_OK);
	ck_assert_int_eq(data_split_new(&s, 0.2, 5, &split), BNN_OK);
	ck_assert_int_eq(split.learn_count + split.held_count, 160);
	for (int i = 0; i < split.held_count; i++)
		held[split.held[i]] = true;
	for (int i = 0; i < 160; i++)
		ck_assert_int_eq(held[i], held[s.group[i]]);
	ck_assert_int_eq(train_set_take(&s, split.held, split.held_count, &part, NULL), BNN_OK);
	train_set_count(&part, of_class);
	ck_assert_int_eq(of_class[0], 16);
	ck_assert_int_eq(of_class[1], 16);
	for (int i = 0; i < part.count; i++) {
		ck_assert_int_eq(part.group[i], i / 4 * 4);
		ck_assert_int_eq(memcmp(train_set_image(&part, i),
					train_set_image(&s, split.held[i]), SIDE * SIDE),
				 0);
	}
	ck_assert_int_eq(data_split_new(&s, 0.2, 5, &again), BNN_OK);
	ck_assert_int_eq(again.held_count, split.held_count);
	ck_assert_mem_eq(again.held, split.held, (size_t)split.held_count * sizeof(int));
	data_split_free(&again);
	ck_assert_int_eq(data_split_new(&s, 0.2, 6, &again), BNN_OK);
	ck_assert_mem_ne(again.held, split.held, (size_t)split.held_count * sizeof(int));
	data_split_free(&again);
	data_split_free(&split);
	train_set_free(&part);
	train_set_free(&s);
}
END_TEST

/* A class of one group cannot be parted; one of two groups loses the smaller at most by half. */
START_TEST(splits_few_groups)
{
	struct train_set s;
	struct data_split split;

	ck_assert_int_eq(train_set_new(&s, 20, 8, 8, 1, 2, NULL), BNN_OK);
	for (int i = 0; i < 20; i++) {
		s.label[i] = i >= 10;
		s.group[i] = i < 10 ? 0 : i < 17 ? 10 : 17;
	}
	ck_assert_int_eq(data_split_new(&s, 0.1, 1, &split), BNN_OK);
	ck_assert_int_eq(split.held_count, 3);
	ck_assert_int_eq(split.held[0], 17);
	data_split_free(&split);
	ck_assert_int_eq(data_split_new(&s, 0, 1, &split), BNN_OK);
	ck_assert_int_eq(split.held_count, 0);
	data_split_free(&split);
	train_set_free(&s);
}
END_TEST

START_TEST(preprocesses)
{
	struct model_pre pre = { .normalize = 1 };
	struct train_set s, done;

	bursts(&s, 2, 2);
	ck_assert_int_eq(train_set_preprocess(&s, &pre, &done, NULL), BNN_OK);
	for (int i = 0; i < 4; i++) {
		struct bnn_image image = { SIDE, SIDE, 1, s.pixels + i * SIDE * SIDE };

		ck_assert_int_eq(image_preprocess(&pre, &image, NULL), BNN_OK);
		ck_assert_mem_eq(image.pixels, train_set_image(&done, i), SIDE * SIDE);
		ck_assert_int_eq(done.label[i], s.label[i]);
	}
	train_set_free(&done);
	train_set_free(&s);
}
END_TEST

static const char *const lists[] = { "none", "flip-h",
				     "flip-h,flip-v,transpose,shift:3,brightness,rotate",
				     "shift:32", "flip-v,rotate" };

START_TEST(augment_lists)
{
	static const char *const wrong[] = { "",        "flip",    "shift:",      "shift:33",
					     "shift:x", "flip-h,", "flip-h none", "shift:-1" };
	char text[AUGMENT_TEXT];
	struct augment a;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		ck_assert(augment_parse(lists[i], &a));
		augment_print(&a, text);
		ck_assert_str_eq(text, lists[i]);
	}
	ck_assert(augment_parse("rotate,shift", &a));
	ck_assert_int_eq(a.shift, 2);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(!augment_parse(wrong[i], &a), "'%s' is taken", wrong[i]);
}
END_TEST

/* Flips and shifts give exactly the pixels moved; the others stay in range and near. */
START_TEST(augments)
{
	float out[SIDE * SIDE];
	struct augment a;
	struct train_set s;

	bursts(&s, 1, 1);
	ck_assert(augment_parse("flip-h,transpose,shift:1", &a));
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct rng r = rng_stream(seed, 0);
		bool found = false;

		augment_sample(&s, 0, &a, &r, out);
		for (int way = 0; way < 36; way++) {
			int flip = way / 9 % 2, dy = way % 3 - 1, dx = way / 3 % 3 - 1, same = 0;

			for (int i = 0; i < SIDE * SIDE; i++) {
				int y = way < 18 ? i / SIDE : i % SIDE;
				int x = way < 18 ? i % SIDE : i / SIDE;

				y = (int)fmin(SIDE - 1, fmax(0, y + dy));
				x = (int)fmin(SIDE - 1, fmax(0, (flip ? SIDE - 1 - x : x) + dx));
				same += out[i] == (float)s.pixels[y * SIDE + x];
			}
			found = found || same == SIDE * SIDE;
		}
		ck_assert(found);
	}
	ck_assert(augment_parse("brightness,rotate", &a));
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct rng r = rng_stream(seed, 0);
		int middle = SIDE / 2 * SIDE + SIDE / 2;

		augment_sample(&s, 0, &a, &r, out);
		for (int i = 0; i < SIDE * SIDE; i++)
			ck_assert(out[i] >= 0 && out[i] <= 255 && out[i] == floorf(out[i]));
		ck_assert_float_le(fabsf(out[middle] - (float)s.pixels[middle]), 70);
	}
	augment_sample(&s, 0, NULL, NULL, out);
	for (int i = 0; i < SIDE * SIDE; i++)
		ck_assert(out[i] == (float)s.pixels[i]);
	train_set_free(&s);
}
END_TEST

/* A PPM of one colour. */
static void write_ppm(const char *path, int rows, int cols, int r, int g, int b)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "P6 %d %d 255\n", cols, rows);
	for (int i = 0; i < rows * cols; i++) {
		fputc(r, f);
		fputc(g, f);
		fputc(b, f);
	}
	ck_assert_int_eq(fclose(f), 0);
}

static void make_folder(int coloured)
{
	static const char *const folders[] = { "", "a", "b" };
	char name[32];

	for (int i = 0; i < 3; i++)
		mkdir(in_base(folders[i]), 0700);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%c/%02d.ppm", i % 2 ? 'b' : 'a', i);
		write_ppm(in_base(name), 20 + i % 3, 130, 40 + i, i < coloured ? 90 : 40 + i,
			  40 + i);
	}
}

static int told;

static void count_told(void *ctx, const struct bnn_err *why)
{
	ck_assert_ptr_eq(ctx, &told);
	ck_assert_ptr_nonnull(strstr(why->text, "broken"));
	told++;
}

START_TEST(looks_and_loads)
{
	struct load_skip skip = { .tell = count_told, .ctx = &told };
	struct load_look look;
	struct load_shape shape;
	struct train_set set;
	struct dataset list;
	FILE *f;

	make_folder(2);
	f = fopen(in_base("a/02broken.png"), "wb");
	ck_assert_ptr_nonnull(f);
	fputs("\x89PNG\r\n\x1a\n", f);
	fclose(f);
	fclose(fopen(in_base("b/broken.jpg"), "wb"));
	ck_assert_int_eq(dataset_list(base, DATASET_ALL, &list, NULL), BNN_OK);
	ck_assert_int_eq(load_look(&list, &look, NULL), BNN_OK);
	ck_assert_int_eq(look.rows, 21);
	ck_assert_int_eq(look.cols, 130);
	ck_assert(look.coloured);
	shape = load_choose(&look, &most);
	ck_assert_int_eq(shape.cols, 64);
	ck_assert_int_eq(shape.rows, 10);
	ck_assert_int_eq(shape.channels, 3);
	ck_assert_int_eq(load_dataset(&list, &shape, NULL, &skip, &set, NULL), BNN_OK);
	ck_assert_int_eq(set.count, 20);
	ck_assert_int_eq(skip.count, 2);
	ck_assert_int_eq(told, 2);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(set.label[i], i >= 10);
		ck_assert_int_eq(train_set_image(&set, i)[2], 40 + i % 10 * 2 + (i >= 10));
	}
	train_set_free(&set);
	dataset_free(&list);
	make_folder(1);
	ck_assert_int_eq(dataset_list(base, DATASET_ALL, &list, NULL), BNN_OK);
	ck_assert_int_eq(load_look(&list, &look, NULL), BNN_OK);
	ck_assert(!look.coloured);
	dataset_free(&list);
}
END_TEST

START_TEST(chooses_sizes)
{
	static const struct {
		struct load_look look;
		int rows, cols, channels;
	} rows[] = {
		{ { 28, 28, false }, 28, 28, 1 },       { { 40, 24, true }, 40, 24, 3 },
		{ { 480, 640, true }, 48, 64, 3 },      { { 3000, 100, false }, 64, 8, 1 },
		{ { 4, 5, false }, 8, 8, 1 },           { { 64, 64, false }, 64, 64, 1 },
		{ { 16384, 16384, false }, 64, 64, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct load_shape s = load_choose(&rows[i].look, &most);

		ck_assert_int_eq(s.rows, rows[i].rows);
		ck_assert_int_eq(s.cols, rows[i].cols);
		ck_assert_int_eq(s.channels, rows[i].channels);
	}
}
END_TEST

/* a/x1_0.ppm, a/x1_1.ppm, ... of three sources a class; "one" and "one.ppm" have no such end. */
START_TEST(groups_by_name)
{
	static const char *const names[] = { "a/x1_0", "a/x1_1", "a/x12_0", "a/x12_1", "a/x12_2",
					     "a/one",  "b/x1_0", "b/x12_3", "b/one" };
	static const int group[] = { 0, 1, 1, 1, 4, 4, 6, 7, 8 };
	struct load_shape shape = { 8, 8, 1 };
	struct load_skip skip = { 0 };
	struct train_set set;
	struct dataset list;

	mkdir(in_base(""), 0700);
	mkdir(in_base("a"), 0700);
	mkdir(in_base("b"), 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		write_ppm(in_base(names[i]), 8, 8, 10 * (int)i, 0, 0);
	ck_assert_int_eq(dataset_list(base, DATASET_ALL, &list, NULL), BNN_OK);
	ck_assert_int_eq(load_dataset(&list, &shape, "_", &skip, &set, NULL), BNN_OK);
	ck_assert_int_eq(set.count, 9);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(set.group[i], group[i]);
	train_set_free(&set);
	dataset_free(&list);
}
END_TEST

static void write_bytes(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(idx_labels)
{
	uint8_t images[16 + 3 * 64] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 8, 0, 0, 0, 8 };
	uint8_t labels[] = { 0, 0, 8, 1, 0, 0, 0, 3, 0, 5, 2 };
	struct load_shape shape = { 0 };
	struct train_set set;
	struct bnn_err err;

	mkdir(in_base(""), 0700);
	write_bytes(in_base("train-images-idx3-ubyte"), images, sizeof(images));
	write_bytes(in_base("train-labels-idx1-ubyte"), labels, sizeof(labels));
	ck_assert_int_eq(load_idx(base, "train", &most, &shape, 0, &set, &err), BNN_OK);
	ck_assert_int_eq(set.classes, 6);
	ck_assert_int_eq(shape.rows, 8);
	ck_assert_int_eq(shape.channels, 1);
	train_set_free(&set);
	ck_assert_int_eq(load_idx(base, "train", &most, &shape, 5, &set, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "label 1 is 5, there are 5 classes"));
	labels[9] = 64;
	write_bytes(in_base("train-labels-idx1-ubyte"), labels, sizeof(labels));
	ck_assert_int_eq(load_idx(base, "train", &most, &shape, 0, &set, &err), BNN_E_LIMIT);
	ck_assert_int_eq(load_idx(base, "t10k", &most, &shape, 0, &set, &err), BNN_E_FILE);
}
END_TEST

static void clean(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", base);
	ck_assert_int_eq(system(command), 0);
}

int main(void)
{
	Suite *s = suite_create("train_data");
	TCase *t = tcase_create("train_data"), *files = tcase_create("files");

	if (!mkdtemp(base))
		return 1;
	tcase_add_test(t, groups_bursts);
	tcase_add_test(t, groups_copies);
	tcase_add_test(t, splits_groups_whole);
	tcase_add_test(t, splits_few_groups);
	tcase_add_test(t, preprocesses);
	tcase_add_test(t, augment_lists);
	tcase_add_test(t, augments);
	tcase_add_test(t, chooses_sizes);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(files, NULL, clean);
	tcase_add_test(files, looks_and_loads);
	tcase_add_test(files, groups_by_name);
	tcase_add_test(files, idx_labels);
	suite_add_tcase(s, files);
	return check_main(s);
}
