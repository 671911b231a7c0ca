/* SPDX-License-Identifier: MIT
 * Rules of a sorting line: which class goes to which lane, and what happens to an image that has no
 * usable class. The grammar is in docs/sort.md. */
#ifndef SORT_RULES_H
#define SORT_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bnn.h"

#define RULES_MAX_LANES 64
#define RULES_LANE_MAX 31              /* bytes of a lane's name */
#define RULES_MAX_CLASSES 64           /* lines' class names; a model has no more */
#define RULES_CLASS_MAX 63             /* bytes of a class name */
#define RULES_MAX_FILE (64u << 10)     /* bytes of a rules file */
#define RULES_MAX_US INT64_C(60000000) /* longest time: a minute */

#define RULES_LEAST_PULSE_US 100

/* Why an image goes where it goes. */
enum reason {
	REASON_OK,         /* its class says so */
	REASON_UNCERTAIN,  /* margin below the least one */
	REASON_LATE,       /* no class before the deadline */
	REASON_UNREADABLE, /* not an image */
	REASON_FAILED,     /* no board could classify it */
	REASON_CROWDED,    /* sooner behind the part before it than the spacing */
	REASON_EMPTY,      /* a file without a part in it */
	REASONS
};

/* "ok", "uncertain" ... as in rules and logs. */
extern const char *const reason_name[REASONS];

struct rules_lane {
	char name[RULES_LANE_MAX + 1];
	int output; /* of the ejector, -1: parts get there by themselves */
	/* With an output: */
	bool inverted;              /* it is low while a pulse lasts */
	bool safe_on;               /* it is on, not off, after a fault of the board */
	int64_t delay_us, pulse_us; /* from part to pulse, and its length */
};

/* How the board's own outputs follow the rules (docs/eject.md). */
struct rules_board {
	bool eye;               /* a part is an edge of the photo-eye, else an image */
	bool eye_low;           /* the eye is low while a part is there */
	int64_t from_us, to_us; /* with an eye: age of a part when its image arrives */
	int64_t filter_us;      /* the eye is steady for as long */
	int64_t step_us;        /* of the encoder at the speed of the times; 0: no encoder */
	int64_t watchdog_us;    /* silence of the host after which outputs are safe */
};

/* A class as the file names it. */
struct rules_class {
	char name[RULES_CLASS_MAX + 1];
	int lane;
	int32_t margin; /* least, -1: the common one */
	int line;       /* of the file */
};

struct rules {
	struct rules_lane lane[RULES_MAX_LANES];
	int lanes;
	struct rules_class named[RULES_MAX_CLASSES];
	int nameds;
	struct rules_class other; /* classes not named: lane -1 when they must all be */
	int32_t margin;           /* least, of classes that say nothing else */
	int fault_lane[REASONS];  /* of every reason but REASON_OK */
	/* Microseconds, 0: none. */
	int64_t deadline_us; /* from image to decision */
	int64_t delay_us;    /* from image to ejector, of lanes that say nothing else */
	int64_t pulse_us;    /* of the ejector, likewise */
	int64_t spacing_us;  /* least time between parts */
	struct rules_board board;
	/* By rules_bind: of class c of the model. */
	int classes;
	int class_lane[RULES_MAX_CLASSES];
	int32_t class_margin[RULES_MAX_CLASSES];
};

/* Takes the text of a rules file apart; name is for messages. Errors: BNN_E_FILE, the text names
 * file, line, word and limit. */
int rules_parse(const char *name, const char *text, struct rules *out, struct bnn_err *err);
/* Reads and parses a file. Errors: BNN_E_FILE, BNN_E_MEMORY. */
int rules_read(const char *path, struct rules *out, struct bnn_err *err);
/* Without a file: every class to lane "accept", everything else to lane "reject". */
void rules_default(struct rules *out);
/* Resolves the names of classes against a model. Errors: BNN_E_FILE (a class the model does not
 * have, or one of the model that has no lane). */
int rules_bind(const char *name, struct rules *r, const bnn_model *m, struct bnn_err *err);
/* Says in words what bound rules do. */
void rules_explain(const struct rules *r, const bnn_model *m, FILE *to);

/* The lane of an image with a result: by its class, or as REASON_UNCERTAIN. */
int rules_decide(const struct rules *r, const struct bnn_result *result, enum reason *reason);

#endif
