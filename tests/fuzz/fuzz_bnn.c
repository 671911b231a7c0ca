/* SPDX-License-Identifier: MIT
 * libFuzzer target: .bnn files. The input is read three times: as it is; as the sections of a file
 * whose header and CRCs are right, since no mutation would ever guess those; and as edits of a
 * small valid file, which reach the contents of every section. What is accepted is written and
 * read again. */
#include <stdlib.h>
#include <string.h>

#include "model_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const uint8_t *p, size_t len)
{
	struct bytes b = { 0 };
	struct bnn_model *m, *again;
	struct bnn_err err;

	if (model_decode("fuzz", p, len, &m, &err))
		return;
	if (model_check(m, &err) || model_encode(m, &b, &err))
		abort();
	if (model_decode("fuzz", b.p, b.len, &again, &err))
		abort();
	bnn_model_free(m);
	bnn_model_free(again);
	free(b.p);
}

/* Sets the CRC-32 of every section that fits. */
static void repair_sections(uint8_t *p, size_t len)
{
	size_t at = MODEL_FILE_HEADER;

	while (len - at >= MODEL_FILE_FRAME) {
		size_t payload = bytes_u32(p + at + 4);

		if (payload > len - at - MODEL_FILE_FRAME)
			return;
		bytes_set_u32(p + at + 8 + payload, model_crc(p + at, payload + 8));
		at += payload + MODEL_FILE_FRAME;
	}
}

static void decode_repaired(uint8_t *p, size_t len)
{
	repair_sections(p, len);
	bytes_set_u32(p + MODEL_FILE_CRC, model_file_crc(p, len));
	decode(p, len);
}

static void decode_framed(const uint8_t *data, size_t size)
{
	struct bytes b = { 0 };

	bytes_put(&b, MODEL_FILE_MAGIC, 8);
	bytes_put_u32(&b, MODEL_FILE_VERSION);
	bytes_put_u32(&b, (uint32_t)(size + MODEL_FILE_HEADER));
	bytes_put_u32(&b, 0);
	bytes_put(&b, data, size);
	if (!b.failed)
		decode_repaired(b.p, b.len);
	free(b.p);
}

/* Edits of 3 bytes: a 16-bit place behind the header and the byte to put there. */
static void decode_edited(const uint8_t *data, size_t size)
{
	struct bytes b = { 0 };
	struct bnn_model *m;
	struct net n;

	if (net_parse("8x8x1: jet3x5 pool bconv1x2 sjet3x3 dense3 dense2", &n, NULL))
		abort();
	if (model_new(&n, &m, NULL))
		return;
	m->pre.use_table = 1;
	model_random(m, 1);
	if (model_encode(m, &b, NULL) == BNN_OK) {
		for (size_t i = 0; i + 3 <= size; i += 3) {
			size_t place = (size_t)data[i] | (size_t)data[i + 1] << 8;

			b.p[MODEL_FILE_HEADER + place % (b.len - MODEL_FILE_HEADER)] = data[i + 2];
		}
		decode_repaired(b.p, b.len);
	}
	bnn_model_free(m);
	free(b.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode(data, size);
	decode_framed(data, size);
	decode_edited(data, size);
	return 0;
}
