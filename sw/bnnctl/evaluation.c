/* SPDX-License-Identifier: MIT
 * A device's answers to labelled images. */
#include <stdlib.h>

#include "evaluation.h"
#include "flight.h"

/* The tag is the image's number. */
static void on_result(void *context, const struct bnn_result *r)
{
	struct evaluation *e = context;
	struct answer *a = &e->answer[r->tag];

	a->said = (int8_t)r->index;
	a->margin = r->margin;
	e->table[a->truth][r->index]++;
	e->count++;
	e->correct += a->truth == r->index;
	if (r->cycles >= 0) {
		e->cycles += (double)r->cycles;
		e->counted++;
	}
}

static int send(struct flight *flight, const struct bnn_model *m, const struct bnn_image *im,
		int number, struct bnn_err *err)
{
	struct bnn_image fit;
	int rc = bnn_image_fit(m, im, &fit, err);

	if (rc)
		return rc;
	rc = flight_send(flight, fit.pixels, (uint32_t)number, err);
	bnn_image_free(&fit);
	return rc;
}

static int send_all(const struct ctl *c, const struct labelled *set, struct evaluation *e,
		    struct ctl_progress *bar, struct bnn_err *err)
{
	struct flight flight = { .device = c->device, .result = on_result, .context = e };
	int rc = BNN_OK;

	for (int i = 0; !rc && i < set->count; i++) {
		struct bnn_image im;
		struct bnn_err why;

		e->answer[i] =
			(struct answer){ .truth = (int8_t)labelled_class(set, i), .said = -1 };
		if (labelled_read(set, i, &im, &why)) {
			e->unreadable++;
			ctl_error("%s", why.text);
			continue;
		}
		rc = send(&flight, c->model, &im, i, err);
		bnn_image_free(&im);
		ctl_progress_set(bar, i, set->count);
	}
	return rc ? rc : flight_land(&flight, err);
}

int evaluation_run(const struct ctl *c, const struct labelled *set, struct evaluation *out,
		   struct bnn_err *err)
{
	struct ctl_progress bar;
	int rc;

	*out = (struct evaluation){ .answer =
					    calloc((size_t)set->count + 1, sizeof(*out->answer)) };
	if (!out->answer)
		return err_set(err, BNN_E_MEMORY, "out of memory for %d answers", set->count);
	ctl_progress_begin(&bar, c, "images");
	rc = send_all(c, set, out, &bar, err);
	ctl_progress_end(&bar);
	return rc;
}

void evaluation_free(struct evaluation *e)
{
	free(e->answer);
	e->answer = NULL;
}

double evaluation_accuracy(const struct evaluation *e)
{
	return e->count ? (double)e->correct / (double)e->count : 0;
}
