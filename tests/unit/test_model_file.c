/* SPDX-License-Identifier: MIT
 * The .bnn file: round trips, and everything a damaged or foreign file can be. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "model_file.h"

static const char *const nets[] = {
	"8x8x1: jet3x5 cam2",
	"9x8x3: sjet5x3 pool bconv3x7v dense5 dense3",
	"12x12x1: bconv5x4 pool jet3x9 sjet3x6 jet5x2 cam64",
	"8x8x3: bconv1x1 dense2",
};

static struct bnn_model *random_model(const char *text, uint64_t seed)
{
	struct bnn_model *m;
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, seed);
	strcpy(m->facts.text, "trained on nothing, 5 % \xc3\xa4");
	m->facts.train_images = 60000;
	m->facts.test_images = 4294967295u;
	m->facts.test_correct = 7;
	m->facts.display_scale = 0.037f;
	return m;
}

static struct bytes encoded(const char *text)
{
	struct bnn_model *m = random_model(text, 3);
	struct bytes b = { 0 };

	ck_assert_int_eq(model_encode(m, &b, NULL), BNN_OK);
	bnn_model_free(m);
	return b;
}

/* Decodes and expects a failure with these words. */
static void assert_refused(const uint8_t *p, size_t len, const char *says)
{
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	uint8_t *copy = malloc(len ? len : 1); /* so that a sanitizer sees reads behind the end */
	int rc;

	memcpy(copy, p, len);
	rc = model_decode("x.bnn", copy, len, &m, &err);
	free(copy);
	ck_assert_msg(rc < 0, "accepted, expected '%s'", says);
	ck_assert_ptr_null(m);
	ck_assert_int_eq(err.code, rc);
	ck_assert_msg(strncmp(err.text, "x.bnn: ", 7) == 0, "%s", err.text);
	ck_assert_msg(strstr(err.text, says) != NULL, "'%s', expected '%s'", err.text, says);
}

/* Offset of the nth section (from 0) with this id. */
static size_t section(const struct bytes *b, const char *id, int nth)
{
	size_t at = MODEL_FILE_HEADER;

	while (memcmp(b->p + at, id, 4) || nth-- > 0)
		at += bytes_u32(b->p + at + 4) + MODEL_FILE_FRAME;
	return at;
}

/* Makes length and CRCs right again after a change of section `at`. */
static void repair(struct bytes *b, size_t at)
{
	size_t len = bytes_u32(b->p + at + 4) + 8;

	bytes_set_u32(b->p + at + len, model_crc(b->p + at, len));
	bytes_set_u32(b->p + 12, (uint32_t)b->len);
	bytes_set_u32(b->p + MODEL_FILE_CRC, model_file_crc(b->p, b->len));
}

/* Replaces a section's payload. */
static void replace(struct bytes *b, size_t at, const void *payload, size_t len)
{
	size_t old = bytes_u32(b->p + at + 4);
	struct bytes out = { 0 };

	bytes_put(&out, b->p, at + 4);
	bytes_put_u32(&out, (uint32_t)len);
	bytes_put(&out, payload, len);
	bytes_put_u32(&out, 0);
	bytes_put(&out, b->p + at + old + MODEL_FILE_FRAME, b->len - at - old - MODEL_FILE_FRAME);
	free(b->p);
	*b = out;
	repair(b, at);
}

static void append(struct bytes *b, const char *id, const void *payload, size_t len)
{
	size_t at = b->len;

	bytes_put(b, id, 4);
	bytes_put_u32(b, (uint32_t)len);
	bytes_put(b, payload, len);
	bytes_put_u32(b, 0);
	repair(b, at);
}

