/* SPDX-License-Identifier: MIT */
#include "eject_ref.h"

#include <string.h>

#include "fields.h"

#define STEPS 0xFFFFFFu /* times count modulo one more */

#define GET(name, word) field_get(word, JB_##name##_MSB, JB_##name##_LSB)
#define OF(name) GET(name, e->word[JB_##name##_WORD])

/* No image in flight has a part. */
static void untag(struct eject_ref *e)
{
	for (int n = 0; n < 4; n++)
		e->tag[n] = -1;
}

static void forget(struct eject_ref *e)
{
	e->parts = e->paired = 0;
	e->any_before = false;
	untag(e);
	e->image = e->result = e->started = false;
	memset(e->queue, 0, sizeof(e->queue));
	memset(e->left, 0, sizeof(e->left));
	memset(e->count, 0, sizeof(e->count));
	e->cause = 0;
}

void eject_ref_reset(struct eject_ref *e)
{
	memset(e, 0, sizeof(*e));
	forget(e);
}

/* Levels after filter and inversion; true at a rising edge of the eye. */
static bool inputs(struct eject_ref *e, const struct eject_ref_in *in)
{
	bool eye = in->eye ^ OF(OUT_EYE_LOW);

	e->encoder = in->encoder;
	if (e->loading) {
		e->eye = eye;
		e->held = 0;
	} else if (eye == e->eye) {
		e->held = 0;
	} else if (e->held == (int)OF(OUT_FILTER)) {
		e->eye = eye;
		e->held = 0;
		return eye;
	} else {
		e->held++;
	}
	return false;
}

static void images(struct eject_ref *e, const struct eject_ref_in *in)
{
	if (in->push) {
		e->image = true;
		e->image_number = in->push_number;
		e->image_stamp = e->stamp;
		e->image_started = e->started;
	}
	if (in->start) {
		e->started = true;
		e->stamp = e->now;
	}
	if (in->result) {
		e->result = true;
		e->result_number = in->result_number;
		e->result_class = in->result_class;
		e->margin = in->margin < JB_OUT_MAX_MARGIN ? in->margin : JB_OUT_MAX_MARGIN;
	}
}

static void disarm(struct eject_ref *e, uint32_t cause)
{
	e->armed = false;
	e->cause = cause;
}

static uint32_t age(const struct eject_ref *e, uint32_t time)
{
	return (e->now - time) & STEPS;
}

static void part_comes(struct eject_ref *e, uint32_t time)
{
	struct eject_ref_part *p;

	if (e->parts == JB_OUT_PARTS) {
		disarm(e, JB_OST_CAUSE_PARTS);
		return;
	}
	p = &e->part[e->parts++];
	p->time = time;
	p->crowded = e->any_before && ((time - e->last) & STEPS) < OF(OUT_SPACING);
	p->decided = false;
	e->any_before = true;
	e->last = time;
	e->count[JB_OST_PARTS]++;
}

static void image_comes(struct eject_ref *e)
{
	bool eye = OF(OUT_EYE), any = e->paired < e->parts;
	uint32_t old = any ? age(e, e->part[e->paired].time) : 0;

	if (eye && any && old >= OF(OUT_TO)) {
		e->paired++;
		return;
	}
	if (!e->image)
		return;
	e->image = false;
	if (any && (!eye || old >= OF(OUT_FROM))) {
		e->tag[e->image_number] = e->paired++;
	} else {
		e->tag[e->image_number] = -1;
		e->count[JB_OST_UNMATCHED]++;
	}
}

static void class_comes(struct eject_ref *e)
{
	uint32_t rule = e->word[JB_OUT_CLASS_WORD + e->result_class];
	struct eject_ref_part *p;

	if (!e->result || e->image)
		return;
	e->result = false;
	if (e->tag[e->result_number] < 0)
		return;
	p = &e->part[e->tag[e->result_number]];
	e->tag[e->result_number] = -1;
	p->decided = true;
	p->output = p->crowded                          ? (int)OF(OUT_CROWDED)
		    : e->margin < GET(OUT_MARGIN, rule) ? (int)OF(OUT_UNCERTAIN)
							: (int)GET(OUT_CLASS, rule);
}

