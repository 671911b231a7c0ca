/* SPDX-License-Identifier: MIT
 * The file of an unfinished run, little-endian:
 *   magic, u32 CRC-32 of all behind it
 *   augmentation and preprocessing, nine u32
 *   u32 length, what the run is (images and options, as text)
 *   u32 step, f64 loss of the present epoch, u32 best epoch, f64 its accuracy, u32 epochs run
 *   u32 length, best model as a .bnn file (0: none yet)
 *   the layers' trained arrays, as f32, with the optimiser's averages */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "file.h"
#include "model_file.h"
#include "run.h"

#define MAGIC "jetbnn-train-2\n\0" /* 16 bytes */
#define MAGIC_BYTES 16
#define HEAD_BYTES 20 /* magic, CRC */
#define MOST_BYTES ((size_t)1 << 30)
#define WHAT_BYTES 1024

/* Reading or writing, the same walk: `in` is NULL when writing. */
struct stream {
	struct bytes out;
	const uint8_t *in;
	size_t left;
	bool bad; /* more was asked for than there is */
};

static void move(struct stream *s, void *p, size_t n)
{
	if (!s->in) {
		bytes_put(&s->out, p, n);
		return;
	}
	if (n > s->left) {
		s->bad = true;
		return;
	}
	memcpy(p, s->in, n);
	s->in += n;
	s->left -= n;
}

static void move_u32(struct stream *s, uint32_t *v)
{
	uint8_t raw[4];

	bytes_set_u32(raw, *v);
	move(s, raw, sizeof(raw));
	*v = bytes_u32(raw);
}

static void move_int(struct stream *s, int *v)
{
	uint32_t raw = (uint32_t)*v;

	move_u32(s, &raw);
	*v = (int)raw;
}

static void move_real(struct stream *s, double *v)
{
	uint32_t half[2];

	memcpy(half, v, sizeof(half));
	move_u32(s, &half[0]);
	move_u32(s, &half[1]);
	memcpy(v, half, sizeof(half));
}

static void move_floats(struct stream *s, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t raw;

		memcpy(&raw, &v[i], sizeof(raw));
		move_u32(s, &raw);
		memcpy(&v[i], &raw, sizeof(raw));
	}
}

static void move_param(struct stream *s, struct param *p)
{
	move_floats(s, p->value, p->count);
	move_floats(s, p->m, p->count);
	move_floats(s, p->v, p->count);
	move_floats(s, p->w, p->count);
}

static void move_layer(struct stream *s, struct layer *l)
{
	size_t out = (size_t)l->net->out;

	move_param(s, &l->latent);
	move_param(s, &l->offset);
	move_param(s, &l->gain);
	if (l->bank) {
		move_floats(s, l->origin, out);
		move_floats(s, l->unit, out);
	} else if (!l->head) {
		move_floats(s, l->mean, out);
		move_floats(s, l->var, out);
	}
}

/* Everything but the best model. The loss, step and arrays are the run's, and its teacher's. */
static void move_state(struct stream *s, struct run *r)
{
	uint32_t step = (uint32_t)r->step;

	move_u32(s, &step);
	r->step = (long)step;
	move_real(s, &r->loss);
	move_int(s, &r->outcome->epoch);
	move_real(s, &r->outcome->held_accuracy);
	move_int(s, &r->outcome->epochs);
	for (int i = 0; i < r->graph->net.count; i++)
		move_layer(s, &r->graph->layer[i]);
	if (r->teacher)
		move_state(s, &r->teacher->run);
}

static void move_flag(struct stream *s, bool *v)
{
	uint32_t raw = *v;

	move_u32(s, &raw);
	*v = raw != 0;
}

static void move_byte(struct stream *s, uint8_t *v)
{
	uint32_t raw = *v;

	move_u32(s, &raw);
	*v = (uint8_t)raw;
}

static void move_choice(struct stream *s, struct augment *a, struct model_pre *pre)
{
	move_flag(s, &a->flip_h);
	move_flag(s, &a->flip_v);
	move_flag(s, &a->transpose);
	move_int(s, &a->shift);
	move_flag(s, &a->brightness);
	move_flag(s, &a->rotate);
	move_byte(s, &pre->normalize);
	move_byte(s, &pre->contrast);
	move_byte(s, &pre->window);
}

static uint32_t crc_of_images(const struct train_set *s)
{
	uint32_t crc[3] = { model_crc(s->pixels, (size_t)s->count * train_set_size(s)),
			    model_crc(s->label, (size_t)s->count),
			    model_crc((const uint8_t *)s->group, (size_t)s->count * sizeof(int)) };

	return model_crc((const uint8_t *)crc, sizeof(crc));
}

/* All that the result depends on. */
static void describe(const struct run *r, char what[WHAT_BYTES])
{
	const struct train_options *o = r->o;
	char net[NET_TEXT_MAX], augment[AUGMENT_TEXT], base[64] = "";
	struct bytes model = { 0 };

	net_print(&r->graph->net, net, sizeof(net));
	augment_print(&o->augment, augment);
	if (o->base && !model_encode(o->base, &model, NULL))
		snprintf(base, sizeof(base), "from %08x, freeze %d, ",
			 model_crc(model.p, model.len), o->freeze);
	free(model.p);
	snprintf(
		what, WHAT_BYTES,
		"seed %llu, %d epochs, batch %d, %s, rate %g, warmup %d, holdout %g, class weights "
		"images^-%g, gain %d, soften %g,%s augment %s, normalize %d local %d, %simages %08x, %s",
		(unsigned long long)o->seed, o->epochs, o->batch, o->optimizer->name, o->rate,
		o->warmup, o->holdout, o->balance, o->gain, o->soften, o->distil ? " distil," : "",
		augment, o->pre.normalize, o->pre.window, base, crc_of_images(r->set), net);
}

