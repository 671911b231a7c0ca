/* SPDX-License-Identifier: MIT
 * What a sorting line writes and counts: events, statistics, programs that are started. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "action_run.h"
#include "model.h"
#include "outputs.h"
#include "stats.h"

static bnn_model *model;
static struct rules rules;
static struct item item;
static struct event e;
static struct stats stats;
static struct bnn_err err;
static char *text;
static size_t size;

static void setup(void)
{
	struct net net;

	ck_assert_int_eq(net_parse("8x8x1: jet3x4 dense2", &net, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&net, &model, NULL), BNN_OK);
	free(model->class_name[1]);
	model->class_name[1] = strdup("bolt, \"long\"");
	ck_assert_int_eq(rules_parse("r",
				     "lane good\nlane bad output 2\nother -> good\nreject -> bad\n"
				     "delay 1.995 s",
				     &rules, &err),
			 BNN_OK);
	ck_assert_int_eq(rules_bind("r", &rules, model, &err), BNN_OK);
	item = (struct item){ .number = 12, .board = 0 };
	item.result = (struct bnn_result){ .index = 1, .classes = 2, .margin = 7 };
	item.from.wall = (struct timespec){ 1767225599, 7999999 };
	snprintf(item.from.name, sizeof(item.from.name), "a \xFF.pgm");
	e = (struct event){ .item = &item,
			    .rules = &rules,
			    .model = model,
			    .latency = 0.0123456,
			    .device = "usb" };
}

static void teardown(void)
{
	bnn_model_free(model);
	free(text);
	text = NULL;
}

static void written(void (*write_it)(const struct event *e, FILE *to), const char *want)
{
	FILE *to;

	free(text);
	to = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(to);
	write_it(&e, to);
	fclose(to);
	ck_assert_str_eq(text, want);
}

START_TEST(of_a_class)
{
	strcpy(e.to, "x,y");
	written(event_json,
		"{\"time\": \"2025-12-31T23:59:59.007Z\", \"number\": 12, \"file\": "
		"\"a \xEF\xBF\xBD.pgm\", \"class\": \"bolt, \\\"long\\\"\", \"margin\": 7, "
		"\"lane\": \"good\", \"reason\": \"ok\", \"latency_ms\": 12.346, "
		"\"device\": \"usb\", \"to\": \"x,y\"}");
	written(event_csv,
		"2025-12-31T23:59:59.007Z,12,a \xFF.pgm,,,,,,\"bolt, \"\"long\"\"\",7,good,,,"
		"ok,12.346,usb,\"x,y\"");
	written(event_text, "a \xFF.pgm\tgood\tbolt, \"long\"\tmargin 7");
}
END_TEST

START_TEST(of_a_fault)
{
	item.reason = e.reason = REASON_FAILED;
	item.board = -1;
	item.from.part = 1;
	item.from.parts = 3;
	item.from.x = 4;
	item.from.w = 6;
	e.device = NULL;
	e.lane = 1;
	strcpy(item.why, "no board is left");
	written(event_json,
		"{\"time\": \"2025-12-31T23:59:59.007Z\", \"number\": 12, \"file\": "
		"\"a \xEF\xBF\xBD.pgm\", \"part\": 1, \"box\": [4, 0, 6, 0], "
		"\"class\": null, \"margin\": null, \"lane\": \"bad\", \"output\": 2, \"eject_at\": \"2026-01-01T00:00:01.002Z\", "
		"\"reason\": \"failed\", \"why\": \"no board is left\", "
		"\"latency_ms\": 12.346, \"device\": null}");
	written(event_csv,
		"2025-12-31T23:59:59.007Z,12,a \xFF.pgm,1,4,0,6,0,,,bad,2,2026-01-01T00:00:01.002Z,failed,12.346,,");
	written(event_text, "a \xFF.pgm part 1\tbad\tfailed: no board is left");
}
END_TEST

START_TEST(columns)
{
	int header = 0, line = 0;

	snprintf(item.from.name, sizeof(item.from.name), "n");
	model->class_name[1][4] = 0;
	written(event_csv, "2025-12-31T23:59:59.007Z,12,n,,,,,,bolt,7,good,,,ok,12.346,usb,");
	for (const char *s = event_csv_header; *s; s++)
		header += *s == ',';
	for (const char *s = text; *s; s++)
		line += *s == ',';
	ck_assert_int_eq(header, line);
}
END_TEST

static void add(double latency, enum reason reason, double now)
{
	e.latency = latency;
	e.reason = item.reason = reason;
	e.lane = reason == REASON_OK ? 0 : 1;
	stats_add(&stats, &e, now);
}

START_TEST(percentiles)
{
	stats_begin(&stats, 100);
	ck_assert(stats_percentile(&stats, 0.5) == 0);
	for (int i = 1; i <= 1000; i++)
		add(i * 1e-3, REASON_OK, 100);
	for (int p = 1; p <= 99; p++) {
		double got = stats_percentile(&stats, p / 100.0), want = p * 10e-3;

		ck_assert_msg(got >= want * 0.999 && got <= want * 1.05, "%d %%: %g, not %g", p,
			      got, want);
	}
	add(-1, REASON_OK, 100); /* a clock set back, and beyond all bins */
	add(1e9, REASON_OK, 100);
	ck_assert(stats_percentile(&stats, 1) > 3600);
}
END_TEST

