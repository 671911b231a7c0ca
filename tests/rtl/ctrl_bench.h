/* SPDX-License-Identifier: MIT
 * What surrounds ctrl_link in its bench: host, front end, engine and memories in C.
 * The front end keeps a CRC of the pixels instead of a map; the engine turns it into scores and cycles
 * that the host side knows too (image_*). */
#ifndef TESTS_RTL_CTRL_BENCH_H
#define TESTS_RTL_CTRL_BENCH_H

#include <check.h>

#include "ctrl_link.h"
#include "rtl/packets.h"

#define MODEL_WORDS G_MODEL_WORDS
#define MAP_ROWS G_MAP_ROWS
#define MW G_MW
#define UNITS G_O
#define UNIT_WORDS 9
#define WEIGHT_ROWS (G_WROWS ? G_WROWS : 1)
#define TIMEOUT G_TIMEOUT
#define CLOCK_LIMIT 200000

struct front_model {
	bool busy, full;
	int buffer, count, delay;
	uint32_t sum;
};

enum engine_state {
	ENGINE_OFF,
	ENGINE_FILL,
	ENGINE_READY,
	ENGINE_RUN,
	ENGINE_PAUSE,
	ENGINE_SCORES
};

struct engine_model {
	enum engine_state state;
	int delay, op, score, buffer;
	bool pause;
	uint32_t sum, cycles;
};

struct bench {
	struct ctrl_sim *sim;
	struct ctrl_in in;
	struct ctrl_out out;
	long clock;
	/* percent of clocks without a byte from the host, to the host, to the front end */
	int host_gap, tx_gap, px_gap;
	uint8_t to_device[1 << 18], from_device[1 << 16];
	size_t to_head, to_tail, from_head, from_tail;
	struct front_model front;
	struct engine_model engine;
	uint32_t buffer_sum[2];
	bool side; /* of the running program */
	uint32_t model[MODEL_WORDS];
	uint32_t mm_word; /* read, on the way to mm_data */
	uint32_t weights[WEIGHT_ROWS][UNITS][UNIT_WORDS];
	uint32_t map[MAP_ROWS][MW];
	int map_row, map_wait;
	int starts;
};

static inline uint32_t image_score(uint32_t sum, int c)
{
	return sum * (uint32_t)(c + 1) + (uint32_t)c;
}

static inline uint32_t image_op_cycles(uint32_t sum, int op)
{
	return (sum >> 3) + (uint32_t)op;
}

static inline uint32_t image_cycles(uint32_t sum, int ops)
{
	uint32_t cycles = 0;

	for (int op = 0; op < ops; op++)
		cycles += image_op_cycles(sum, op);
	return cycles;
}

#define IMAGE_FRONT_CYCLES(sum) ((sum) ^ 0x55AA00FFu)
#define IMAGE_CLASS(sum, classes) ((sum) % (classes))

static inline uint32_t program_word(const struct bench *b, int i)
{
	return b->model[b->side ? MODEL_WORDS - 1 - i : i];
}

static inline uint32_t field_of(uint32_t word, int msb, int lsb)
{
	return word >> lsb & (uint32_t)((UINT64_C(2) << (msb - lsb)) - 1);
}

