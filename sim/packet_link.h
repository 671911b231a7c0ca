/* SPDX-License-Identifier: MIT
 * Verilated packet_rx and packet_tx (sim/packet_link.v), one clock at a time. */
#ifndef SIM_PACKET_LINK_H
#define SIM_PACKET_LINK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct link_sim;

struct link_in {
	bool rst;
	uint8_t rx_data;
	bool rx_valid, head_ready, p_ready, tail_ready;
	bool lend_init, lend_step, lend_bit, lend_close;
	bool start;
	uint8_t kind;
	uint16_t sequence, length;
	bool send_valid, send_end;
	uint8_t send_data;
	bool tx_ready;
};

struct link_out {
	bool rx_ready, head, pause, version_ok, field, p_valid, tail, crc_ok, timed_out, rx_busy,
		resync;
	bool match;
	uint8_t kind;
	uint16_t length;
	bool send_ready, tx_busy, tx_valid;
	uint8_t tx_data;
};

/* NULL: out of memory. link_sim_close takes NULL. */
struct link_sim *link_sim_open(void);
void link_sim_close(struct link_sim *s);

/* Outputs of the clock in which `in` is applied, before its edge. */
void link_sim_clock(struct link_sim *s, const struct link_in *in, struct link_out *out);

#ifdef __cplusplus
}
#endif

#endif
