/* SPDX-License-Identifier: MIT
 * Rules of a sorting line: the grammar, what is refused and in which words, decisions. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "model.h"
#include "rules.h"
#include "words.h"

static struct rules r;
static struct bnn_err err;
static bnn_model *model;

static void setup(void)
{
	static const char *const name[] = { "nut", "Ankle boot", "washer" };
	struct net net;

	ck_assert_int_eq(net_parse("8x8x1: jet3x4 dense3", &net, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&net, &model, NULL), BNN_OK);
	for (int i = 0; i < 3; i++) {
		free(model->class_name[i]);
		model->class_name[i] = strdup(name[i]);
	}
}

static void teardown(void)
{
	bnn_model_free(model);
}

static int parse(const char *text)
{
	err.code = BNN_OK;
	return rules_parse("line.rules", text, &r, &err);
}

START_TEST(whole_file)
{
	ck_assert_int_eq(parse("# a comment\n"
			       "lane good\n"
			       "lane scrap output 2   # blown off\r\n"
			       "\n"
			       "class nut washer -> good\n"
			       "class \"Ankle boot\" -> scrap margin 30\n"
			       "margin 12\n"
			       "reject -> scrap\n"
			       "late -> good\n"
			       "delay 0.4 s\n"
			       "deadline 250ms\n"
			       "pulse 30 ms\n"
			       "spacing 1500 us"),
			 BNN_OK);
	ck_assert_int_eq(r.lanes, 2);
	ck_assert_str_eq(r.lane[1].name, "scrap");
	ck_assert_int_eq(r.lane[0].output, -1);
	ck_assert_int_eq(r.lane[1].output, 2);
	ck_assert_int_eq(r.fault_lane[REASON_LATE], 0);
	ck_assert_int_eq(r.fault_lane[REASON_FAILED], 1);
	ck_assert_int_eq(r.delay_us, 400000);
	ck_assert_int_eq(r.deadline_us, 250000);
	ck_assert_int_eq(r.pulse_us, 30000);
	ck_assert_int_eq(r.spacing_us, 1500);
	ck_assert_int_eq(rules_bind("line.rules", &r, model, &err), BNN_OK);
	ck_assert_int_eq(r.class_lane[0], 0);
	ck_assert_int_eq(r.class_lane[1], 1);
	ck_assert_int_eq(r.class_margin[1], 30);
	ck_assert_int_eq(r.class_margin[2], 12);
}
END_TEST

START_TEST(outputs)
{
	ck_assert_int_eq(parse("lane a output 3 inverted safe on delay 80ms pulse 7 ms\n"
			       "lane b output 4 delay 90 ms\n"
			       "lane c output 5\n"
			       "other -> a\n"
			       "delay 0.1 s\n"
			       "pulse 5 ms\n"
			       "trigger eye low 2 ms to 30 ms\n"
			       "filter 100 us\n"
			       "encoder 250us\n"
			       "watchdog 2 s\n"),
			 BNN_OK);
	ck_assert(r.lane[0].inverted && r.lane[0].safe_on);
	ck_assert(!r.lane[1].inverted && !r.lane[1].safe_on);
	ck_assert_int_eq(r.lane[0].delay_us, 80000);
	ck_assert_int_eq(r.lane[0].pulse_us, 7000);
	ck_assert_int_eq(r.lane[1].delay_us, 90000);
	ck_assert_int_eq(r.lane[1].pulse_us, 5000);
	ck_assert_int_eq(r.lane[2].delay_us, 100000);
	ck_assert_int_eq(r.deadline_us, 80000); /* of the first one */
	ck_assert(r.board.eye && r.board.eye_low);
	ck_assert_int_eq(r.board.from_us, 2000);
	ck_assert_int_eq(r.board.to_us, 30000);
	ck_assert_int_eq(r.board.filter_us, 100);
	ck_assert_int_eq(r.board.step_us, 250);
	ck_assert_int_eq(r.board.watchdog_us, 2000000);
}
END_TEST

