/* SPDX-License-Identifier: MIT
 * Parts of a model in words. */
#ifndef BNNCTL_MODEL_TEXT_H
#define BNNCTL_MODEL_TEXT_H

#include "model.h"

#define LAYER_TEXT_MAX 64

/* "bconv3x64/2 pool"; buf holds LAYER_TEXT_MAX bytes. Returns buf. */
const char *layer_text(const struct net *n, int layer, char *buf);
/* "mean and spread, table"; buf holds LAYER_TEXT_MAX bytes. Returns buf. */
const char *preprocess_text(const struct model_pre *pre, char *buf);

#endif
