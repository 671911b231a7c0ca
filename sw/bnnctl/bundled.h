/* SPDX-License-Identifier: MIT
 * Where the bundled model and the boards' bitstreams are. */
#ifndef BNNCTL_BUNDLED_H
#define BNNCTL_BUNDLED_H

#include <stddef.h>

/* The first that exists of $BNN_MODEL, models/ and share/jetbnn/models/ beside the folder of the
 * executable (build tree, installation). NULL: none. */
const char *bundled_model(char *buf, size_t size);
/* The bitstream of a board, BOARD.bin or BOARD.bit: that of boards/BOARD/ beside the executable (build
 * tree), else that of share/jetbnn/boards/ (installation). NULL: none. */
const char *bundled_bitstream(const char *board, char *buf, size_t size);

#endif