int checkpoint_save(const struct run *r, struct bnn_err *err)
{
	struct run copy = *r; /* writing changes nothing */
	struct stream s = { 0 };
	struct bytes model = { 0 };
	struct augment augment = r->o->augment;
	struct model_pre pre = r->o->pre;
	char what[WHAT_BYTES];
	int rc = BNN_OK;

	describe(r, what);
	bytes_put(&s.out, MAGIC, MAGIC_BYTES);
	bytes_put_u32(&s.out, 0);
	move_choice(&s, &augment, &pre);
	bytes_put_u32(&s.out, (uint32_t)strlen(what));
	bytes_put(&s.out, what, strlen(what));
	if (r->best)
		rc = model_encode(r->best, &model, err);
	bytes_put_u32(&s.out, (uint32_t)model.len);
	bytes_put(&s.out, model.p, model.len);
	move_state(&s, &copy);
	if (!rc && s.out.failed)
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the checkpoint");
	if (!rc) {
		bytes_set_u32(s.out.p + MAGIC_BYTES,
			      model_crc(s.out.p + HEAD_BYTES, s.out.len - HEAD_BYTES));
		rc = file_write(r->o->checkpoint, s.out.p, s.out.len, err);
	}
	free(model.p);
	free(s.out.p);
	return rc;
}

/* Takes n bytes; NULL when there are fewer. */
static const uint8_t *take(struct stream *s, size_t n)
{
	const uint8_t *at = s->in;

	if (n > s->left)
		return NULL;
	s->in += n;
	s->left -= n;
	return at;
}

static int damaged(const char *path, struct bnn_err *err)
{
	return err_set(err, BNN_E_FILE, "%.150s: damaged, or no checkpoint of this version",
		       file_shown(path));
}

/* Compares what the run is. */
static int check_what(const struct run *r, struct stream *s, struct bnn_err *err)
{
	char what[WHAT_BYTES];
	uint32_t length = 0;
	const uint8_t *was;
	size_t same = 0;

	describe(r, what);
	move_u32(s, &length);
	was = take(s, length);
	if (!was)
		return damaged(r->o->checkpoint, err);
	while (same < length && what[same] == (char)was[same])
		same++;
	if (same == length && !what[same])
		return BNN_OK;
	while (same > 0 && what[same - 1] != ',')
		same--;
	return err_set(err, BNN_E_FILE, "%.60s: of another run: its%.*s, now%.40s",
		       file_shown(r->o->checkpoint), length - same < 40 ? (int)(length - same) : 40,
		       (const char *)was + same, what + same);
}

static int load_best(struct run *r, struct stream *s, struct bnn_err *err)
{
	uint32_t length = 0;
	const uint8_t *model;

	move_u32(s, &length);
	model = take(s, length);
	if (!model)
		return damaged(r->o->checkpoint, err);
	return length ? model_decode(file_shown(r->o->checkpoint), model, length, &r->best, err)
		      : BNN_OK;
}

/* Reads a file and checks its CRC; s reads behind that, from *p, which the caller frees. */
static int open_file(const char *path, struct stream *s, uint8_t **p, struct bnn_err *err)
{
	size_t len = 0;
	int rc = file_read(path, MOST_BYTES, p, &len, err);

	if (rc)
		return rc;
	if (len < HEAD_BYTES || memcmp(*p, MAGIC, MAGIC_BYTES) ||
	    bytes_u32(*p + MAGIC_BYTES) != model_crc(*p + HEAD_BYTES, len - HEAD_BYTES)) {
		free(*p);
		return damaged(path, err);
	}
	*s = (struct stream){ .in = *p + HEAD_BYTES, .left = len - HEAD_BYTES };
	return BNN_OK;
}

int checkpoint_choice(const char *path, struct augment *augment, struct model_pre *pre,
		      struct bnn_err *err)
{
	struct stream s;
	uint8_t *p;
	int rc = open_file(path, &s, &p, err);

	if (rc)
		return rc;
	move_choice(&s, augment, pre);
	if (s.bad)
		rc = damaged(path, err);
	free(p);
	return rc;
}

int checkpoint_load(struct run *r, struct bnn_err *err)
{
	struct augment augment = { 0 };
	struct model_pre pre = { 0 };
	struct stream s;
	uint8_t *p;
	int rc = open_file(r->o->checkpoint, &s, &p, err);

	if (rc)
		return rc;
	move_choice(&s, &augment, &pre); /* what they change is compared with the rest */
	rc = check_what(r, &s, err);
	if (!rc)
		rc = load_best(r, &s, err);
	if (!rc) {
		move_state(&s, r);
		if (s.bad || s.left || r->step > r->steps ||
		    (r->teacher && r->teacher->run.step > r->teacher->run.steps))
			rc = damaged(r->o->checkpoint, err);
	}
	free(p);
	return rc;
}