static void assert_same_model(const struct bnn_model *a, const struct bnn_model *b)
{
	struct bytes x = { 0 }, y = { 0 };
	int last = a->net.count - 1;

	for (int i = 0; i <= last; i++) {
		const struct net_layer *l = &a->net.layer[i];
		const struct model_layer *p = &a->layer[i], *q = &b->layer[i];

		if (model_kernel_count(l))
			ck_assert_mem_eq(p->kernel, q->kernel, model_kernel_count(l));
		if (model_sign_count(l))
			ck_assert_mem_eq(p->sign, q->sign, model_sign_count(l));
		if (model_weight_count(l))
			ck_assert_mem_eq(p->weight, q->weight, model_weight_count(l));
		if (i < last)
			ck_assert_mem_eq(p->threshold, q->threshold, 4 * (size_t)l->out);
		else
			ck_assert_mem_eq(p->bias, q->bias, 4 * (size_t)l->out);
	}
	for (int c = 0; c < bnn_model_classes(a); c++)
		ck_assert_str_eq(bnn_model_class(a, c), bnn_model_class(b, c));
	ck_assert_mem_eq(&a->pre, &b->pre, sizeof(a->pre));
	ck_assert_str_eq(a->facts.text, b->facts.text);
	ck_assert_uint_eq(a->facts.test_images, b->facts.test_images);
	ck_assert(a->facts.display_scale == b->facts.display_scale);
	ck_assert_int_eq(model_encode(a, &x, NULL), BNN_OK);
	ck_assert_int_eq(model_encode(b, &y, NULL), BNN_OK);
	ck_assert_uint_eq(x.len, y.len);
	ck_assert_mem_eq(x.p, y.p, x.len);
	free(x.p);
	free(y.p);
}

