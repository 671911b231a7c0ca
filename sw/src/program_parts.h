/* SPDX-License-Identifier: MIT
 * Parts of the compiler among themselves. */
#ifndef JB_PROGRAM_PARTS_H
#define JB_PROGRAM_PARTS_H

#include "fields.h"
#include "jet_terms.h"
#include "program.h"

enum {
	WORD_BITS = 32, /* channels of a map word */
	STEP_SIDE = 3,  /* rows and columns of a step's window */
	STEP_SLOTS = 9,
	MAX_STAGES = JB_MAX_LAYERS + 16 /* layers, and pools behind them: 128 halves 7 times */
};

static inline int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

/* Work of the engine between two maps. */
enum stage_kind { STAGE_CONV, STAGE_SJET, STAGE_POOL, STAGE_DENSE };

struct stage {
	enum stage_kind kind;
	int layer;
	int in, out;     /* maps; out of a head: -1 */
	bool in_front;   /* reads the front end's buffer */
	bool head, fuse; /* fuse: one OR pool in the same pass */
};

struct plan {
	const struct bnn_model *model;
	const struct device_limits *limits;
	bool keep_cam;
	struct stage stage[MAX_STAGES];
	int stages;
	struct program_map map[MAX_STAGES + 1]; /* map 0 is written by the front end */
	int maps;
	int map_layer[MAX_STAGES + 1];
	int front_buffer1; /* memory row of the front end's second buffer */
	struct program_cam cam;
	int map_rows;
};

/* A growing array of words. */
struct words {
	uint32_t *p; /* owned */
	int n, size;
	bool failed; /* out of memory: later writes do nothing */
};

/* Room for n more words, zeroed; NULL when out of memory. Valid until the next call. */
uint32_t *words_add(struct words *w, int n);
/* One more word. */
void words_put(struct words *w, uint32_t word);

/* What the stages add to: operations (headers and lists), and the loader's runs for their blocks. */
struct streams {
	struct words list, blocks;
	/* resident weights: the runs of all thresholds, the words of the weight rows */
	struct words thresholds, rows;
	int threshold_rows;
};

/* The first that ran out of memory tells for all. */
bool streams_failed(const struct streams *s);
void streams_free(struct streams *s);

/* The windows that one output of a stage needs: steps in order term, sub-window, word group. */
struct windows {
	int rows, cols; /* kernel */
	int pad;
	int sub_cols, subs;     /* 3x3 sub-windows */
	int g;                  /* word groups */
	int terms;              /* weight bits a weight: 1; hidden jets 4 or 8 */
	const int *term_weight; /* what each counts */
	int weight_sum;
	int steps;
	bool gather;           /* dense: a step takes nine map words, wherever they lie */
	struct jet_table jets; /* of a hidden jet layer */
};

struct window_step {
	int term, row, col; /* row, col: of the sub-window inside the kernel */
	int group;
	int word; /* gather: of slot 0, in order row, column, group */
	unsigned mask;
	bool twice; /* Horner: double before adding */
};

void windows_of(const struct plan *p, const struct stage *s, struct windows *w);
struct window_step windows_step(const struct windows *w, int index);
/* Lanes that count for one output, term weights not included. */
int windows_lanes(const struct windows *w);

/* The 32 weight bits of an output for one slot (r*3+c) of a step; 0 for outputs that do not exist. */
uint32_t fold_weights(const struct plan *p, const struct stage *s, const struct windows *w,
		      const struct window_step *step, int slot, int output);
/* Threshold word: matches needed; for heads the 32-bit bias. */
uint32_t fold_threshold(const struct plan *p, const struct stage *s, const struct windows *w,
			int output);
/* Sign bits of a shared jet output for one word group. */
uint32_t fold_signs(const struct plan *p, const struct stage *s, int group, int output);
/* Parameter word of a shared jet output. */
uint32_t fold_sjet(const struct plan *p, const struct stage *s, int output);
/* Part of a cam position's score that does not depend on the input. */
int fold_cam_offset(const struct windows *w, const struct net_layer *l);

/* program_plan.c: stages and maps of the model. */
void plan_make(const struct bnn_model *m, const struct device_limits *limits,
	       const struct program_options *opt, struct plan *p);
