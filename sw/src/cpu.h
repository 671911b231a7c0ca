/* SPDX-License-Identifier: MIT
 * Fast inference on the host: equals ref_run on every layer, bit for bit. */
#ifndef JB_CPU_H
#define JB_CPU_H

#include "model.h"

struct cpu;

/* Packs a model; keeps no reference to it. Errors: BNN_E_MEMORY. */
int cpu_new(const struct bnn_model *m, struct cpu **out, struct bnn_err *err);
/* NULL does nothing. */
void cpu_free(struct cpu *c);
/* One image of the model's size. layers may be NULL; else it is filled (free with
 * bnn_layers_free). result->tag is left alone. Errors: BNN_E_MEMORY. */
int cpu_run(struct cpu *c, const uint8_t *pixels, struct bnn_result *result,
	    struct bnn_layers *layers);

#endif
