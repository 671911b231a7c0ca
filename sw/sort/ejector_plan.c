/* SPDX-License-Identifier: MIT
 * The board's own outputs behind the rules of a line: what they are configured to. */
#include <inttypes.h>
#include <string.h>

#include "ejector.h"
#include "fields.h"
#include "model.h"

#define MAX_PULSE_US field_mask(JB_OUT_PULSE_MSB, JB_OUT_PULSE_LSB)

static const double beats_a_watchdog = 4;
static const double drain_more = 2; /* seconds: the belt of an encoder may have slowed down */

struct plan {
	const char *name;
	const struct rules *r;
	struct ejector *e;
};

/* A time as steps of the board's clock: microseconds, or of the encoder. */
static uint32_t steps(const struct plan *p, int64_t us)
{
	int64_t step = p->r->board.step_us ? p->r->board.step_us : 1;

	return (uint32_t)((us + step / 2) / step);
}

static int check_steps(const struct plan *p, const char *what, const char *lane, int64_t us,
		       uint32_t least, struct bnn_err *err)
{
	if (steps(p, us) >= least && steps(p, us) <= JB_OUT_MAX_STEPS)
		return BNN_OK;
	return err_set(err, BNN_E_FILE,
		       "%s: %s%s of %g ms is %" PRIu32 " steps of the board's clock; %" PRIu32
		       " to %d are possible%s",
		       p->name, what, lane, (double)us / 1e3, steps(p, us), least, JB_OUT_MAX_STEPS,
		       p->r->board.step_us ? "" : ", and an encoder has longer ones");
}

static int plan_lane(const struct plan *p, const struct rules_lane *l, struct bnn_err *err)
{
	struct bnn_outputs *o = &p->e->config;
	int rc;

	if (!l->pulse_us || l->pulse_us > (int64_t)MAX_PULSE_US)
		return err_set(err, BNN_E_FILE,
			       "%s: lane %s: a pulse of %g ms: the board needs one of up to %g ms",
			       p->name, l->name, (double)l->pulse_us / 1e3, MAX_PULSE_US / 1e3);
	rc = check_steps(p, "the delay to lane ", l->name, l->delay_us, 1, err);
	if (rc)
		return rc;
	o->delay[l->output] = steps(p, l->delay_us);
	o->pulse_us[l->output] = (uint32_t)l->pulse_us;
	if (l->inverted)
		o->invert |= (uint8_t)(1 << l->output);
	if (l->inverted != l->safe_on)
		o->safe |= (uint8_t)(1 << l->output);
	if ((double)(l->delay_us + l->pulse_us) * 1e-6 + drain_more > p->e->drain)
		p->e->drain = (double)(l->delay_us + l->pulse_us) * 1e-6 + drain_more;
	/* A pulse still hits a part that is half of it away from where it should be. */
	if (!p->e->fresh || (double)l->pulse_us / 2e6 < p->e->fresh)
		p->e->fresh = (double)l->pulse_us / 2e6;
	return BNN_OK;
}

/* Lanes of parts of which the board gets no image: it must know what to do with them. */
static int check_unseen(const struct plan *p, struct bnn_err *err)
{
	static const enum reason unseen[] = { REASON_UNREADABLE, REASON_FAILED, REASON_LATE,
					      REASON_EMPTY };
	const struct rules *r = p->r;
	int late = r->lane[r->fault_lane[REASON_LATE]].output;

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		const struct rules_lane *l = &r->lane[r->fault_lane[unseen[i]]];

		if (!r->board.eye && l->output >= 0)
			return err_set(err, BNN_E_FILE,
				       "%s: %s -> %s: output %d cannot be pulsed for an image the "
				       "board never got; take a lane without an output, or a "
				       "photo-eye (trigger eye)",
				       p->name, reason_name[unseen[i]], l->name, l->output);
		if (r->board.eye && l->output != late)
			return err_set(
				err, BNN_E_FILE,
				"%s: %s -> %s: to the board a part without an image is late, "
				"and goes to lane %s",
				p->name, reason_name[unseen[i]], l->name,
				r->lane[r->fault_lane[REASON_LATE]].name);
	}
	return BNN_OK;
}