#define PROGRAM_FIELD(b, name) \
	field_of(program_word(b, JB_##name##_WORD), JB_##name##_MSB, JB_##name##_LSB)

static inline void front_clock(struct bench *b, struct ctrl_in *next)
{
	struct front_model *f = &b->front;

	next->front_done = false;
	if (b->out.front_start) {
		ck_assert_msg(!f->busy, "front end started while busy, seed %llu",
			      (unsigned long long)seed);
		*f = (struct front_model){ .busy = true, .buffer = b->out.front_buf };
	}
	if (b->out.px_valid && b->in.px_ready) {
		ck_assert(f->busy && f->count < b->in.image_bytes);
		f->sum = (uint32_t)crc32(f->sum, &b->in.rx_data, 1);
		if (++f->count == b->in.image_bytes) {
			f->full = true;
			f->delay = below(40);
		}
	} else if (f->full && f->delay-- == 0) {
		ck_assert_msg(b->engine.state < ENGINE_RUN || b->engine.buffer != f->buffer,
			      "buffer in use overwritten, seed %llu", (unsigned long long)seed);
		b->buffer_sum[f->buffer] = f->sum;
		next->front_done = true;
		next->front_cycles = IMAGE_FRONT_CYCLES(f->sum);
		f->busy = f->full = false;
	}
	if (b->out.front_drop) {
		f->busy = f->full = false;
		next->front_done = false;
	}
	next->front_busy = f->busy;
	next->px_ready = f->busy && f->count < b->in.image_bytes && below(100) >= b->px_gap;
}

static inline void engine_boot(struct bench *b, struct ctrl_in *next)
{
	b->side = b->out.model_side;
	next->boot_done = false;
	next->image_bytes = (uint16_t)PROGRAM_FIELD(b, F_BYTES);
	next->map0 = (uint16_t)PROGRAM_FIELD(b, F_MAP0);
	next->map1 = (uint16_t)PROGRAM_FIELD(b, F_MAP1);
	next->classes = (uint8_t)PROGRAM_FIELD(b, F_CLASSES);
	next->ops = (uint8_t)PROGRAM_FIELD(b, F_OPS);
	b->engine.state = ENGINE_FILL;
	b->engine.delay = 2 + below(60);
}

static inline void engine_start(struct bench *b, struct ctrl_in *next)
{
	struct engine_model *e = &b->engine;

	ck_assert_msg(e->state == ENGINE_READY, "engine started while not ready, seed %llu",
		      (unsigned long long)seed);
	ck_assert(b->out.engine_base == b->in.map0 || b->out.engine_base == b->in.map1);
	e->state = ENGINE_RUN;
	e->buffer = b->out.engine_base == b->in.map1;
	e->sum = b->buffer_sum[e->buffer];
	e->pause = b->out.engine_pause_en;
	e->op = 0;
	e->cycles = 0;
	e->delay = below(80);
	next->engine_ops_done = 0;
	b->starts++;
}

/* End of an operation: the last is reported with `done`. */
static inline void engine_op(struct bench *b, struct ctrl_in *next)
{
	struct engine_model *e = &b->engine;

	next->op_we = true;
	next->op_index = (uint8_t)e->op;
	e->cycles += image_op_cycles(e->sum, e->op);
	next->engine_cycles = e->cycles;
	next->engine_ops_done = (uint8_t)++e->op;
	e->delay = below(80);
	e->state = e->pause ? ENGINE_PAUSE : ENGINE_RUN;
}

static inline void engine_score(struct bench *b, struct ctrl_in *next)
{
	struct engine_model *e = &b->engine;

	if (e->score < b->in.classes) {
		next->res_we = true;
		next->res_index = (uint8_t)e->score;
		next->res_score = image_score(e->sum, e->score);
		e->score++;
		return;
	}
	engine_op(b, next);
	next->engine_done = true;
	next->res_class = (uint8_t)IMAGE_CLASS(e->sum, b->in.classes);
	e->state = ENGINE_FILL;
}

static inline void engine_clock(struct bench *b, struct ctrl_in *next)
{
	struct engine_model *e = &b->engine;

	next->res_we = next->op_we = next->engine_done = false;
	if (e->state == ENGINE_FILL && e->delay-- == 0) {
		next->boot_done = true;
		e->state = ENGINE_READY;
	} else if (b->out.engine_start) {
		engine_start(b, next);
	} else if (e->state == ENGINE_RUN && e->delay-- == 0) {
		if (e->op < b->in.ops - 1) {
			engine_op(b, next);
		} else {
			e->state = ENGINE_SCORES;
			e->score = 0;
		}
	} else if (e->state == ENGINE_PAUSE && b->out.engine_resume) {
		e->state = ENGINE_RUN;
	} else if (e->state == ENGINE_SCORES) {
		engine_score(b, next);
	}
	if (b->out.boot)
		engine_boot(b, next);
	if (b->out.engine_drop && b->in.boot_done) {
		e->state = ENGINE_FILL;
		e->delay = below(60);
		next->res_we = next->op_we = next->engine_done = false;
	}
	if (b->out.stop) {
		e->state = ENGINE_OFF;
		next->boot_done = false;
	}
	next->engine_ready = e->state == ENGINE_READY;
	next->engine_paused = e->state == ENGINE_PAUSE;
}

static inline void memory_clock(struct bench *b, struct ctrl_in *next)
{
	const struct ctrl_out *o = &b->out;

	next->mm_data = b->mm_word;
	b->mm_word = draw(); /* of the loader's */
	if (o->ct_req && o->ct_we)
		b->model[o->ct_addr] = o->ct_wdata;
	else if (o->ct_req)
		b->mm_word = b->model[o->ct_addr];
	for (int u = 0; u < UNITS; u++)
		if (o->row_we >> u & 1)
			memcpy(b->weights[o->row_addr][u], o->row_data, sizeof(o->row_data));
	for (int i = 0; i < MW; i++)
		next->dbg_data[i] = b->map_wait == 1 ? b->map[b->map_row][i] : draw();
	if (b->map_wait)
		b->map_wait--;
	if (o->dbg_req && b->in.dbg_gnt) {
		ck_assert_uint_lt(o->dbg_addr, MAP_ROWS);
		b->map_row = (int)o->dbg_addr;
		b->map_wait = 1;
	}
	next->dbg_gnt = below(3) == 0;
}

static inline void step(struct bench *b)
{
	struct ctrl_in next;

	if (!b->in.rx_valid && b->to_head < b->to_tail && below(100) >= b->host_gap) {
		b->in.rx_valid = true;
		b->in.rx_data = b->to_device[b->to_head++];
	}
	b->in.tx_ready = below(100) >= b->tx_gap;
	ctrl_sim_clock(b->sim, &b->in, &b->out);
	b->clock++;
	next = b->in;
	if (b->in.rx_valid && b->out.rx_ready)
		next.rx_valid = false;
	if (b->out.tx_valid && b->in.tx_ready) {
		ck_assert_uint_lt(b->from_tail, sizeof(b->from_device));
		b->from_device[b->from_tail++] = b->out.tx_data;
	}
	front_clock(b, &next);
	engine_clock(b, &next);
	memory_clock(b, &next);
	b->in = next;
}

static inline void steps(struct bench *b, int n)
{
	while (n-- > 0)
		step(b);
}

static inline struct bench *bench_open(void)
{
	struct bench *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	b->sim = ctrl_sim_open();
	ck_assert_ptr_nonnull(b->sim);
	for (int i = 0; i < MODEL_WORDS; i++)
		b->model[i] = draw();
	for (int i = 0; i < MAP_ROWS * MW; i++)
		b->map[i / MW][i % MW] = draw();
	b->in.rst = true;
	steps(b, 2);
	b->in.rst = false;
	return b;
}

static inline void bench_close(struct bench *b)
{
	ctrl_sim_close(b->sim);
	free(b);
}

/* ---- host ---- */

static inline void host_bytes(struct bench *b, const uint8_t *bytes, size_t n)
{
	if (b->to_head == b->to_tail)
		b->to_head = b->to_tail = 0;
	ck_assert_uint_le(b->to_tail + n, sizeof(b->to_device));
	memcpy(b->to_device + b->to_tail, bytes, n);
	b->to_tail += n;
}

static inline void host_packet(struct bench *b, int type, int flags, int sequence,
			       const void *payload, size_t length)
{
	static uint8_t bytes[PACKET_BYTES(0xFFFF)];
	struct packet p = { JB_PKT_VERSION,     (uint8_t)type,    (uint8_t)flags,
			    (uint16_t)sequence, (uint16_t)length, payload };

	host_bytes(b, bytes, packet_write(bytes, &p));
}

/* True when a packet has arrived; its payload is valid until the next call. */
static inline bool host_poll(struct bench *b, struct packet *p)
{
	long size;

	if (b->from_head == b->from_tail)
		b->from_head = b->from_tail = 0;
	size = packet_read(b->from_device + b->from_head, b->from_tail - b->from_head, p);
	ck_assert_msg(size >= 0, "no packet came back, seed %llu", (unsigned long long)seed);
	b->from_head += (size_t)size;
	return size > 0;
}

static inline void host_wait(struct bench *b, struct packet *p)
{
	long limit = b->clock + CLOCK_LIMIT;

	while (!host_poll(b, p)) {
		ck_assert_msg(b->clock < limit, "no answer, seed %llu", (unsigned long long)seed);
		step(b);
	}
	ck_assert_uint_eq(p->version, JB_PKT_VERSION);
	ck_assert_uint_eq(p->flags, 0);
}

static inline void host_expect(struct bench *b, int type, int sequence, size_t length,
			       struct packet *p)
{
	host_wait(b, p);
	ck_assert_msg(p->type == (type | JB_FLAG_ANSWER) && p->sequence == sequence &&
			      p->length == length,
		      "type %02x sequence %u length %u (reason %u), not %02x %d %zu, seed %llu",
		      p->type, p->sequence, p->length, p->length ? p->payload[0] : 0,
		      type | JB_FLAG_ANSWER, sequence, length, (unsigned long long)seed);
}

static inline void host_reject(struct bench *b, int type, int sequence, int reason)
{
	struct packet p;

	host_expect(b, JB_T_REJECT, sequence, 2, &p);
	ck_assert_msg(p.payload[0] == reason && p.payload[1] == type,
		      "reason %u of type %02x, not %d of %02x, seed %llu", p.payload[0],
		      p.payload[1], reason, type, (unsigned long long)seed);
}

/* A request whose answer has `length` bytes. */
static inline struct packet host_ask(struct bench *b, int type, const void *payload, size_t n,
				     size_t length)
{
	static int sequence = 0x7FF0;
	struct packet p;

	sequence = (sequence + 1) & 0xFFFF;
	host_packet(b, type, 0, sequence, payload, n);
	host_expect(b, type, sequence, length, &p);
	return p;
}

static inline void host_refused(struct bench *b, int type, const void *payload, size_t n,
				int reason)
{
	static int sequence = 0x1234;

	sequence = (sequence + 1) & 0xFFFF;
	host_packet(b, type, 0, sequence, payload, n);
	host_reject(b, type, sequence, reason);
}

#endif
