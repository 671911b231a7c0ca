/* SPDX-License-Identifier: MIT
 * Where the bundled model is. */
#ifndef BNNCTL_BUNDLED_H
#define BNNCTL_BUNDLED_H

#include <stddef.h>

/* The first that exists of $BNN_MODEL, models/ and share/jetbnn/models/ beside the folder of the
 * executable (build tree, installation). NULL: none. */
const char *bundled_model(char *buf, size_t size);

#endif
