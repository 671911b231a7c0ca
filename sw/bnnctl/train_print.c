/* SPDX-License-Identifier: MIT
 * What bnnctl train says. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#include "budget.h"
#include "confusion.h"
#include "json.h"
#include "train_print.h"

/* Wipes a bar. */
static void clear_line(const struct ctl *c)
{
	if (!c->quiet && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static void print_left(double seconds)
{
	fprintf(stderr, "%d:%02d left", (int)seconds / 60, (int)seconds % 60);
}

void train_print_progress(void *ctx, const struct train_progress *p)
{
	const struct ctl *ctl = ctx;
	bool terminal = isatty(STDERR_FILENO);
	int done = (int)(24 * p->step / p->steps);

	if (ctl->quiet)
		return;
	clear_line(ctl);
	if (p->epoch_done) {
		fprintf(stderr, "%sepoch %d of %d: loss %.4f", p->real ? "float net, " : "",
			p->epoch, p->epochs, p->loss);
		if (p->held_accuracy >= 0)
			fprintf(stderr, ", held out %.2f %%%s", 100 * p->held_accuracy,
				p->best ? " (best)" : "");
		fputs(", ", stderr);
		print_left(p->seconds_left);
		fputc('\n', stderr);
	} else if (terminal) {
		fprintf(stderr, "epoch %d of %d [%.*s%*s] ", p->epoch, p->epochs, done,
			"########################", 24 - done, "");
		print_left(p->seconds_left);
	}
}

void train_print_trial(void *ctx, const struct trial *t)
{
	const struct ctl *ctl = ctx;

	clear_line(ctl);
	ctl_note(ctl, "trial %d of %d: %s, loss %.4f%s", t->number, t->count, t->what, t->loss,
		 t->number > 1 && t->kept ? ", kept" : "");
}

void train_print_choice(const struct ctl *c, const struct train_options *o)
{
	char augment[AUGMENT_TEXT];

	augment_print(&o->augment, augment);
	if (o->pre.contrast)
		ctl_note(c, "chosen: augment %s, normalize local:%d", augment, o->pre.window);
	else
		ctl_note(c, "chosen: augment %s, normalize %s", augment,
			 o->pre.normalize ? "mean" : "none");
}

static void print_text(const struct bnn_model *m, const struct train_outcome *o,
		       const struct train_report *test, bool real)
{
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("network     %s\n", text);
	if (real)
		puts("weights     real numbers");
	else
		printf("weights     %zu bits\n", model_weight_bits(m));
	printf("epoch       %d kept of %d run%s\n", o->epoch, o->epochs,
	       o->stopped ? ", stopped" : "");
	if (o->held)
		printf("held out    %.2f %% of %d images\n", 100 * o->held_accuracy, o->held);
	if (!test)
		return;
	printf("test        %.2f %% of %d images, balanced %.2f %%\n",
	       100.0 * test->correct / test->count, test->count, 100 * test->balanced);
	confusion_print(m, test->confusion);
}

static double rate_of(const struct board *b, const struct budget *need)
{
	return b->limits.clock_hz / need->cycles[need->bound];
}

static void print_board(const struct board *b, const struct budget *need)
{
	printf("%-11s ", b->name);
	if (need->why.code)
		printf("does not fit: %s\n", need->why.text);
	else
		printf("fits, %.0f engine cycles, %.0f images/s; %d of %d words of model memory\n",
		       need->cycles[BOUND_ENGINE], rate_of(b, need), need->model_words,
		       b->limits.model_words);
}

static void print_json(const struct bnn_model *m, const struct train_outcome *o,
		       const struct train_report *test, bool real)
{
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("{\"net\": \"%s\", ", text);
	if (!real)
		printf("\"weight_bits\": %zu, ", model_weight_bits(m));
	printf("\"epoch\": %d, \"epochs\": %d, \"stopped\": %s, \"held\": %d, ", o->epoch,
	       o->epochs, o->stopped ? "true" : "false", o->held);
	printf("\"held_accuracy\": %.6f, \"test\": %d", o->held ? o->held_accuracy : 0,
	       test ? test->count : 0);
	if (test) {
		printf(", \"correct\": %d, \"balanced_accuracy\": %.6f, \"confusion\": ",
		       test->correct, test->balanced);
		confusion_print_json(m, test->confusion);
	}
}

static void print_board_json(const struct board *b, const struct budget *need)
{
	printf("%s{\"board\": \"%s\", \"fits\": %s", b == boards ? "" : ", ", b->name,
	       need->why.code ? "false, \"error\": " : "true");
	if (need->why.code)
		json_string(need->why.text);
	else
		printf(", \"engine_cycles\": %.0f, \"images_per_second\": %.1f",
		       need->cycles[BOUND_ENGINE], rate_of(b, need));
	putchar('}');
}

int train_print_result(const struct ctl *c, const struct bnn_model *m,
		       const struct train_outcome *o, const struct train_report *test,
		       struct bnn_err *err)
{
	(c->json ? print_json : print_text)(m, o, test, false);
	fputs(c->json ? ", \"boards\": [" : "", stdout);
	for (const struct board *b = boards; b->name; b++) {
		struct budget need;
		int rc = budget_make(m, b, &need, err);

		if (rc)
			return rc;
		(c->json ? print_board_json : print_board)(b, &need);
	}
	fputs(c->json ? "]}\n" : "", stdout);
	return BNN_OK;
}

int train_print_real(const struct ctl *c, const struct bnn_model *m, const struct train_outcome *o,
		     const struct train_report *test, struct bnn_err *err)
{
	(void)err;
	(c->json ? print_json : print_text)(m, o, test, true);
	fputs(c->json ? "}\n" : "", stdout);
	return BNN_OK;
}
