/* SPDX-License-Identifier: MIT
 * Writes .bnn files. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "file.h"
#include "model_file.h"

uint32_t model_crc(const uint8_t *p, size_t len)
{
	return (uint32_t)crc32_z(0, p, len);
}

uint32_t model_file_crc(const uint8_t *p, size_t len)
{
	uLong crc = crc32_z(0, p, MODEL_FILE_CRC);

	return (uint32_t)crc32_z(crc, p + MODEL_FILE_CRC + 4, len - MODEL_FILE_CRC - 4);
}

/* Starts a section; returns where it begins. */
static size_t begin(struct bytes *b, const char *id)
{
	size_t at = b->len;

	bytes_put(b, id, 4);
	bytes_put_u32(b, 0);
	return at;
}

/* Fills in the length of the section at `at` and appends its CRC. */
static void end(struct bytes *b, size_t at)
{
	if (b->failed)
		return;
	bytes_set_u32(b->p + at + 4, (uint32_t)(b->len - at - 8));
	bytes_put_u32(b, model_crc(b->p + at, b->len - at));
}

static void put_texts(const struct bnn_model *m, struct bytes *b)
{
	char text[NET_TEXT_MAX];
	size_t at = begin(b, "NETW");

	bytes_put(b, text, (size_t)net_print(&m->net, text, sizeof(text)));
	end(b, at);
	at = begin(b, "CLAS");
	for (int c = 0; c < bnn_model_classes(m); c++) {
		bytes_put_u8(b, (uint8_t)strlen(m->class_name[c]));
		bytes_put(b, m->class_name[c], strlen(m->class_name[c]));
	}
	end(b, at);
}

static void put_pre(const struct model_pre *pre, struct bytes *b)
{
	size_t at = begin(b, "PREP");

	bytes_put_u8(b, pre->normalize);
	bytes_put_u8(b, pre->contrast);
	bytes_put_u8(b, pre->use_table);
	bytes_put_u8(b, pre->window);
	if (pre->use_table)
		bytes_put(b, pre->table, sizeof(pre->table));
	end(b, at);
}

static void put_layer(const struct net_layer *l, const struct model_layer *p, struct bytes *b)
{
	size_t at = begin(b, "LAYR");

	bytes_put(b, p->kernel, model_kernel_count(l));
	bytes_put_signs(b, p->sign, model_sign_count(l));
	bytes_put_signs(b, p->weight, model_weight_count(l));
	bytes_put_i32s(b, p->bias ? p->bias : p->threshold, (size_t)l->out);
	end(b, at);
}

static void put_facts(const struct model_facts *f, struct bytes *b)
{
	size_t at = begin(b, "fact");
	uint32_t scale;

	memcpy(&scale, &f->display_scale, sizeof(scale));
	bytes_put_u32(b, f->train_images);
	bytes_put_u32(b, f->test_images);
	bytes_put_u32(b, f->test_correct);
	bytes_put_u32(b, scale);
	bytes_put(b, f->text, strlen(f->text));
	end(b, at);
}

int model_encode(const struct bnn_model *m, struct bytes *b, struct bnn_err *err)
{
	bytes_put(b, MODEL_FILE_MAGIC, 8);
	bytes_put_u32(b, MODEL_FILE_VERSION);
	bytes_put_u32(b, 0);
	bytes_put_u32(b, 0);
	put_texts(m, b);
	put_pre(&m->pre, b);
	for (int i = 0; i < m->net.count; i++)
		put_layer(&m->net.layer[i], &m->layer[i], b);
	put_facts(&m->facts, b);
	if (b->failed)
		return err_set(err, BNN_E_MEMORY, "out of memory for the model file");
	bytes_set_u32(b->p + 12, (uint32_t)b->len);
	bytes_set_u32(b->p + MODEL_FILE_CRC, model_file_crc(b->p, b->len));
	return BNN_OK;
}

int bnn_model_save(const bnn_model *m, const char *path, struct bnn_err *err)
{
	struct bytes b = { 0 };
	int rc = model_check(m, err);

	if (!rc)
		rc = model_encode(m, &b, err);
	if (!rc)
		rc = file_write(path, b.p, b.len, err);
	free(b.p);
	return rc;
}
