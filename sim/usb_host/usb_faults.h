/* SPDX-License-Identifier: MIT
 * Faults on the wires that a correct pair of host and device recovers from without losing, doubling or
 * changing a byte. */
#ifndef JB_USB_FAULTS_H
#define JB_USB_FAULTS_H

#include "usb_bits.h"

/* Probabilities, each of one packet. */
struct usb_faults {
	double bit_out;  /* one bit of a packet of the host is wrong on the wires */
	double bit_in;   /* one bit of a packet of the device */
	double cut;      /* a packet of the host ends early */
	double lost_in;  /* the host misses a packet of the device: data or handshake */
	double lost_ack; /* the host's ACK does not reach the device */
	double wrong_pid; /* a packet of the host has a PID with a wrong complement, or one nobody defined */
	double babble; /* the host's data packet is followed by 8 to 80 bytes more before its end */
	double foreign; /* before a transaction, one with another address or endpoint */
	double twice;   /* a token of OUT or SETUP or an ACK of the host comes twice */
};

/* What happens to a packet of the host: levels may be changed, added or cut. Returns the new count; 0: the
 * packet is not sent at all. size: room. */
int usb_fault_send(const struct usb_faults *f, uint64_t *seed, uint8_t *levels, int count,
		   int size);
/* The same for what the device sent. */
void usb_fault_receive(const struct usb_faults *f, uint64_t *seed, struct usb_answer *a);
bool usb_fault(double probability, uint64_t *seed);

#endif
