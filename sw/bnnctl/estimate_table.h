/* SPDX-License-Identifier: MIT
 * Made by `make estimate` (scripts/estimate.awk): do not edit. X(ECP5, term, LUT4, flip-flops, logic cells) */
#ifndef BNNCTL_ESTIMATE_TABLE_H
#define BNNCTL_ESTIMATE_TABLE_H

/* clang-format off */
enum estimate_term {
	EST_CORE,
	EST_POSITIONS,
	EST_LANES,
	EST_FRONT,
	EST_WIDE,
	EST_K5,
	EST_USB,
	EST_UART,
	EST_EJECT,
};

#define ESTIMATE_TERMS(X) \
	X(0, EST_CORE, 2610.0, 1386.0, 3052.0) \
	X(0, EST_LANES, 904.0, 966.0, 1284.0) \
	X(0, EST_FRONT, 48.0, 28.0, 49.0) \
	X(0, EST_K5, 339.0, 169.0, 364.0) \
	X(0, EST_USB, 614.0, 306.0, 747.0) \
	X(0, EST_UART, 76.0, 59.0, 112.0) \
	X(1, EST_CORE, 3123.0, 2218.0, 3123.0) \
	X(1, EST_POSITIONS, 141.2, 122.2, 141.2) \
	X(1, EST_LANES, 1099.2, 774.8, 1099.2) \
	X(1, EST_FRONT, 179.7, 62.3, 179.7) \
	X(1, EST_WIDE, 7218.0, 8551.0, 7218.0) \
	X(1, EST_USB, 737.0, 334.0, 737.0) \
	X(1, EST_EJECT, 1990.0, 827.0, 1990.0)

#endif
