/* SPDX-License-Identifier: MIT
 * Parser of sorting rules: any text; what it takes can be decided by and explained. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bnn_model *three_classes(void)
{
	static char *const name[] = { "a", "b c", "#" };
	static struct bnn_model m;

	m.net.count = 1;
	m.net.layer[0].out = 3;
	memcpy(m.class_name, name, sizeof(name));
	return &m;
}

static void check(struct rules *r, FILE *nowhere)
{
	const struct bnn_model *m = three_classes();

	for (int i = 0; i < REASONS; i++)
		if (r->fault_lane[i] < 0 || r->fault_lane[i] >= r->lanes)
			abort();
	if (rules_bind("fuzz", r, m, NULL))
		return;
	for (int c = 0; c < bnn_model_classes(m); c++) {
		struct bnn_result result = { .index = c, .classes = 3, .margin = 1 };
		enum reason reason;
		int lane = rules_decide(r, &result, &reason);

		if (lane < 0 || lane >= r->lanes ||
		    (reason == REASON_OK) != (r->class_margin[c] <= 1))
			abort();
	}
	rules_explain(r, m, nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules r;
	static FILE *nowhere;
	char *text = malloc(size + 1);
	struct bnn_err err = { 0 };

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!text || !nowhere)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	if (rules_parse("fuzz", text, &r, &err) == BNN_OK)
		check(&r, nowhere);
	else if (err.code != BNN_E_FILE || strncmp(err.text, "fuzz:", 5) != 0)
		abort();
	free(text);
	return 0;
}
