/* SPDX-License-Identifier: MIT
 * bnnctl selftest: random networks on the device, every layer against the reference. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "random_net.h"
#include "ref.h"

#define MAX_SIDE 32
#define MAX_WORK 1e6 /* weight bits times positions of a layer: about a second simulated */
#define MAX_PIXELS (MAX_SIDE * MAX_SIDE * 3)

const struct ctl_option selftest_options[] = {
	{ 'n', "count", "N", "networks that run [20]" },
	{ 's', "seed", "N", "the same seed gives the same networks and images [1]" },
	{ 0, NULL, NULL, NULL },
};

struct tally {
	long run, beyond, layers, mismatches;
};

static bool same_scores(const struct bnn_result *a, const struct bnn_result *b)
{
	return a->index == b->index && a->classes == b->classes && a->margin == b->margin &&
	       memcmp(a->scores, b->scores, (size_t)a->classes * sizeof(a->scores[0])) == 0;
}

/* Maps of the device that are not those of the reference; the class map and the scores count as
 * one each. Says which. */
static long compare(const struct net *n, long number, const struct bnn_layers *want,
		    const struct bnn_layers *got)
{
	char text[NET_TEXT_MAX];
	long bad = 0;

	net_print(n, text, sizeof(text));
	if (got->count != want->count) {
		ctl_error("network %ld (%s): %d layers instead of %d", number, text, got->count,
			  want->count);
		return 1;
	}
	for (int i = 0; i < want->count; i++) {
		size_t size =
			(size_t)want->rows[i] * (size_t)want->cols[i] * (size_t)want->channels[i];

		if (got->rows[i] == want->rows[i] && got->cols[i] == want->cols[i] &&
		    got->channels[i] == want->channels[i] &&
		    memcmp(got->map[i], want->map[i], size) == 0)
			continue;
		ctl_error("network %ld (%s): layer %d differs", number, text, i + 1);
		bad++;
	}
	if (want->cam &&
	    (!got->cam || memcmp(got->cam, want->cam,
				 (size_t)want->cam_rows * (size_t)want->cam_cols *
					 (size_t)want->result.classes * sizeof(*want->cam)) != 0)) {
		ctl_error("network %ld (%s): the class map differs", number, text);
		bad++;
	}
	if (!same_scores(&got->result, &want->result)) {
		ctl_error("network %ld (%s): scores differ", number, text);
		bad++;
	}
	return bad;
}

static int run_model(struct ctl *c, const bnn_model *m, const uint8_t *pixels, struct tally *t,
		     struct bnn_err *err)
{
	struct bnn_layers want = { 0 }, got = { 0 };
	struct bnn_result result;
	int rc = ref_run(m, pixels, &result, &want);

	if (rc)
		return err_set(err, rc, "the reference: %s", bnn_strerror(rc));
	rc = bnn_device_layers(c->device, pixels, &got, err);
	if (!rc) {
		t->run++;
		t->layers += want.count + 1 + (want.cam != NULL);
		t->mismatches += compare(&m->net, t->run + t->beyond, &want, &got);
	}
	bnn_layers_free(&want);
	bnn_layers_free(&got);
	return rc;
}

/* One network; *t says what became of it. */
static int test_one(struct ctl *c, struct random_source *random, struct tally *t,
		    struct bnn_err *err)
{
	uint8_t pixels[MAX_PIXELS];
	bnn_model *m = random_model(random, MAX_SIDE, MAX_WORK);
	int rc;

	if (!m)
		return err_set(err, BNN_E_MEMORY, "out of memory for a network");
	random_image(random, &m->net, pixels);
	rc = bnn_device_load(c->device, m, err);
	if (rc == BNN_E_LIMIT) {
		ctl_detail(c, "%s", err->text);
		t->beyond++;
		rc = BNN_OK;
	} else if (!rc) {
		rc = run_model(c, m, pixels, t, err);
	}
	bnn_model_free(m);
	return rc;
}

static void print(const struct ctl *c, const struct tally *t, long seed)
{
	if (c->json) {
		printf("{\"networks\": %ld, \"beyond_limits\": %ld, \"layers\": %ld, "
		       "\"mismatches\": %ld, \"seed\": %ld, \"device\": ",
		       t->run, t->beyond, t->layers, t->mismatches, seed);
		json_string(bnn_device_name(c->device));
		puts("}");
		return;
	}
	printf("%s, seed %ld: %ld networks (%ld more are beyond its limits), maps and scores "
	       "compared: %ld, mismatches: %ld\n",
	       bnn_device_name(c->device), seed, t->run, t->beyond, t->layers, t->mismatches);
}

int cmd_selftest(struct ctl *c, int argc, char **argv)
{
	long count = 20, seed = 1;
	struct ctl_progress bar;
	struct random_source random;
	struct bnn_err err = { 0 };
	struct tally t = { 0 };
	int rc = ctl_integer(c, "count", 1, 1000000, &count);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = ctl_integer(c, "seed", 0, INT32_MAX, &seed);
	if (rc)
		return rc;
	random.state = (uint64_t)seed;
	ctl_progress_begin(&bar, c, "networks");
	/* A device for which nothing fits ends too. */
	while (!rc && t.run < count && t.beyond < 20 * count) {
		rc = test_one(c, &random, &t, &err);
		ctl_progress_set(&bar, (double)t.run, (double)count);
	}
	ctl_progress_end(&bar);
	if (rc)
		return ctl_fail(&err);
	print(c, &t, seed);
	return t.mismatches || !t.run ? EXIT_MISMATCH : EXIT_OK;
}
