/* SPDX-License-Identifier: MIT
 * Parts of a model in words. */
#include <stdio.h>
#include <string.h>

#include "model_text.h"

const char *layer_text(const struct net *n, int layer, char *buf)
{
	struct net one = *n;
	char text[NET_TEXT_MAX];
	const char *end;

	one.count = layer + 1;
	net_print(&one, text, sizeof(text));
	end = strchr(text, ':') + 2;
	for (int skip = 0; skip < layer; skip++)
		for (int words = 0; words < 1 + n->layer[skip].pools; words++)
			end = strchr(end, ' ') + 1;
	snprintf(buf, LAYER_TEXT_MAX, "%s", end);
	return buf;
}

const char *preprocess_text(const struct model_pre *pre, char *buf)
{
	int at = snprintf(buf, LAYER_TEXT_MAX, "%s", pre->normalize ? "mean and spread, " : "");

	if (pre->contrast)
		at += snprintf(buf + at, LAYER_TEXT_MAX - (size_t)at, "local contrast %dx%d, ",
			       pre->window, pre->window);
	snprintf(buf + at, LAYER_TEXT_MAX - (size_t)at, "%s",
		 pre->use_table                    ? "table"
		 : pre->normalize || pre->contrast ? "no table"
						   : "none");
	return buf;
}
