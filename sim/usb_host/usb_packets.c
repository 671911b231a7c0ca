/* SPDX-License-Identifier: MIT */
#include "usb_packets.h"

#include <string.h>

enum { STUFF = 6, SYNC_BITS = 8, TOKEN_BITS = 11 };

uint8_t usb_crc5(uint16_t bits)
{
	uint8_t crc = 0x1F, out = 0;

	for (int i = 0; i < TOKEN_BITS; i++) {
		bool feedback = ((crc >> 4) ^ (bits >> i)) & 1;

		crc = (uint8_t)((crc << 1 & 0x1F) ^ (feedback ? 0x05 : 0));
	}
	for (int i = 0; i < 5; i++)
		out |= (uint8_t)((~crc >> (4 - i) & 1) << i);
	return out;
}

uint16_t usb_crc16(const uint8_t *data, int count)
{
	uint16_t crc = 0xFFFF;

	for (int i = 0; i < count; i++) {
		crc ^= data[i];
		for (int k = 0; k < 8; k++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
	}
	return (uint16_t)~crc;
}

/* Writes bits as levels: NRZI with stuffing. */
struct encoder {
	uint8_t *levels;
	int count, ones;
	enum usb_level level;
};

static void put_level(struct encoder *e, bool one)
{
	if (!one)
		e->level = e->level == USB_J ? USB_K : USB_J;
	e->levels[e->count++] = (uint8_t)e->level;
	e->ones = one ? e->ones + 1 : 0;
	if (e->ones == STUFF)
		put_level(e, false);
}

static void put_bytes(struct encoder *e, const uint8_t *bytes, int count)
{
	for (int i = 0; i < 8 * count; i++)
		put_level(e, bytes[i / 8] >> (i % 8) & 1);
}

static int encode(uint8_t *levels, enum usb_pid pid, const uint8_t *data, int count)
{
	struct encoder e = { .levels = levels, .level = USB_J };
	const uint8_t head[] = { 0x80, (uint8_t)(pid | (~pid & 0xF) << 4) };

	put_bytes(&e, head, 2);
	put_bytes(&e, data, count);
	levels[e.count++] = USB_SE0;
	levels[e.count++] = USB_SE0;
	levels[e.count++] = USB_J;
	return e.count;
}

static int encode_token(uint8_t *levels, enum usb_pid pid, unsigned bits)
{
	unsigned token = bits | (unsigned)usb_crc5((uint16_t)bits) << TOKEN_BITS;
	const uint8_t bytes[] = { (uint8_t)token, (uint8_t)(token >> 8) };

	return encode(levels, pid, bytes, 2);
}

int usb_encode_token(uint8_t *levels, enum usb_pid pid, int address, int endpoint)
{
	return encode_token(levels, pid, (unsigned)address | (unsigned)endpoint << 7);
}

int usb_encode_sof(uint8_t *levels, int number)
{
	return encode_token(levels, PID_SOF, (unsigned)number & 0x7FF);
}

int usb_encode_data(uint8_t *levels, enum usb_pid pid, const uint8_t *data, int count)
{
	uint8_t bytes[USB_MAX_DATA + 2];
	uint16_t crc = usb_crc16(data, count);

	if (count > 0)
		memcpy(bytes, data, (size_t)count);
	bytes[count] = (uint8_t)crc;
	bytes[count + 1] = (uint8_t)(crc >> 8);
	return encode(levels, pid, bytes, count + 2);
}

int usb_encode_handshake(uint8_t *levels, enum usb_pid pid)
{
	return encode(levels, pid, NULL, 0);
}

/* Levels to bytes behind SYNC; returns the number of bytes or -1 with *wrong set. */
static int unstuff(const struct usb_answer *a, uint8_t *bytes, int max, const char **wrong)
{
	int ones = 1, bits = 0; /* the one that ends SYNC counts */

	memset(bytes, 0, (size_t)max);
	for (int i = SYNC_BITS; i < a->count; i++) {
		bool one = a->level[i] == a->level[i - 1];

		if (a->level[i] == USB_SE1)
			*wrong = "both wires high";
		if (ones == STUFF) {
			if (one)
				*wrong = "seven ones in a row";
			ones = 0;
			continue;
		}
		ones = one ? ones + 1 : 0;
		if (bits >= 8 * max) {
			*wrong = "longer than any packet";
			return -1;
		}
		bytes[bits / 8] |= (uint8_t)(one << (bits % 8));
		bits++;
	}
	if (!*wrong && ones == STUFF)
		*wrong = "a stuffed bit is missing before the end";
	if (!*wrong && bits % 8)
		*wrong = "no whole number of bytes";
	return *wrong ? -1 : bits / 8;
}

const char *usb_decode(const struct usb_answer *a, struct usb_packet *out)
{
	static const uint8_t sync[SYNC_BITS] = { USB_K, USB_J, USB_K, USB_J,
						 USB_K, USB_J, USB_K, USB_K };
	uint8_t bytes[1 + USB_MAX_DATA + 2 + 1];
	const char *wrong = NULL;
	int count;

	if (a->count < 2 * SYNC_BITS || memcmp(a->level, sync, sizeof(sync)) != 0)
		return "no SYNC";
	if (a->end < 1.75 || a->end > 2.25)
		return "the end of the packet is not two bits of SE0";
	count = unstuff(a, bytes, sizeof(bytes), &wrong);
	if (wrong)
		return wrong;
	if ((bytes[0] & 0xF) != (~bytes[0] >> 4 & 0xF))
		return "PID and its complement differ";
	out->pid = (enum usb_pid)(bytes[0] & 0xF);
	out->count = 0;
	switch (out->pid) {
	case PID_ACK:
	case PID_NAK:
	case PID_STALL: return count == 1 ? NULL : "bytes behind a handshake";
	case PID_DATA0:
	case PID_DATA1: break;
	default: return "a PID that devices do not send";
	}
	if (count < 3)
		return "data without a CRC";
	if (count > USB_MAX_DATA + 3)
		return "more than 64 bytes of data";
	out->count = count - 3;
	memcpy(out->data, bytes + 1, (size_t)out->count);
	if (usb_crc16(out->data, out->count) != (bytes[count - 2] | bytes[count - 1] << 8))
		return "wrong CRC-16";
	return NULL;
}
