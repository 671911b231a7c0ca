/* SPDX-License-Identifier: MIT
 * Address of an MQTT broker. What is published is in tests/system/test_sort.sh. */
#include <string.h>

#include "../check_main.h"
#include "action_mqtt.h"

static const struct {
	const char *where, *host, *topic;
	int port;
} good[] = {
	{ "plant", "plant", "jetbnn/sort", 1883 },
	{ "plant:99", "plant", "jetbnn/sort", 99 },
	{ "10.0.0.1/hall/3", "10.0.0.1", "hall/3", 1883 },
	{ "[::1]:65535/a", "::1", "a", 65535 },
	{ "[fe80::1]", "fe80::1", "jetbnn/sort", 1883 },
};

START_TEST(taken_apart)
{
	struct mqtt_action a;

	ck_assert_int_eq(mqtt_parse(&a, good[_i].where, NULL), BNN_OK);
	ck_assert_str_eq(a.host, good[_i].host);
	ck_assert_int_eq(a.port, good[_i].port);
	ck_assert_str_eq(a.topic, good[_i].topic);
	ck_assert_int_eq(strncmp(a.events, a.topic, strlen(a.topic)), 0);
	ck_assert_str_eq(a.events + strlen(a.topic), "/event");
	ck_assert_int_eq(mqtt_close(&a), 0);
}
END_TEST

static const char *const bad[] = { "",      ":1883", "h:", "h:0",  "h:65536", "h:1x",
				   "h/a/+", "h/#",   "h/", "[::1", "[]",      "[::1]x" };

START_TEST(refused)
{
	struct bnn_err err = { 0 };
	struct mqtt_action a;

	ck_assert_int_eq(mqtt_parse(&a, bad[_i], &err), BNN_E_ARG);
	ck_assert_ptr_nonnull(strstr(err.text,
				     "HOST[:PORT][/TOPIC] is needed, with a port from 1 to "
				     "65535"));
}
END_TEST

START_TEST(too_long)
{
	char where[MQTT_TEXT + 3];
	struct mqtt_action a;

	memset(where, 'h', sizeof(where));
	where[MQTT_TEXT] = 0;
	ck_assert_int_eq(mqtt_parse(&a, where, NULL), BNN_E_ARG);
	where[1] = '/'; /* now the topic is as long as can be */
	where[MQTT_TEXT + 1] = 0;
	ck_assert_int_eq(mqtt_parse(&a, where, NULL), BNN_OK);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_mqtt");
	TCase *t = tcase_create("mqtt");

	tcase_add_loop_test(t, taken_apart, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, too_long);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