START_TEST(unsaid)
{
	ck_assert_int_eq(parse("lane all\nother -> all\ndelay 80 ms\n"), BNN_OK);
	ck_assert_int_eq(r.lanes, 2);
	ck_assert_str_eq(r.lane[1].name, "reject");
	for (int i = REASON_OK + 1; i < REASONS; i++)
		ck_assert_int_eq(r.fault_lane[i], 1);
	ck_assert_int_eq(r.deadline_us, 80000); /* the ejector is the last moment */
	ck_assert_int_eq(r.spacing_us, 0);
	ck_assert(!r.board.eye);
	ck_assert_int_eq(r.board.watchdog_us, 1000000);
	rules_default(&r);
	ck_assert_int_eq(rules_bind("default rules", &r, model, &err), BNN_OK);
	ck_assert_str_eq(r.lane[r.class_lane[2]].name, "accept");
	ck_assert_str_eq(r.lane[r.fault_lane[REASON_LATE]].name, "reject");
}
END_TEST

static const struct {
	const char *text, *says;
} bad[] = {
	{ "lane a\nlean b\n", "line.rules:2: \"lean\": a line starts with lane" },
	{ "lane", "line.rules:1: lane \"\": a name of 1 to 31" },
	{ "lane ..", "line.rules:1: lane \"..\"" },
	{ "lane a/b", "line.rules:1: lane \"a/b\"" },
	{ "lane a\nlane a", "line.rules:2: lane \"a\" is there already" },
	{ "lane a output 8", "line.rules:1: output \"8\": a whole number from 0 to 7" },
	{ "lane a output", "line.rules:1: \"output\": only \"output N\"" },
	{ "lane a output 1 pulls", "line.rules:1: \"pulls\": inverted, safe on, delay TIME" },
	{ "lane a output 1 safe", "line.rules:1: \"safe\": inverted, safe on, delay TIME" },
	{ "lane a output 1 delay 30 pulse 2 ms", "line.rules:1: delay \"30 pulse\": a time from" },
	{ "lane a output 1 delay 5 ms\ndeadline 6 ms",
	  "line.rules: the deadline of 6 ms is behind the ejector: the delay is 5 ms" },
	{ "trigger", "line.rules:1: trigger: \"image\", or \"eye TIME to TIME\"" },
	{ "trigger image 5 ms", "line.rules:1: trigger: \"image\", or" },
	{ "trigger eye 5 ms", "line.rules:1: trigger eye: \"to TIME\" is missing" },
	{ "trigger eye low 5 ms to 5 ms",
	  "line.rules:1: trigger eye to \"5 ms\": a time from 5.001" },
	{ "filter 1 ms", "line.rules:1: filter \"1 ms\": a time from 0 ms to 0.255 ms" },
	{ "watchdog 9 ms", "line.rules:1: watchdog \"9 ms\": a time from 100 ms to 16000 ms" },
	{ "encoder 1 us", "line.rules:1: encoder \"1 us\": a time from 0.002 ms to 100 ms" },
	{ "lane a output 1\nlane b output 1", "line.rules:2: output \"1\" is that of lane \"a\"" },
	{ "class nut -> good", "line.rules:1: \"good\": no line above declares this lane" },
	{ "lane a\nclass -> a", "line.rules:2: class: no name" },
	{ "lane a\nclass nut a", "line.rules:2: \"a\": \"-> LANE\" is missing" },
	{ "lane a\nclass nut -> a\nclass nut -> a",
	  "line.rules:3: class \"nut\" has a lane already, in line 2" },
	{ "lane a\nclass nut -> a margin", "line.rules:2: \"margin\": only \"margin N\"" },
	{ "lane a\nclass nut -> a margin -1",
	  "line.rules:2: margin \"-1\": a whole number from 0" },
	{ "lane a\nother -> a\nother -> a", "line.rules:3: other: has a lane already, in line 2" },
	{ "lane a\nlate -> a b", "line.rules:2: \"b\": nothing may follow" },
	{ "margin 1 2", "line.rules:1: \"2\": a margin is one number" },
	{ "margin 99999999999",
	  "line.rules:1: margin \"99999999999\": a whole number from 0 to 2147483647" },
	{ "delay 10", "line.rules:1: delay \"10\": a time from 0 ms to 60000 ms with its unit" },
	{ "delay 10 min", "line.rules:1: delay \"10 min\"" },
	{ "delay 61s", "line.rules:1: delay \"61s\"" },
	{ "delay 1 s s", "line.rules:1: \"s\": nothing may follow the time of delay" },
	{ "delay nan s", "line.rules:1: delay" },
	{ "pulse 10 us", "line.rules:1: pulse \"10 us\": a time from 0.1 ms" },
	{ "delay 10 ms\ndeadline 20 ms",
	  "line.rules: the deadline of 20 ms is behind the ejector" },
	{ "class \"nut -> a", "line.rules:1: \"nut -> a has no closing quote" },
	{ "class \"\" -> a", "line.rules:1: \"\": an empty name" },
	{ "class 0123456789012345678901234567890123456789012345678901234567890123 -> a",
	  "line.rules:1: \"01234567890123456789...\" has 64 bytes; a word has at most 63" },
};