START_TEST(rates)
{
	stats_begin(&stats, 100);
	for (int i = 0; i < 50; i++)
		add(0.01, REASON_OK, 100 + 0.1 * i);
	ck_assert_double_eq_tol(stats_rate(&stats, 105), 10, 0.01);
	for (int i = 0; i < 1000; i++) /* twice as many, until 155 */
		add(0.01, REASON_OK, 105 + 0.05 * i);
	ck_assert_double_eq_tol(stats_rate(&stats, 154.999), 20, 0.1);
	ck_assert_double_eq_tol(stats_rate(&stats, 160), 11, 2);
	ck_assert(stats_rate(&stats, 200) == 0);
	ck_assert(stats_rate(&stats, 1e6) == 0);
	add(0.01, REASON_OK, 1e6 + 0.5);
	ck_assert_double_eq_tol(stats_rate(&stats, 1e6 + 1), 0.1, 0.01);
}
END_TEST

START_TEST(reports)
{
	struct stats_now n = {
		.queue = 2, .boards = 2, .present = 1, .losses = 3, .state = "running"
	};
	char line[300];
	FILE *to;

	stats_begin(&stats, 100);
	add(0.001, REASON_OK, 100.5);
	add(0.001, REASON_LATE, 100.5);
	stats.action_faults = 4;
	ck_assert_uint_eq(stats_faults(&stats, &n), 8);
	stats_line(&stats, &rules, &n, 102, line, sizeof(line));
	ck_assert_str_eq(line, "1.0/s | boards 1/2 | faults 8 | queue 2 | "
			       "p50 1.0 p95 1.0 p99 1.0 ms | good 1 bad 1");
	stats_line(&stats, &rules, &n, 102, line, 20); /* cut, not overrun */
	ck_assert_str_eq(line, "1.0/s | boards 1/2 ");
	to = open_memstream(&text, &size);
	stats_json(&stats, &rules, model, &n, 102, to);
	fclose(to);
	ck_assert_str_eq(
		text,
		"{\"state\": \"running\", \"seconds\": 2.0, \"images\": 2, \"rate\": 1.00, "
		"\"lanes\": {\"good\": 1, \"bad\": 1}, "
		"\"classes\": {\"0\": 0, \"bolt, \\\"long\\\"\": 1}, "
		"\"reasons\": {\"ok\": 1, \"uncertain\": 0, \"late\": 1, \"unreadable\": 0, "
		"\"failed\": 0, \"crowded\": 0, \"empty\": 0}, "
		"\"latency_ms\": {\"p50\": 1.024, \"p95\": 1.024, \"p99\": 1.024}, "
		"\"queue\": 2, \"boards\": 2, \"boards_present\": 1, \"boards_lost\": 3, "
		"\"sent_again\": 0, \"empty_frames\": 0, \"skipped_frames\": 0, \"action_faults\": 4}");
}
END_TEST

