/* SPDX-License-Identifier: MIT
 * Verilated map_mem (hw/mem/map_mem.v), one clock at a time. */
#ifndef SIM_MAP_MEM_H
#define SIM_MAP_MEM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct map_mem_sim;

/* A write port: engine, front end or program. be has a bit a byte of the row; 0 at the program's: a read. */
struct map_mem_write {
	bool req;
	uint32_t addr;
	uint32_t data[G_MW];
	uint32_t be;
	bool taken; /* output */
};

struct map_mem_io {
	bool engine_read, debug_read;
	uint32_t engine_addr, debug_addr, step; /* step: to the second row of an engine read */
	struct map_mem_write engine, front, program;
	bool program_now;         /* at once */
	bool debug_taken;         /* output */
	uint32_t read_data[G_MW]; /* output: the memory's register before this clock's edge */
	uint32_t second_data[G_MW];
};

/* NULL: out of memory. map_mem_sim_close takes NULL. */
struct map_mem_sim *map_mem_sim_open(void);
void map_mem_sim_close(struct map_mem_sim *s);
/* Applies the inputs of io, fills its outputs as they are before the clock edge. */
void map_mem_sim_clock(struct map_mem_sim *s, struct map_mem_io *io);

#ifdef __cplusplus
}
#endif

#endif
