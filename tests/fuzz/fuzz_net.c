/* SPDX-License-Identifier: MIT
 * libFuzzer target: net text. What is accepted prints to a text that gives the same net. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char once[NET_TEXT_MAX], twice[NET_TEXT_MAX];
	struct bnn_err err;
	struct net n;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	if (net_parse(text, &n, &err) == BNN_OK) {
		if (net_print(&n, once, sizeof(once)) >= NET_TEXT_MAX)
			abort();
		if (net_parse(once, &n, &err) || net_infer(&n, &err))
			abort();
		net_print(&n, twice, sizeof(twice));
		if (strcmp(once, twice))
			abort();
	}
	free(text);
	return 0;
}
