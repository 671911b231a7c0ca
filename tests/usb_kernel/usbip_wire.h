/* SPDX-License-Identifier: MIT
 * USB/IP as it goes over the stream: import of a device, then requests of the client's kernel and their
 * answers. All numbers big-endian. Protocol: Documentation/usb/usbip_protocol.rst of Linux. */
#ifndef USBIP_WIRE_H
#define USBIP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	USBIP_BUSID_SIZE = 32,
	USBIP_REPLY_SIZE = 8,      /* version, code, status */
	USBIP_IMPORT_SIZE = 40,    /* request: those and a bus id */
	USBIP_IMPORTED_SIZE = 320, /* reply: those and the device's record */
	USBIP_HEADER_SIZE = 48,
	USBIP_SPEED_FULL = 2
};

enum usbip_command {
	USBIP_CMD_SUBMIT = 1,
	USBIP_CMD_UNLINK = 2,
	USBIP_RET_SUBMIT = 3,
	USBIP_RET_UNLINK = 4
};

/* transfer flags, those of the kernel's URBs */
enum { USBIP_SHORT_NOT_OK = 0x01, USBIP_ZERO_PACKET = 0x40 };

/* Request of the client. */
struct usbip_request {
	uint32_t command, sequence;
	uint32_t unlink; /* CMD_UNLINK: sequence number of the request to take back */
	uint8_t endpoint; /* number, with 0x80 for IN; endpoint 0 has its direction in the set-up packet */
	bool in;
	uint32_t flags, length;
	uint8_t setup[8];
};

void usbip_pack_import(uint8_t out[USBIP_IMPORT_SIZE], const char *busid);
/* False unless it is a request to import; busid gets the terminated name. */
bool usbip_unpack_import(const uint8_t in[USBIP_IMPORT_SIZE], char busid[USBIP_BUSID_SIZE + 1]);
/* Reply to an import. With ok false only the first USBIP_REPLY_SIZE bytes are sent. device: the 18
 * bytes of the device descriptor. */
void usbip_pack_imported(uint8_t out[USBIP_IMPORTED_SIZE], bool ok, const char *busid,
			 const uint8_t device[18]);
bool usbip_reply_ok(const uint8_t reply[USBIP_REPLY_SIZE]);

void usbip_unpack_request(const uint8_t in[USBIP_HEADER_SIZE], struct usbip_request *r);
/* The inverse, for tests. */
void usbip_pack_request(uint8_t out[USBIP_HEADER_SIZE], const struct usbip_request *r);
/* Answer to a request: command USBIP_RET_*, status 0 or a negative errno of Linux. */
void usbip_pack_answer(uint8_t out[USBIP_HEADER_SIZE], uint32_t command, uint32_t sequence,
		       int status, uint32_t actual);
void usbip_unpack_answer(const uint8_t in[USBIP_HEADER_SIZE], uint32_t *command, uint32_t *sequence,
			 int *status, uint32_t *actual);

#endif
