/* SPDX-License-Identifier: MIT
 * An accelerator in C behind a transport. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "fake_device.h"
#include "fields.h"
#include "packet.h"
#include "program_interp.h"
#include "ref.h"

struct fake_plan fake_plan;

struct fake {
	struct bytes out; /* from `out_at` on not yet read */
	size_t out_at;
	uint8_t in[PACKET_SIZE(JB_PKT_MAX_PAYLOAD)];
	size_t in_count;
	uint32_t *program, *staged; /* owned */
	uint32_t words, staged_words, counted, crc, staged_crc;
	struct interp interp;
	int buffer, paused; /* paused: an image waits for CONTINUE */
	uint16_t paused_sequence;
	uint32_t images;
};

static void answer(struct fake *s, uint8_t type, uint16_t sequence, const void *payload, size_t n)
{
	struct packet p = { type | JB_FLAG_ANSWER, 0, sequence, (uint16_t)n, payload };
	uint8_t *buf = malloc(PACKET_SIZE(n));

	if (!buf)
		abort();
	bytes_put(&s->out, buf, packet_pack(&p, buf));
	free(buf);
}

static void answer_words(struct fake *s, uint8_t type, uint16_t sequence, const uint32_t *words,
			 size_t n)
{
	uint8_t *bytes = malloc(4 * n + 1);

	if (!bytes)
		abort();
	for (size_t i = 0; i < n; i++)
		bytes_set_u32(bytes + 4 * i, words[i]);
	answer(s, type, sequence, bytes, 4 * n);
	free(bytes);
}

static void reject(struct fake *s, const struct packet *p, int reason)
{
	uint8_t payload[2] = { (uint8_t)reason, p->type };

	answer(s, JB_T_REJECT, p->sequence, payload, 2);
}

static void identify(struct fake *s, const struct packet *p)
{
	const struct device_limits *l = &fake_plan.limits;
	uint32_t w[JB_ID_WORDS] = { 0 };

	w[JB_ID_MAGIC] = JB_ID_MAGIC_VALUE ^ (fake_plan.bad_identify == 2);
	w[JB_ID_LANES] = (uint32_t)(l->outputs << 16 | l->positions << 8 | 9);
	w[JB_ID_CLOCK] = l->clock_hz;
	w[JB_ID_MODEL_WORDS] = (uint32_t)l->model_words;
	w[JB_ID_MAP_ROWS] = (uint32_t)l->map_rows;
	w[JB_ID_WEIGHT_ROWS] = (uint32_t)l->weight_rows;
	w[JB_ID_FRONT] =
		(uint32_t)(l->front_lanes << 24 | l->front_k << 16 | l->front_channels << 8);
	w[JB_ID_FRONT_CODE_ROWS] = (uint32_t)l->front_code_rows;
	w[JB_ID_FRONT_OUTPUTS] = (uint32_t)l->front_outputs;
	w[JB_ID_ACC_BITS] = (uint32_t)l->acc_bits;
	w[JB_ID_SIDE] = (uint32_t)l->side;
	w[JB_ID_JET_COLS] = (uint32_t)l->jet_cols;
	w[JB_ID_LOADED] = s->program ? s->crc : 0;
	w[JB_ID_FREE_WORDS] = (uint32_t)l->model_words - (s->program ? s->words : 0);
	if (fake_plan.bad_identify == 3)
		reject(s, p, JB_R_VERSION);
	else
		answer_words(s, p->type, p->sequence, w,
			     fake_plan.bad_identify == 1 ? 7 : JB_ID_WORDS);
}

static void unload(struct fake *s)
{
	free(s->program);
	s->program = NULL;
	interp_close(&s->interp);
}

static int load_begin(struct fake *s, const struct packet *p)
{
	uint32_t words = bytes_u32(p->payload);

	free(s->staged);
	s->staged = NULL;
	if (words > (uint32_t)fake_plan.limits.model_words - (s->program ? s->words : 0))
		return JB_R_SPACE;
	s->staged = calloc(words + 1, sizeof(uint32_t));
	s->staged_words = words;
	s->staged_crc = bytes_u32(p->payload + 4);
	s->counted = 0;
	return 0;
}