/* A pulse of output o for a part of that time. */
static void put(struct eject_ref *e, int o, uint32_t time)
{
	uint32_t due = (time + GET(OUT_DELAY, e->word[JB_OUT_DELAY_WORD + o])) & STEPS;

	if (((due - e->now) & STEPS) > STEPS / 2)
		e->count[JB_OST_MISSED]++;
	else if (e->queue[o].count == JB_OUT_PULSES)
		disarm(e, JB_OST_CAUSE_PULSES);
	else
		e->queue[o].due[e->queue[o].count++] = due;
}

static void part_leaves(struct eject_ref *e)
{
	struct eject_ref_part p = e->part[0];
	int o = p.decided ? p.output : (int)OF(OUT_LATE);

	if (e->parts == 0 || !(p.decided || age(e, p.time) >= OF(OUT_DEADLINE)))
		return;
	e->count[p.decided ? JB_OST_DECIDED : JB_OST_LATE]++;
	memmove(e->part, e->part + 1, (size_t)(--e->parts) * sizeof(p));
	e->paired -= e->paired > 0;
	for (int n = 0; n < 4; n++)
		e->tag[n] -= e->tag[n] >= 0;
	if (o < JB_OUT_OUTPUTS)
		put(e, o, p.time);
}

static void pulses(struct eject_ref *e)
{
	for (int o = 0; o < JB_OUT_OUTPUTS; o++) {
		struct eject_ref_queue *q = &e->queue[o];

		if (q->count && age(e, q->due[0]) <= STEPS / 2) {
			memmove(q->due, q->due + 1, (size_t)(--q->count) * sizeof(*q->due));
			e->left[o] = GET(OUT_PULSE, e->word[JB_OUT_PULSE_WORD + o]);
			e->count[JB_OST_PULSED]++;
		} else if (e->left[o]) {
			e->left[o]--;
		}
	}
}

static uint8_t levels(const struct eject_ref *e)
{
	uint8_t on = 0;

	if (!e->armed)
		return (uint8_t)OF(OUT_SAFE);
	for (int o = 0; o < JB_OUT_OUTPUTS; o++)
		on |= (uint8_t)((e->left[o] != 0) << o);
	return on ^ (uint8_t)OF(OUT_INVERT);
}

void eject_ref_tick(struct eject_ref *e, const struct eject_ref_in *in)
{
	bool edge, step = !OF(OUT_ENCODER) || (in->encoder && !e->encoder);

	e->pins = levels(e);
	edge = inputs(e, in);
	images(e, in);
	e->now = (e->now + step) & STEPS;
	e->silent = in->alive || e->loading ? 0 : e->silent + (e->silent < STEPS);
	if (e->loading)
		e->armed = OF(OUT_ARM);
	e->loading = in->configure != NULL;
	if (e->loading) {
		forget(e);
		e->armed = false;
		memcpy(e->word, in->configure, sizeof(e->word));
		return;
	}
	if (e->armed && OF(OUT_WATCHDOG) && e->silent >= OF(OUT_WATCHDOG))
		disarm(e, JB_OST_CAUSE_WATCHDOG | (in->changed ? JB_OST_CAUSE_MODEL : 0));
	else if (e->armed && in->changed)
		disarm(e, JB_OST_CAUSE_MODEL);
	if (e->armed && (OF(OUT_EYE) ? edge : e->image && e->image_started))
		part_comes(e, OF(OUT_EYE) ? e->now : e->image_stamp);
	if (!e->armed)
		return;
	image_comes(e);
	class_comes(e);
	part_leaves(e);
	if (in->drop)
		untag(e);
	if (e->armed)
		pulses(e);
}

uint32_t eject_ref_state(const struct eject_ref *e, int w)
{
	if (w == JB_OST_ARMED_WORD)
		return (uint32_t)e->armed << JB_OST_ARMED_LSB | (uint32_t)e->eye << JB_OST_EYE_LSB |
		       (uint32_t)e->encoder << JB_OST_ENCODER_LSB | e->cause << JB_OST_CAUSE_LSB |
		       (uint32_t)e->pins << JB_OST_PINS_LSB |
		       (uint32_t)e->parts << JB_OST_WAITING_LSB;
	return w == JB_OST_NOW_WORD ? e->now : e->count[w] & 0xFFFF;
}
