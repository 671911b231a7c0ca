/* SPDX-License-Identifier: MIT
 * The serial line cannot be held back: a network whose front end is slower than the line loses no byte, because
 * the driver keeps its pace; without that bytes are lost, the device refuses, the driver sends again and says
 * so in the end; it never gives a wrong result. */
#include "../check_main.h"
#include "common/chain.h"
#include "ref.h"
#include "transport_sim.h"

enum { IMAGES = 4, TIMEOUT_MS = 100 };

/* 56 outputs of 9 terms, one at a time: 504 clocks a pixel, while the line brings one in 160. */
static const char slow[] = "32x32x1: bconv3x56 pool cam3";
static const char *const quick[] = {
	"32x32x1: jet3x128 pool cam3",
	"32x32x1: bconv3x16/2 cam3",
	"32x64x3: jet3x64 pool cam3",
};

static struct bnn_model *model_of(const char *text)
{
	struct bnn_model *m;
	struct bnn_err err;
	struct net n;

	ck_assert_msg(!net_parse(text, &n, &err), "%s", err.text);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	model_random(m, 5);
	return m;
}

/* IMAGES images, two in flight: how many came back, all of them right. */
static int classify(const struct transport *t, const char *net, uint32_t *resent)
{
	static uint8_t pixels[IMAGES][32 * 64 * 3];
	struct bnn_open_options opt = { .timeout_ms = TIMEOUT_MS };
	struct random_source r = { 4 };
	struct bnn_model *m = model_of(net);
	struct bnn_result got, want;
	struct bnn_err err;
	char text[256] = "";
	bnn_device *d;
	int good = 0;

	ck_assert_msg(!device_open_transport(t, "uart", "line", &opt, &d, &err), "%s", err.text);
	ck_assert_msg(!bnn_device_load(d, m, &err), "%s", err.text);
	for (int i = 0; i < IMAGES; i++) {
		random_image(&r, &m->net, pixels[i]);
		ck_assert_int_eq(bnn_device_submit(d, pixels[i], (uint32_t)i, &err), 0);
	}
	for (int i = 0; i < IMAGES; i++) {
		int rc = bnn_device_poll(d, &got, &err);

		ck_assert_msg(!rc || rc == BNN_E_LINK, "%d: %s", rc, err.text);
		if (rc)
			continue;
		good++;
		ck_assert_int_eq(ref_run(m, pixels[i], &want, NULL), 0);
		ck_assert_msg(!chain_compare_result(&got, &want, text, sizeof(text)), "%s", text);
	}
	*resent = device_resent(d);
	bnn_device_close(d);
	bnn_model_free(m);
	return good;
}

START_TEST(pace_is_kept)
{
	uint32_t resent;

	ck_assert_int_eq(classify(&transport_sim, slow, &resent), IMAGES);
	ck_assert_uint_eq(resent, 0);
}
END_TEST

START_TEST(line_is_slower)
{
	uint32_t resent;

	ck_assert_int_eq(classify(&transport_sim, quick[_i], &resent), IMAGES);
	ck_assert_uint_eq(resent, 0);
}
END_TEST

START_TEST(overrun)
{
	const struct transport hasty = { "sim",
					 transport_sim.open,
					 transport_sim.write,
					 transport_sim.read,
					 transport_sim.close,
					 NULL };
	uint32_t resent;

	ck_assert_int_lt(classify(&hasty, slow, &resent), IMAGES);
	ck_assert_uint_gt(resent, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("uart_line");
	TCase *t = tcase_create("uart_line");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, pace_is_kept);
	tcase_add_loop_test(t, line_is_slower, 0, sizeof(quick) / sizeof(quick[0]));
	tcase_add_test(t, overrun);
	suite_add_tcase(s, t);
	return check_main(s);
}