static int load_data(struct fake *s, const struct packet *p)
{
	uint32_t n = (uint32_t)p->length / 4 - 1, at = bytes_u32(p->payload);

	if (!s->staged || at != s->counted || at + n > s->staged_words)
		return JB_R_ORDER;
	for (uint32_t i = 0; i < n; i++)
		s->staged[at + i] = bytes_u32(p->payload + 4 + 4 * i);
	s->counted += n;
	return 0;
}

static int load_commit(struct fake *s)
{
	struct bytes b = { 0 };
	uint32_t crc;

	if (!s->staged || s->counted != s->staged_words)
		return JB_R_ORDER;
	if (s->paused)
		return JB_R_BUSY;
	for (uint32_t i = 0; i < s->staged_words; i++)
		bytes_put_u32(&b, s->staged[i]);
	crc = (uint32_t)crc32_z(0, b.p, b.len);
	free(b.p);
	if (crc != s->staged_crc || s->staged[0] != JB_PROG_MAGIC) {
		free(s->staged);
		s->staged = NULL;
		return JB_R_PROGRAM;
	}
	unload(s);
	s->program = s->staged;
	s->words = s->staged_words;
	s->crc = crc;
	s->staged = NULL;
	if (interp_open(&s->interp,
			&(struct program){ .words = s->program, .count = (int)s->words },
			&fake_plan.limits))
		abort();
	return 0;
}

static void result(struct fake *s, uint16_t sequence)
{
	uint32_t classes = FIELD(s->program, F_CLASSES), w[JB_RES_SCORES + JB_MAX_CLASSES + 1];

	w[JB_RES_CLASS] = (uint32_t)ref_argmax(s->interp.scores, (int)classes);
	w[JB_RES_CLASSES] = classes + (uint32_t)fake_plan.wrong_classes;
	w[JB_RES_ENGINE_CYCLES] = 1;
	w[JB_RES_FRONT_CYCLES] = 2;
	memcpy(w + JB_RES_SCORES, s->interp.scores, sizeof(s->interp.scores));
	answer_words(s, JB_T_IMAGE, sequence, w,
		     (size_t)JB_RES_SCORES + classes + (size_t)fake_plan.wrong_classes);
	s->images++;
}

static void pause_at(struct fake *s)
{
	uint32_t ops = (uint32_t)s->interp.ops;

	s->paused = 1;
	answer_words(s, JB_T_PAUSED, s->paused_sequence, &ops, 1);
}

static int image(struct fake *s, const struct packet *p)
{
	if (fake_plan.forgets_model) {
		fake_plan.forgets_model = 0;
		unload(s);
	}
	if (!s->program)
		return JB_R_NO_MODEL;
	if (p->length != FIELD(s->program, F_BYTES))
		return JB_R_LENGTH;
	if (s->paused)
		return JB_R_BUSY;
	if (fake_plan.refuses_images)
		return fake_plan.refuses_images;
	interp_front(&s->interp, p->payload, s->buffer);
	s->buffer = !s->buffer;
	if (p->flags & JB_FLAG_PAUSE) {
		s->paused_sequence = p->sequence;
		pause_at(s);
		return 0;
	}
	while (interp_op(&s->interp))
		;
	result(s, p->sequence);
	return 0;
}

static int go_on(struct fake *s, const struct packet *p)
{
	if (!s->paused)
		return JB_R_ORDER;
	answer(s, p->type, p->sequence, NULL, 0);
	s->paused = 0;
	if (interp_op(&s->interp))
		pause_at(s);
	else
		result(s, s->paused_sequence);
	return 0;
}

static int read_map(struct fake *s, const struct packet *p)
{
	uint32_t row = bytes_u32(p->payload) & 0xFFFF, rows = bytes_u32(p->payload) >> 16;
	uint32_t mw = (uint32_t)fake_plan.limits.map_words;

	if (!s->program || rows == 0 || rows * mw > JB_PKT_MAX_READ_WORDS ||
	    row + rows > (uint32_t)fake_plan.limits.map_rows)
		return JB_R_ARGUMENT;
	answer_words(s, p->type, p->sequence, s->interp.memory + row * mw, rows * mw);
	return 0;
}

static void counters(struct fake *s, const struct packet *p)
{
	uint32_t w[JB_CNT_OP_FIRST + JB_MAX_OPS] = { s->images };
	uint32_t ops = s->program ? FIELD(s->program, F_OPS) : 0;

	w[JB_CNT_OPS] = ops + (uint32_t)fake_plan.bad_counters;
	answer_words(s, p->type, p->sequence, w, JB_CNT_OP_FIRST + ops);
}

