/* SPDX-License-Identifier: MIT
 * The far end of a serial line, 8N1, as the bridge has it: a clock of its own, edges that jitter. Time is
 * counted in clocks of the device: one step each. */
#ifndef JB_UART_LINE_H
#define JB_UART_LINE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UART_FRAME_BITS = 10, UART_NOTHING = -1, UART_FRAMING_ERROR = -2 };

struct uart_sender {
	double bit;      /* device clocks a bit, at least 2 */
	double jitter;   /* each edge is up to so many clocks early or late, below bit / 2 */
	uint64_t random; /* state of the generator of the jitter */
	double now, start, edge;
	unsigned frame; /* bits to send, the present one at the right */
	int left;       /* of them, with the present one */
};

/* Idle. */
void uart_sender_begin(struct uart_sender *s, double bit, double jitter, uint64_t seed);
/* True when a byte can be put: it then begins where the one before it ends. */
bool uart_sender_free(const struct uart_sender *s);
void uart_sender_put(struct uart_sender *s, uint8_t byte);
/* Any ten bits, the first at the right: framing errors and breaks. */
void uart_sender_put_frame(struct uart_sender *s, unsigned frame);
/* The line's level in the next clock. */
bool uart_sender_step(struct uart_sender *s);

struct uart_receiver {
	double bit; /* device clocks a bit */
	double now, sample;
	unsigned frame;
	int count; /* bits sampled, -1: idle */
	bool level;
};

void uart_receiver_begin(struct uart_receiver *r, double bit);
/* The line's level in this clock: the byte whose stop bit was sampled, UART_NOTHING, or
 * UART_FRAMING_ERROR. */
int uart_receiver_step(struct uart_receiver *r, bool level);

#ifdef __cplusplus
}
#endif
#endif
