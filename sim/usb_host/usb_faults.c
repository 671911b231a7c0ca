/* SPDX-License-Identifier: MIT */
#include "usb_faults.h"

#include "usb_packets.h"

enum { HEAD_BITS = 16 }; /* SYNC and PID */

bool usb_fault(double probability, uint64_t *seed)
{
	return probability > 0 && usb_chance(seed) < probability;
}

static void flip(uint8_t *level)
{
	*level = *level == USB_J ? USB_K : *level == USB_K ? USB_J : *level;
}

/* Flips everything from bit `at` on: the bit there, as NRZI has it, changes and nothing else does. */
static void change_bit(uint8_t *levels, int count, int at)
{
	for (int i = at; i < count; i++)
		flip(&levels[i]);
}

static int end_packet(uint8_t *levels, int count)
{
	levels[count++] = USB_SE0;
	levels[count++] = USB_SE0;
	levels[count++] = USB_J;
	return count;
}

int usb_fault_send(const struct usb_faults *f, uint64_t *seed, uint8_t *levels, int count, int size)
{
	int body = count - USB_END_BITS;

	if (usb_fault(f->bit_out, seed))
		flip(&levels[usb_random(seed, (uint32_t)body)]);
	if (usb_fault(f->wrong_pid, seed))
		change_bit(levels, body, 8 + (int)usb_random(seed, 8));
	if (body > HEAD_BITS && usb_fault(f->cut, seed))
		return end_packet(levels,
				  HEAD_BITS + (int)usb_random(seed, (uint32_t)(body - HEAD_BITS)));
	if (body > 100 && usb_fault(f->babble, seed)) {
		int more = 64 + (int)usb_random(seed, 576);

		for (count = body; more > 0 && count < size - USB_END_BITS; more--, count++)
			levels[count] = more % 5 ? levels[count - 1]
						 : (uint8_t)(levels[count - 1] ^ USB_J ^ USB_K);
		return end_packet(levels, count);
	}
	return count;
}

void usb_fault_receive(const struct usb_faults *f, uint64_t *seed, struct usb_answer *a)
{
	if (a->count > HEAD_BITS && usb_fault(f->bit_in, seed))
		flip(&a->level[usb_random(seed, (uint32_t)a->count)]);
	if (usb_fault(f->lost_in, seed))
		a->count = 0;
}