/* Payload length that a type must have; -1: any. */
static int length_of(uint8_t type)
{
	switch (type) {
	case JB_T_LOAD_BEGIN: return 8;
	case JB_T_READ_MAP: return 4;
	case JB_T_LOAD_DATA:
	case JB_T_IMAGE: return -1;
	default: return 0;
	}
}

static void serve(struct fake *s, const struct packet *p)
{
	int reason = 0, length = length_of(p->type);

	if (length >= 0 && p->length != length) {
		reject(s, p, JB_R_LENGTH);
		return;
	}
	switch (p->type) {
	case JB_T_IDENTIFY: identify(s, p); return;
	case JB_T_COUNTERS: counters(s, p); return;
	case JB_T_IMAGE: reason = image(s, p); break;
	case JB_T_CONTINUE: reason = go_on(s, p); break;
	case JB_T_READ_MAP: reason = read_map(s, p); break;
	case JB_T_LOAD_BEGIN: reason = load_begin(s, p); break;
	case JB_T_LOAD_DATA: reason = load_data(s, p); break;
	case JB_T_LOAD_COMMIT: reason = load_commit(s); break;
	case JB_T_UNLOAD: unload(s); break;
	case JB_T_RESET: s->paused = s->buffer = 0; break;
	default: reason = JB_R_TYPE; break;
	}
	if (reason)
		reject(s, p, reason);
	else if (p->type == JB_T_RESET || p->type == JB_T_UNLOAD ||
		 (p->type >= JB_T_LOAD_BEGIN && p->type <= JB_T_LOAD_COMMIT))
		answer(s, p->type, p->sequence, NULL, 0);
}

static void drop(struct fake *s, size_t n)
{
	memmove(s->in, s->in + n, s->in_count - n);
	s->in_count -= n;
}

/* Serves what is complete. time_out: what is not complete will not become so. */
static void run(struct fake *s, int time_out)
{
	while (s->in_count > 0) {
		struct packet p;
		long size = packet_unpack(s->in, s->in_count, JB_PKT_MAX_PAYLOAD, &p);

		if (size > 0) {
			serve(s, &p);
			drop(s, (size_t)size);
		} else if (size == PACKET_CRC) {
			reject(s, &p, JB_R_CRC);
			drop(s, PACKET_SIZE(p.length));
		} else if (size == PACKET_MORE && !time_out) {
			return;
		} else if (size == PACKET_MORE && s->in_count >= JB_PKT_HEADER_BYTES) {
			reject(s, &p, JB_R_TIMEOUT);
			s->in_count = 0;
		} else {
			drop(s, 1);
		}
	}
}

static int fake_open(const char *arg, const struct bnn_open_options *opt, void **state,
		     struct bnn_err *err)
{
	(void)arg;
	(void)opt;
	(void)err;
	*state = calloc(1, sizeof(struct fake));
	return *state ? BNN_OK : BNN_E_MEMORY;
}

static void fake_close(void *state)
{
	struct fake *s = state;

	unload(s);
	free(s->staged);
	free(s->out.p);
	free(s);
}

static long fake_write(void *state, const uint8_t *buf, size_t n)
{
	struct fake *s = state;

	if (fake_plan.stuck_writes)
		return 0;
	if (n > sizeof(s->in) - s->in_count)
		n = sizeof(s->in) - s->in_count;
	memcpy(s->in + s->in_count, buf, n);
	s->in_count += n;
	run(s, 0);
	return (long)n;
}

static long fake_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	struct fake *s = state;

	if (fake_plan.babbles)
		memset(buf, JB_PKT_MARKER, n);
	if (fake_plan.silent || fake_plan.babbles)
		return fake_plan.silent ? 0 : (long)n;
	if (s->out_at == s->out.len && timeout_ms > 0)
		run(s, 1);
	if (n > s->out.len - s->out_at)
		n = s->out.len - s->out_at;
	if (n > 0)
		memcpy(buf, s->out.p + s->out_at, n);
	s->out_at += n;
	return (long)n;
}

const struct transport fake_transport = {
	"fake", fake_open, fake_write, fake_read, fake_close, NULL
};