/* program_alloc.c: places the maps. Errors: BNN_E_LIMIT. */
int plan_allocate(struct plan *p, struct bnn_err *err);
/* program_front.c: front descriptor, codes, thresholds, one after the other. Errors: BNN_E_LIMIT,
 * BNN_E_MEMORY. */
int front_emit(const struct plan *p, struct words *w, struct bnn_err *err);
/* program_ops.c: the operations of a stage, added to *ops. Errors: BNN_E_LIMIT, BNN_E_MEMORY. */
int stage_emit(const struct plan *p, const struct stage *s, struct streams *out, int *ops,
	       struct bnn_err *err);
/* program.c: a program of the front section's words (as front_emit makes them) and the streams. The
 * caller owns *out, also when it is out of memory (out->failed). */
void program_join(const struct words *front, const struct streams *s, struct words *out);

/* "layer 3 (bconv5x512): weight memory rows: 512 needed, the device has 256" */
int limit_error(const struct plan *p, int layer, const char *what, long need, long have,
		struct bnn_err *err);

/* The block cutting of a windowed stage. */
struct blocks {
	int rows;    /* weight rows a step: NROW */
	int outputs; /* of a block */
	int count;
	int segments; /* operations that share the steps of an output block */
	int steps;    /* of an operation at most */
};

/* program_blocks.c: the cutting with the fewest cycles of those that fit. Errors: BNN_E_LIMIT,
 * BNN_E_MEMORY. */
int blocks_choose(const struct plan *p, const struct stage *s, const struct windows *w,
		  struct blocks *out, struct bnn_err *err);
/* Steps `first` to `last`-1 of a range of blocks: one operation. */
struct segment {
	int block, blocks;
	int first, last;
	bool begins, ends; /* the accumulators begin or end here */
};

/* program_ops.c: the words of runs. */
uint32_t run_word(int kind, int row, int unit, int slot, int count);
/* program_resident.c: a block's thresholds and weight rows, and the word that says where they are. */
void resident_block(const struct plan *p, const struct stage *s, const struct windows *w,
		    const struct blocks *b, const struct segment *seg, int block,
		    struct streams *out);
/* CRC-32 of the rows' words as they are sent. */
uint32_t resident_crc(const struct words *rows);
/* Words of a weight row. */
int resident_row_words(const struct device_limits *l);
/* Rows of thresholds and weights against the limits. Errors: BNN_E_LIMIT. */
int resident_check(const struct plan *p, int layer, const struct streams *s, struct bnn_err *err);
/* Outputs of a block at most: rows of accumulators; else those of a map word. */
int blocks_most(const struct device_limits *l);

/* program_ops.c: operations of a windowed stage cut like this; returns their number. */
int conv_emit(const struct plan *p, const struct stage *s, const struct windows *w,
	      const struct blocks *b, struct streams *out);
/* Position groups of a windowed stage. */
int conv_groups(const struct plan *p, const struct stage *s);

/* program_list.c: the list of an operation. */

/* Position groups of an operation and the way from one to the next, in input rows and columns. */
struct extent {
	int groups, rows;       /* a row of groups, rows of them */
	int row_step;           /* input rows from one to the next */
	int col_step;           /* input column groups from one group to the next */
	int last_positions;     /* of a row's last group */
	int sub_rows, sub_cols; /* positions that a group ORs: fused pool */
};

/* Where a step reads: its window's first row and column, from the position. */
struct reading {
	const struct program_map *in;
	int row, col, group;
	unsigned mask;
	bool anywhere; /* dense: all inside, and farther away than the fields of the edge test go */
	bool gather;   /* slot n shows word `word` + n of the map, in order row, column, group */
	int word;
};

/* Of a windowed stage. */
struct extent conv_extent(const struct plan *p, const struct stage *s);
/* Its numbers in a header. */
void list_extent(const struct plan *p, const struct extent *e, uint32_t *header);
/* Reads and STEP; `more`: another step follows before the next MOVE. */
void list_step(const struct plan *p, const struct reading *r, uint32_t step, int rows, bool more,
	       struct words *list);
/* MOVE_X, and MOVE_Y as the last of LIST_ALIGN words; resident: at once, filled up behind it. */
void list_moves(const struct plan *p, const struct program_map *in, const struct extent *e,
		struct words *list);

#endif
