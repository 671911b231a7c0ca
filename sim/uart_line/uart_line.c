/* SPDX-License-Identifier: MIT */
#include "uart_line.h"

#include <string.h>

enum { STOP = 1 << (UART_FRAME_BITS - 1) };

/* -1..1 */
static double draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(int32_t)(*state >> 32) / 2147483648.0;
}

void uart_sender_begin(struct uart_sender *s, double bit, double jitter, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->bit = bit;
	s->jitter = jitter;
	s->random = seed;
}

bool uart_sender_free(const struct uart_sender *s)
{
	return s->left == 0;
}

void uart_sender_put_frame(struct uart_sender *s, unsigned frame)
{
	if (s->start < s->now)
		s->start = s->now;
	s->frame = frame;
	s->left = UART_FRAME_BITS;
	s->edge = s->start + s->bit + s->jitter * draw(&s->random);
}

void uart_sender_put(struct uart_sender *s, uint8_t byte)
{
	uart_sender_put_frame(s, STOP | (unsigned)byte << 1);
}

bool uart_sender_step(struct uart_sender *s)
{
	bool level;

	while (s->left > 0 && s->now >= s->edge) {
		int sent = UART_FRAME_BITS - --s->left;

		s->frame >>= 1;
		s->edge = s->start + (sent + 1) * s->bit + s->jitter * draw(&s->random);
		if (s->left == 0)
			s->start += UART_FRAME_BITS * s->bit;
	}
	level = s->left == 0 || s->now < s->start || (s->frame & 1);
	s->now++;
	return level;
}

void uart_receiver_begin(struct uart_receiver *r, double bit)
{
	memset(r, 0, sizeof(*r));
	r->bit = bit;
	r->count = -1;
	r->level = true;
}

int uart_receiver_step(struct uart_receiver *r, bool level)
{
	int got = UART_NOTHING;

	if (r->count < 0 && r->level && !level) {
		r->count = 0;
		r->frame = 0;
		r->sample = r->now + r->bit / 2;
	} else if (r->count >= 0 && r->now >= r->sample) {
		r->frame |= (unsigned)level << r->count++;
		r->sample += r->bit;
		if (r->count == UART_FRAME_BITS) {
			got = !(r->frame & 1) && (r->frame & STOP) ? (int)(r->frame >> 1 & 0xFF)
								   : UART_FRAMING_ERROR;
			r->count = -1;
		}
	}
	r->level = level;
	r->now++;
	return got;
}