/* Blanks and quotes in a value stay in one word; nothing comes in. */
START_TEST(programs)
{
	char script[] = "/tmp/jetbnn-run-XXXXXX", out[64], command[300], got[300] = "";
	struct run_action run;
	int fd = mkstemp(script);
	FILE *f;

	ck_assert_int_ge(fd, 0);
	snprintf(out, sizeof(out), "%s.out", script);
	ck_assert_int_gt(dprintf(fd, "{ printf '%%s\\n' \"$@\"; cat; } > %s", out), 0);
	close(fd);
	strcpy(e.to, "/lane/a b");
	snprintf(command, sizeof(command),
		 "/bin/sh %s {class} {lane}-{reason} {number}{margin}  {to} {latency}", script);
	ck_assert_int_eq(run_open(&run, command, &err), BNN_OK);
	ck_assert_msg(run_event(&run, &e, &err) == BNN_OK, "%s", err.text);
	run_collect(&run, true);
	ck_assert_uint_eq(run.failures, 0);
	run_close(&run);
	f = fopen(out, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_gt(fread(got, 1, sizeof(got) - 1, f), 0);
	fclose(f);
	unlink(script);
	unlink(out);
	ck_assert_str_eq(got, "bolt, \"long\"\ngood-ok\n127\n/lane/a b\n12.346\n");
}
END_TEST

START_TEST(program_faults)
{
	struct run_action run;
	char words[200] = "";

	ck_assert_int_eq(run_open(&run, " \t", &err), BNN_E_ARG);
	run_close(&run);
	ck_assert_int_eq(run_open(&run, "echo {lane", &err), BNN_E_ARG);
	run_close(&run);
	for (int i = 0; i <= RUN_WORDS; i++)
		strcat(words, "w ");
	ck_assert_int_eq(run_open(&run, words, &err), BNN_E_ARG);
	ck_assert_str_eq(err.text, "the command has more than 32 words");
	run_close(&run);
	ck_assert_int_eq(run_open(&run, "/none/program", &err), BNN_OK);
	ck_assert_int_eq(run_event(&run, &e, &err), BNN_E_FILE);
	ck_assert_str_eq(err.text, "/none/program: No such file or directory");
	run_close(&run);
	ck_assert_int_eq(run_open(&run, "false", &err), BNN_OK);
	ck_assert_int_eq(run_event(&run, &e, &err), BNN_OK);
	run_collect(&run, true);
	ck_assert_uint_eq(run.failures, 1);
	run_close(&run);
	ck_assert_int_eq(run_open(&run, "sleep 1", &err), BNN_OK);
	for (int i = 0; i < RUN_MOST; i++)
		ck_assert_int_eq(run_event(&run, &e, &err), BNN_OK);
	ck_assert_int_eq(run_event(&run, &e, &err), BNN_E_LIMIT);
	ck_assert_str_eq(err.text, "sleep: 16 of them are still running, not started");
	run_collect(&run, true);
	ck_assert_uint_eq(run.failures, 0);
	run_close(&run);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_event");
	TCase *t = tcase_create("event");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, of_a_class);
	tcase_add_test(t, of_a_fault);
	tcase_add_test(t, columns);
	tcase_add_test(t, percentiles);
	tcase_add_test(t, rates);
	tcase_add_test(t, reports);
	tcase_add_test(t, programs);
	tcase_add_test(t, program_faults);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
