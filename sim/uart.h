/* SPDX-License-Identifier: MIT
 * The Verilated receiver, its memory and the transmitter (sim/uart.v). */
#ifndef JB_SIM_UART_H
#define JB_SIM_UART_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uart_sim;

struct uart_pins {
	/* inputs of this clock; tx_byte: offered to the transmitter, -1: none */
	bool rst, rx_line, rx_ready;
	int tx_byte;
	/* outputs in this clock; rx_byte: what waits, taken when rx_ready; -1: none */
	int rx_byte;
	bool tx_taken, tx_line;
};

/* After reset, lines idle. NULL when out of memory. */
struct uart_sim *uart_sim_open(void);
void uart_sim_close(struct uart_sim *s);
void uart_sim_clock(struct uart_sim *s, struct uart_pins *p);

#ifdef __cplusplus
}
#endif
#endif
