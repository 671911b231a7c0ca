/* SPDX-License-Identifier: MIT
 * Packets of full-speed USB and the levels they are on the wires. */
#ifndef JB_USB_PACKETS_H
#define JB_USB_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usb_bits.h"

enum usb_pid {
	PID_OUT = 0x1,
	PID_IN = 0x9,
	PID_SOF = 0x5,
	PID_SETUP = 0xD,
	PID_DATA0 = 0x3,
	PID_DATA1 = 0xB,
	PID_ACK = 0x2,
	PID_NAK = 0xA,
	PID_STALL = 0xE
};

enum {
	USB_MAX_DATA = 64,
	USB_END_BITS = 3, /* two of SE0, one of J */
	/* SYNC, PID, data and CRC with a stuffed bit in six, end */
	USB_PACKET_LEVELS = (16 + 8 * (USB_MAX_DATA + 8)) * 7 / 6 + USB_END_BITS
};

struct usb_packet {
	enum usb_pid pid;
	int count; /* bytes of data, without the CRC */
	uint8_t data[USB_MAX_DATA];
};

/* CRC-5 of the low 11 bits of a token, CRC-16 of data, in the order of the wire. */
uint8_t usb_crc5(uint16_t bits);
uint16_t usb_crc16(const uint8_t *data, int count);

/* Each gives the number of levels written, at most USB_PACKET_LEVELS. SOF: number instead of address. */
int usb_encode_token(uint8_t *levels, enum usb_pid pid, int address, int endpoint);
int usb_encode_sof(uint8_t *levels, int number);
int usb_encode_data(uint8_t *levels, enum usb_pid pid, const uint8_t *data, int count);
int usb_encode_handshake(uint8_t *levels, enum usb_pid pid);

/* What the device sent; NULL when it is right, else what is wrong with it. */
const char *usb_decode(const struct usb_answer *a, struct usb_packet *out);

#endif
