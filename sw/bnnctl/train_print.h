/* SPDX-License-Identifier: MIT
 * What bnnctl train says. */
#ifndef BNNCTL_TRAIN_PRINT_H
#define BNNCTL_TRAIN_PRINT_H

#include "cmd.h"
#include "trials.h"

/* train_options.progress, ctx a struct ctl: a line an epoch; within one, on a terminal, a bar. */
void train_print_progress(void *ctx, const struct train_progress *p);
/* trials.tell, ctx a struct ctl. */
void train_print_trial(void *ctx, const struct trial *t);
/* What was chosen by trial. */
void train_print_choice(const struct ctl *c, const struct train_options *o);
/* The model, its accuracy, and what it needs on every board. test may be NULL.
 * Errors: BNN_E_MEMORY. */
int train_print_result(const struct ctl *c, const struct bnn_model *m,
		       const struct train_outcome *o, const struct train_report *test,
		       struct bnn_err *err);
/* The same of a float net: m has its shape and names. */
int train_print_real(const struct ctl *c, const struct bnn_model *m, const struct train_outcome *o,
		     const struct train_report *test, struct bnn_err *err);

#endif
