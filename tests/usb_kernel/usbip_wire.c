/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "usbip_wire.h"

enum {
	VERSION = 0x0111,
	OP_REQ_IMPORT = 0x8003,
	OP_REP_IMPORT = 0x0003,
	STATUS_NO_DEVICE = 4,
	PATH_SIZE = 256,
	BUS = 1,
	DEVICE = 2
};

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

void usbip_pack_import(uint8_t out[USBIP_IMPORT_SIZE], const char *busid)
{
	memset(out, 0, USBIP_IMPORT_SIZE);
	put16(out, VERSION);
	put16(out + 2, OP_REQ_IMPORT);
	memcpy(out + USBIP_REPLY_SIZE, busid, strnlen(busid, USBIP_BUSID_SIZE - 1));
}

bool usbip_unpack_import(const uint8_t in[USBIP_IMPORT_SIZE], char busid[USBIP_BUSID_SIZE + 1])
{
	memcpy(busid, in + USBIP_REPLY_SIZE, USBIP_BUSID_SIZE);
	busid[USBIP_BUSID_SIZE] = 0;
	return get16(in) == VERSION && get16(in + 2) == OP_REQ_IMPORT;
}

void usbip_pack_imported(uint8_t out[USBIP_IMPORTED_SIZE], bool ok, const char *busid,
			 const uint8_t device[18])
{
	uint8_t *record = out + USBIP_REPLY_SIZE, *numbers = record + PATH_SIZE + USBIP_BUSID_SIZE;

	memset(out, 0, USBIP_IMPORTED_SIZE);
	put16(out, VERSION);
	put16(out + 2, OP_REP_IMPORT);
	put32(out + 4, ok ? 0 : STATUS_NO_DEVICE);
	snprintf((char *)record, PATH_SIZE, "/simulated/%s", busid);
	snprintf((char *)record + PATH_SIZE, USBIP_BUSID_SIZE, "%s", busid);
	put32(numbers, BUS);
	put32(numbers + 4, DEVICE);
	put32(numbers + 8, USBIP_SPEED_FULL);
	for (int i = 0; i < 3; i++) /* vendor, product, release: little-endian in the descriptor */
		put16(numbers + 12 + 2 * i, device[8 + 2 * i] | (uint32_t)device[9 + 2 * i] << 8);
	memcpy(numbers + 18, device + 4, 3); /* class, subclass, protocol */
	numbers[22] = device[17];            /* configurations; none is active yet */
}

bool usbip_reply_ok(const uint8_t reply[USBIP_REPLY_SIZE])
{
	return get16(reply) == VERSION && get16(reply + 2) == OP_REP_IMPORT && !get32(reply + 4);
}

void usbip_unpack_request(const uint8_t in[USBIP_HEADER_SIZE], struct usbip_request *r)
{
	*r = (struct usbip_request){
		.command = get32(in),
		.sequence = get32(in + 4),
		.in = get32(in + 12) != 0,
		.endpoint = (uint8_t)(get32(in + 16) & 0x0f),
		.unlink = get32(in + 20),
	};
	if (r->in && r->endpoint)
		r->endpoint |= 0x80;
	if (r->command == USBIP_CMD_SUBMIT) {
		r->unlink = 0;
		r->flags = get32(in + 20);
		r->length = get32(in + 24);
		memcpy(r->setup, in + 40, sizeof(r->setup));
	}
}

void usbip_pack_request(uint8_t out[USBIP_HEADER_SIZE], const struct usbip_request *r)
{
	memset(out, 0, USBIP_HEADER_SIZE);
	put32(out, r->command);
	put32(out + 4, r->sequence);
	put32(out + 12, r->in);
	put32(out + 16, r->endpoint & 0x0f);
	if (r->command == USBIP_CMD_UNLINK) {
		put32(out + 20, r->unlink);
		return;
	}
	put32(out + 20, r->flags);
	put32(out + 24, r->length);
	memcpy(out + 40, r->setup, sizeof(r->setup));
}

void usbip_pack_answer(uint8_t out[USBIP_HEADER_SIZE], uint32_t command, uint32_t sequence,
		       int status, uint32_t actual)
{
	memset(out, 0, USBIP_HEADER_SIZE);
	put32(out, command);
	put32(out + 4, sequence);
	put32(out + 20, (uint32_t)status);
	put32(out + 24, actual);
}

void usbip_unpack_answer(const uint8_t in[USBIP_HEADER_SIZE], uint32_t *command, uint32_t *sequence,
			 int *status, uint32_t *actual)
{
	*command = get32(in);
	*sequence = get32(in + 4);
	*status = (int)get32(in + 20);
	*actual = get32(in + 24);
}
