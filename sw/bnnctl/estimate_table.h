/* SPDX-License-Identifier: MIT
 * Made by `make estimate` (scripts/estimate.awk): do not edit. X(ECP5, term, LUT4, flip-flops, logic cells) */
#ifndef BNNCTL_ESTIMATE_TABLE_H
#define BNNCTL_ESTIMATE_TABLE_H

/* clang-format off */
enum estimate_term {
	EST_CORE,
	EST_POSITIONS,
	EST_LANES,
	EST_HALVES,
	EST_FRONT,
	EST_WIDE,
	EST_K5,
	EST_USB,
	EST_UART,
	EST_EJECT,
};

#define ESTIMATE_TERMS(X) \
	X(0, EST_CORE, 2635.0, 1386.0, 3035.0) \
	X(0, EST_LANES, 895.0, 982.0, 1300.0) \
	X(0, EST_HALVES, -140.0, -311.0, -361.5) \
	X(0, EST_FRONT, 50.0, 27.0, 51.0) \
	X(0, EST_K5, 331.0, 189.0, 387.0) \
	X(0, EST_USB, 623.0, 345.0, 751.0) \
	X(0, EST_UART, 80.0, 68.0, 123.0) \
	X(1, EST_CORE, 2894.0, 3394.0, 2894.0) \
	X(1, EST_POSITIONS, 317.5, 236.0, 317.5) \
	X(1, EST_LANES, 981.2, 791.8, 981.2) \
	X(1, EST_FRONT, 170.7, 80.7, 170.7) \
	X(1, EST_WIDE, 6598.0, 8561.0, 6598.0) \
	X(1, EST_USB, 624.0, 373.0, 624.0) \
	X(1, EST_EJECT, 1736.0, 834.0, 1736.0)

#endif