START_TEST(refused)
{
	ck_assert_int_eq(parse(bad[_i].text), BNN_E_FILE);
	ck_assert_int_eq(err.code, BNN_E_FILE);
	ck_assert_msg(strncmp(err.text, bad[_i].says, strlen(bad[_i].says)) == 0, "%s\n%s",
		      err.text, bad[_i].says);
}
END_TEST

START_TEST(too_many)
{
	char text[65536] = "";
	size_t n = 0;

	for (int i = 0; i < RULES_MAX_LANES; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "lane l%d\n", i);
	ck_assert_int_eq(parse(text), BNN_E_FILE);
	ck_assert_str_eq(err.text, "line.rules:64: lane \"l63\": at most 63 lanes");
	n = (size_t)snprintf(text, sizeof(text), "class");
	for (int i = 0; i < WORDS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " c%d", i);
	ck_assert_int_eq(parse(text), BNN_E_FILE);
	ck_assert_str_eq(err.text, "line.rules:1: more than 80 words");
}
END_TEST

START_TEST(other_model)
{
	ck_assert_int_eq(parse("lane a\nclass nut -> a\nclass bolt -> a\nother -> a"), BNN_OK);
	ck_assert_int_eq(rules_bind("f", &r, model, &err), BNN_E_FILE);
	ck_assert_str_eq(err.text,
			 "f:3: class \"bolt\": the model has no such class, but 3, \"nut\" "
			 "to \"washer\"");
	ck_assert_int_eq(parse("lane a\nclass nut washer -> a\n"), BNN_OK);
	ck_assert_int_eq(rules_bind("f", &r, model, &err), BNN_E_FILE);
	ck_assert_str_eq(err.text, "f: class \"Ankle boot\" of the model has no lane: name it, or "
				   "say \"other -> LANE\"");
}
END_TEST

START_TEST(decisions)
{
	struct bnn_result result = { .index = 0, .classes = 3, .margin = 5 };
	enum reason reason;

	ck_assert_int_eq(parse("lane a\nlane b\nother -> a\nclass washer -> b margin 0\nmargin 6"),
			 BNN_OK);
	ck_assert_int_eq(rules_bind("f", &r, model, &err), BNN_OK);
	ck_assert_int_eq(rules_decide(&r, &result, &reason), r.fault_lane[REASON_UNCERTAIN]);
	ck_assert_int_eq(reason, REASON_UNCERTAIN);
	result.margin = 6; /* the least one will do */
	ck_assert_int_eq(rules_decide(&r, &result, &reason), 0);
	ck_assert_int_eq(reason, REASON_OK);
	result.index = 2;
	result.margin = 0;
	ck_assert_int_eq(rules_decide(&r, &result, &reason), 1);
	ck_assert_int_eq(reason, REASON_OK);
}
END_TEST

START_TEST(explained)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	ck_assert_int_eq(parse("lane a output 3\nlane b\nother -> a margin 7\nreject -> a\n"
			       "late -> b\ndelay 100 ms"),
			 BNN_OK);
	ck_assert_int_eq(rules_bind("f", &r, model, &err), BNN_OK);
	rules_explain(&r, model, to);
	fclose(to);
	ck_assert_ptr_nonnull(strstr(
		text,
		"lane a (ejector output 3, 100 ms behind the part): nut with a margin of 7 or more, "
		"Ankle boot with"));
	ck_assert_ptr_nonnull(strstr(text, "lane b: late images\n"));
	ck_assert_ptr_nonnull(strstr(text, "late: no class within 100 ms\n"));
	ck_assert_ptr_nonnull(strstr(text, "not safe: failed images need output 3"));
	ck_assert_ptr_null(strstr(text, "not safe: late"));
	free(text);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_rules");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, whole_file);
	tcase_add_test(t, outputs);
	tcase_add_test(t, unsaid);
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, too_many);
	tcase_add_test(t, other_model);
	tcase_add_test(t, decisions);
	tcase_add_test(t, explained);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