START_TEST(round_trip)
{
	char dir[] = "/tmp/jbfileXXXXXX", path[64], other[64];
	struct bnn_model *m = random_model(nets[_i], 11), *back;
	struct bnn_err err = { 0 };

	m->pre.normalize = 1;
	m->pre.contrast = 1;
	m->pre.window = 63;
	m->pre.use_table = _i % 2;
	for (int i = 0; m->pre.use_table && i < 256; i++)
		m->pre.table[i] = (uint8_t)(255 - i);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/m.bnn", dir);
	for (int twice = 0; twice < 2; twice++) {
		ck_assert_msg(bnn_model_save(m, path, &err) == BNN_OK, "%s", err.text);
		ck_assert_msg(bnn_model_load(path, &back, &err) == BNN_OK, "%s", err.text);
		assert_same_model(m, back);
		bnn_model_free(back);
	}
	snprintf(other, sizeof(other), "%s/none/m.bnn", dir);
	ck_assert_int_eq(bnn_model_save(m, other, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	ck_assert_int_eq(bnn_model_save(m, dir, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
	ck_assert_int_eq(bnn_model_load(other, &back, &err), BNN_E_FILE);
	ck_assert_int_eq(bnn_model_load(dir, &back, &err), BNN_E_FILE);
	unlink(path);
	ck_assert_msg(rmdir(dir) == 0, "a temporary file was left");
	bnn_model_free(m);
}
END_TEST

/* The bytes are the same on every machine, and so is model_random. */
START_TEST(known_bytes)
{
	struct bytes b = encoded(nets[1]);

	ck_assert_uint_eq(b.len, 332);
	ck_assert_uint_eq(model_crc(b.p, b.len), 3056633684u);
	free(b.p);
}
END_TEST

/* The example of docs/model-format.md. */
START_TEST(documented_bytes)
{
	static const char file[] =
		"\x89JBNN\r\n\x1a\x01\0\0\0\x9d\0\0\0\x02\x3b\x53\xcb"
		"NETW\x12\0\0\0"
		"8x8x1: jet3x2 cam2"
		"\x18\x68\x83\x93"
		"CLAS\x07\0\0\0\2no\3yes\xa4\x7d\xcc\x43"
		"PREP\x04\0\0\0\0\0\0\0\xee\x7b\xf7\xe9"
		"LAYR\x0b\0\0\0\0\4\1\0\x08\0\0\0\0\0\0\x52\x3a\xc5\xb5"
		"LAYR\x09\0\0\0\x0d\0\0\0\0\xfd\xff\xff\xff\xc9\x62\x41\xbd"
		"fact\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3f\xe1\x87\x97\x40";
	struct bytes b = { 0 };
	struct bnn_model *m;
	struct bnn_err err;

	ck_assert_msg(model_decode("x.bnn", (const uint8_t *)file, sizeof(file) - 1, &m, &err) ==
			      BNN_OK,
		      "%s", err.text);
	ck_assert_int_eq(m->layer[0].kernel[1], 4);
	ck_assert_int_eq(m->layer[0].sign[0], 1);
	ck_assert_int_eq(m->layer[0].sign[1], -1);
	ck_assert_int_eq(m->layer[0].threshold[0], 2048);
	ck_assert_int_eq(m->layer[1].weight[0], 1);
	ck_assert_int_eq(m->layer[1].weight[1], -1);
	ck_assert_int_eq(m->layer[1].bias[1], -3);
	ck_assert_str_eq(bnn_model_class(m, 1), "yes");
	ck_assert(m->facts.display_scale == 0.5f);
	ck_assert_int_eq(model_encode(m, &b, NULL), BNN_OK);
	ck_assert_uint_eq(b.len, sizeof(file) - 1);
	ck_assert_mem_eq(b.p, file, b.len);
	free(b.p);
	bnn_model_free(m);
}
END_TEST

START_TEST(any_flipped_bit)
{
	struct bytes b = encoded(nets[_i]);

	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= (uint8_t)(1u << (i % 8));
		assert_refused(b.p, b.len, "");
		b.p[i] ^= (uint8_t)(1u << (i % 8));
	}
	free(b.p);
}
END_TEST

START_TEST(any_length)
{
	struct bytes b = encoded(nets[0]);

	assert_refused(b.p, 0, "the file is empty");
	for (size_t len = 1; len < b.len; len++)
		assert_refused(b.p, len, len < 8 ? "not a .bnn model" : "truncated");
	bytes_put_u8(&b, 0);
	assert_refused(b.p, b.len, "1 bytes behind the end");
	free(b.p);
}
END_TEST

START_TEST(messages_name_the_section)
{
	struct bytes b = encoded(nets[1]);
	size_t at = section(&b, "LAYR", 1);

	b.p[at + 9] ^= 4;
	assert_refused(b.p, b.len, "section 5 'LAYR'");
	b.p[at + 9] ^= 4;
	b.p[section(&b, "fact", 0) + 10] ^= 1;
	assert_refused(b.p, b.len, "'fact'");
	b.p[section(&b, "fact", 0) + 10] ^= 1;
	b.p[at + 7] = 0x7f;
	assert_refused(b.p, b.len, "section 5 'LAYR' claims");
	b.p[at + 7] = 0;
	b.p[MODEL_FILE_CRC] ^= 1;
	assert_refused(b.p, b.len, "the header is damaged");
	b.p[MODEL_FILE_CRC] ^= 1;
	b.p[8] = 2;
	assert_refused(b.p, b.len, "format version 2, this library reads 1");
	free(b.p);
	assert_refused((const uint8_t *)"P5\n28 28\n255\n", 13, "not a .bnn model");
}
END_TEST

START_TEST(sections_of_others)
{
	struct bytes b = encoded(nets[0]);
	struct bnn_model *m, *same = random_model(nets[0], 3);

	append(&b, "note", "later", 5);
	append(&b, "zero", NULL, 0);
	ck_assert_int_eq(model_decode("x.bnn", b.p, b.len, &m, NULL), BNN_OK);
	assert_same_model(m, same);
	bnn_model_free(m);
	bnn_model_free(same);
	append(&b, "NOTE", "later", 5);
	assert_refused(b.p, b.len, "unknown required section 'NOTE'");
	free(b.p);
	b = encoded(nets[0]);
	append(&b, "PREP", "\0\0\0\0", 4);
	assert_refused(b.p, b.len, "second section 'PREP'");
	free(b.p);
	b = encoded(nets[0]);
	append(&b, "LAYR", "", 0);
	assert_refused(b.p, b.len, "3 LAYR sections, the net has 2 layers");
	for (int i = 0; i < 14; i++)
		append(&b, "LAYR", "", 0);
	assert_refused(b.p, b.len, "more than 16 LAYR");
	b.p[section(&b, "CLAS", 0)] = 'c';
	repair(&b, section(&b, "cLAS", 0));
	b.len = section(&b, "LAYR", 0);
	repair(&b, section(&b, "PREP", 0));
	assert_refused(b.p, b.len, "section 'CLAS' is missing");
	bytes_put_u32(&b, 5);
	repair(&b, section(&b, "PREP", 0));
	assert_refused(b.p, b.len, "4 stray bytes where section 4");
	free(b.p);
}
END_TEST

static const struct {
	const char *id, *payload;
	size_t len;
	const char *says;
} wrong[] = {
	{ "NETW", "8x8x1: jet3x6 cam2", 18, "layer 1 has" },
	{ "NETW", "8x8x1: jet3x5 cam3", 18, "layer 2 has" },
	{ "NETW", "8x8x1: jet3x5", 13, "section 'NETW': word 2" },
	{ "NETW", "8x8x1: jet3x600 cam2", 20, "600 output channels" },
	{ "NETW", "", 0, "section 'NETW'" },
	{ "NETW", "8x8x1: jet3x5\0cam2", 18, "zero byte" },
	{ "CLAS", "\1a", 2, "name 1 is empty" },
	{ "CLAS", "\1a\1b\1c", 6, "2 bytes behind the last name" },
	{ "CLAS", "\1a\5b", 4, "name 1" },
	{ "CLAS", "\1a\0", 3, "name 1 is empty" },
	{ "CLAS", "\2a\0\1b", 5, "name 0" },
	{ "CLAS", "\1a\1\n", 4, "class name 1 is not plain UTF-8" },
	{ "PREP", "", 0, "section 'PREP' has 0 bytes, expected 4" },
	{ "PREP", "\0\0\1\0", 4, "section 'PREP' has 4 bytes, expected 260" },
	{ "PREP", "\2\0\0\0", 4, "normalize is 2" },
	{ "PREP", "\0\1\0\4", 4, "window is 4" },
	{ "PREP", "\0\1\0\1", 4, "window is 1" },
	{ "PREP", "\0\1\0\101", 4, "window is 65" },
	{ "fact", "short", 5, "section 'fact' has 5 bytes" },
	{ "fact", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\300\177", 16, "display scale" },
	{ "fact", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\277", 16, "display scale" },
	{ "fact", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a\nb", 19, "facts are not plain UTF-8" },
	{ "fact", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a\0b", 19, "zero byte" },
};

START_TEST(wrong_contents)
{
	struct bytes b = encoded(nets[0]);

	replace(&b, section(&b, wrong[_i].id, 0), wrong[_i].payload, wrong[_i].len);
	assert_refused(b.p, b.len, wrong[_i].says);
	free(b.p);
}
END_TEST

START_TEST(wrong_parameters)
{
	struct bytes b = encoded(
		nets[0]); /* 5 kernels, 5 signs in a byte, 5 thresholds; 10 weights, 2 biases */
	size_t first = section(&b, "LAYR", 0), head = section(&b, "LAYR", 1);
	struct bnn_model *m;

	b.p[first + 8 + 3] = 9;
	repair(&b, first);
	assert_refused(b.p, b.len, "layer 1: kernel 3 is number 9, allowed are 0 to 8");
	b.p[first + 8 + 3] = 8;
	b.p[first + 8 + 5] |= 0x20;
	repair(&b, first);
	assert_refused(b.p, b.len, "layer 1: fill bits");
	b.p[first + 8 + 5] &= 0x1f;
	repair(&b, first);
	memcpy(b.p + head + 8 + 2, "\1\0\0\x20", 4);
	repair(&b, head);
	assert_refused(b.p, b.len,
		       "layer 2: bias 0 is 536870913, allowed are -536870912 to 536870912");
	memcpy(b.p + head + 8 + 2, "\0\0\0\x20", 4); /* 2^29, the limit */
	repair(&b, head);
	ck_assert_int_eq(model_decode("x.bnn", b.p, b.len, &m, NULL), BNN_OK);
	ck_assert_int_eq(m->layer[1].bias[0], 1 << 29);
	bnn_model_free(m);
	replace(&b, head, "", 0);
	assert_refused(b.p, b.len, "layer 2 has 0 bytes, its shape needs 10");
	free(b.p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("model file");
	TCase *t = tcase_create("model file");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, round_trip, 0, sizeof(nets) / sizeof(*nets));
	tcase_add_test(t, known_bytes);
	tcase_add_test(t, documented_bytes);
	tcase_add_loop_test(t, any_flipped_bit, 0, sizeof(nets) / sizeof(*nets));
	tcase_add_test(t, any_length);
	tcase_add_test(t, messages_name_the_section);
	tcase_add_test(t, sections_of_others);
	tcase_add_loop_test(t, wrong_contents, 0, sizeof(wrong) / sizeof(*wrong));
	tcase_add_test(t, wrong_parameters);
	return check_main(s);
}