static int plan_eye(const struct plan *p, struct bnn_err *err)
{
	const struct rules_board *b = &p->r->board;
	struct bnn_outputs *o = &p->e->config;

	if (!b->eye)
		return BNN_OK;
	if (b->to_us > p->r->deadline_us)
		return err_set(
			err, BNN_E_FILE,
			"%s: trigger eye: images may come up to %g ms behind the eye, and the "
			"deadline is %g ms",
			p->name, (double)b->to_us / 1e3, (double)p->r->deadline_us / 1e3);
	o->by_eye = 1;
	o->eye_low = b->eye_low;
	o->filter_us = (int)b->filter_us;
	o->image_from = steps(p, b->from_us);
	o->image_to = steps(p, b->to_us);
	if (o->image_to <= o->image_from)
		return err_set(
			err, BNN_E_FILE,
			"%s: trigger eye: from %g to %g ms is less than a step of the encoder",
			p->name, (double)b->from_us / 1e3, (double)b->to_us / 1e3);
	p->e->fresh = (double)b->to_us * 1e-6;
	return BNN_OK;
}

static void plan_classes(const struct plan *p)
{
	const struct rules *r = p->r;
	struct bnn_outputs *o = &p->e->config;

	o->late = r->lane[r->fault_lane[REASON_LATE]].output;
	o->uncertain = r->lane[r->fault_lane[REASON_UNCERTAIN]].output;
	o->crowded = r->lane[r->fault_lane[REASON_CROWDED]].output;
	for (int c = 0; c < 64; c++)
		o->class_output[c] = BNN_NO_OUTPUT;
	for (int c = 0; c < r->classes; c++) {
		o->class_output[c] = r->lane[r->class_lane[c]].output;
		o->class_margin[c] = (uint32_t)r->class_margin[c];
	}
}

int ejector_plan(const char *name, const struct rules *r, struct ejector *out, struct bnn_err *err)
{
	struct plan p = { name, r, out };
	int lanes = 0, rc = BNN_OK;

	memset(out, 0, sizeof(*out));
	for (int i = 0; !rc && i < r->lanes; i++)
		if (r->lane[i].output >= 0) {
			lanes++;
			rc = plan_lane(&p, &r->lane[i], err);
		}
	if (!rc && !lanes)
		return err_set(err, BNN_E_FILE,
			       "%s: no lane has an output: say \"lane NAME output N\"", name);
	if (!rc)
		rc = check_steps(&p, "the deadline", "", r->deadline_us, 1, err);
	if (!rc)
		rc = check_steps(&p, "the spacing", "", r->spacing_us, 0, err);
	if (!rc)
		rc = check_unseen(&p, err);
	if (!rc)
		rc = plan_eye(&p, err);
	if (rc)
		return rc;
	plan_classes(&p);
	out->config.by_encoder = r->board.step_us > 0;
	out->config.deadline = steps(&p, r->deadline_us);
	out->config.spacing = steps(&p, r->spacing_us);
	out->config.watchdog_us = (uint32_t)r->board.watchdog_us;
	out->beat = (double)r->board.watchdog_us * 1e-6 / beats_a_watchdog;
	return BNN_OK;
}

void ejector_explain(const struct ejector *e, const struct rules *r, FILE *to)
{
	const struct rules_board *b = &r->board;

	if (b->eye)
		fprintf(to,
			"board: a part is %s edge of the photo-eye; its image comes %g to %g ms "
			"behind it\n",
			b->eye_low ? "a falling" : "a rising", (double)b->from_us / 1e3,
			(double)b->to_us / 1e3);
	else
		fprintf(to,
			"board: a part is an image; one that is read more than %g ms before it is "
			"sent is late\n",
			e->fresh * 1e3);
	if (b->step_us)
		fprintf(to, "board: times are steps of the encoder, %g ms each\n",
			(double)b->step_us / 1e3);
	fprintf(to, "board: safe levels when the host is silent for %g ms\n",
		(double)b->watchdog_us / 1e3);
}
