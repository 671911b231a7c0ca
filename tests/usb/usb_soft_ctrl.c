/* SPDX-License-Identifier: MIT
 * Descriptors and control requests of the C model. */
#include <string.h>

#include "jetbnn_defs.h"
#include "usb_descriptors.h"
#include "usb_soft.h"

/* Requests of chapter 9 of the USB 2.0 specification. */
enum {
	GET_STATUS = 0,
	CLEAR_FEATURE = 1,
	SET_FEATURE = 3,
	SET_ADDRESS = 5,
	GET_DESCRIPTOR = 6,
	GET_CONFIGURATION = 8,
	SET_CONFIGURATION = 9,
	GET_INTERFACE = 10,
	SET_INTERFACE = 11,
	FROM_DEVICE = 0x80,
	VENDOR_FROM_DEVICE = 0xC0
};

enum { DT_DEVICE = 1, DT_CONFIG = 2, DT_STRING = 3, DT_BOS = 15, CONFIG_HEAD = 18 };
enum { MS_INDEX = 7 /* wIndex of the request for the Microsoft OS 2.0 set */ };
enum { AT_SERIAL = 16, AT_TOTAL = 2, AT_ENDPOINTS = 13 };

enum { STRING_VENDOR = 1, STRING_PRODUCT, STRING_SERIAL };

void soft_describe(struct soft *s)
{
	memcpy(s->device_descriptor, usb_device_descriptor, sizeof(s->device_descriptor));
	memcpy(s->config, usb_config_descriptor, sizeof(usb_config_descriptor));
	s->config_size = sizeof(usb_config_descriptor);
	if (s->opt.fault == SOFT_NO_SERIAL)
		s->device_descriptor[AT_SERIAL] = 0;
	if (s->opt.fault == SOFT_BAD_CONFIG)
		s->config_size -= 10;
	if (s->opt.fault == SOFT_NO_BULK) {
		s->config_size = CONFIG_HEAD;
		s->config[AT_TOTAL] = CONFIG_HEAD;
		s->config[AT_ENDPOINTS] = 0;
	}
}

/* The serial number, each device its own. */
static size_t serial_descriptor(const char *text, uint8_t out[256])
{
	size_t n = strlen(text) < 126 ? strlen(text) : 126;

	for (size_t i = 0; i < n; i++) {
		out[2 + 2 * i] = (uint8_t)text[i];
		out[3 + 2 * i] = 0;
	}
	out[0] = (uint8_t)(2 + 2 * n);
	out[1] = DT_STRING;
	return 2 + 2 * n;
}

static size_t copy(uint8_t out[256], const uint8_t *from, size_t n)
{
	memcpy(out, from, n);
	return n;
}

#define COPY(out, array) copy(out, array, sizeof(array))

static size_t string_descriptor(const struct soft *s, int index, uint8_t out[256])
{
	if (s->opt.fault == SOFT_NO_STRINGS)
		return 0;
	switch (index) {
	case 0: return COPY(out, usb_string_languages_descriptor);
	case STRING_VENDOR: return COPY(out, usb_string_vendor_descriptor);
	case STRING_PRODUCT: return COPY(out, usb_string_product_descriptor);
	case STRING_SERIAL: return serial_descriptor(s->opt.serial, out);
	default: return 0;
	}
}

/* The bytes of a descriptor, or 0: there is none. */
static size_t descriptor(const struct soft *s, int type, int index, uint8_t out[256])
{
	if (type == DT_STRING)
		return string_descriptor(s, index, out);
	if (index != 0)
		return 0;
	switch (type) {
	case DT_DEVICE: return COPY(out, s->device_descriptor);
	case DT_CONFIG: return copy(out, s->config, s->config_size);
	case DT_BOS: return COPY(out, usb_bos_descriptor);
	default: return 0;
	}
}

/* SOFT_OUT or SOFT_IN of an endpoint address, -1: neither. */
static int bulk_of(int address)
{
	return address == JB_USB_EP_OUT ? SOFT_OUT : address == JB_USB_EP_IN ? SOFT_IN : -1;
}

static int endpoint_halt(struct soft *s, const uint8_t *setup, bool halt)
{
	int ep = bulk_of(setup[4]);

	if (setup[0] != 2 || setup[2] != 0)
		return USB_STALLED;
	if ((setup[4] & 0x7F) == 0)
		return USB_DONE;
	if (ep < 0 || !s->configuration)
		return USB_STALLED;
	s->halted[ep] = halt || s->opt.fault == SOFT_STALL_ALL;
	return USB_DONE;
}

static int get_status(const struct soft *s, const uint8_t *setup, uint8_t out[256], size_t *n)
{
	int ep = bulk_of(setup[4]);

	out[0] = out[1] = 0;
	*n = 2;
	if ((setup[0] & 3) == 2 && (setup[4] & 0x7F)) {
		if (ep < 0 || !s->configuration)
			return USB_STALLED;
		out[0] = s->halted[ep];
	}
	return USB_DONE;
}

static int without_data(struct soft *s, const uint8_t *setup)
{
	switch (setup[1]) {
	case SET_ADDRESS: s->address = setup[2]; return USB_DONE;
	case CLEAR_FEATURE: return endpoint_halt(s, setup, false);
	case SET_FEATURE: return endpoint_halt(s, setup, true);
	case SET_CONFIGURATION:
		if (setup[2] > 1)
			return USB_STALLED;
		s->configuration = setup[2];
		s->halted[SOFT_OUT] = s->halted[SOFT_IN] = s->opt.fault == SOFT_STALL_ALL;
		return USB_DONE;
	case SET_INTERFACE:
		if (setup[2] != 0 || setup[4] != 0 || !s->configuration)
			return USB_STALLED;
		soft_empty(s);
		return USB_DONE;
	default: return USB_STALLED;
	}
}

static int with_data(struct soft *s, const uint8_t *setup, uint8_t out[256], size_t *n)
{
	*n = 1;
	switch (setup[1]) {
	case GET_DESCRIPTOR:
		*n = descriptor(s, setup[3], setup[2], out);
		return *n ? USB_DONE : USB_STALLED;
	case GET_STATUS: return get_status(s, setup, out, n);
	case GET_CONFIGURATION: out[0] = s->configuration; return USB_DONE;
	case GET_INTERFACE: out[0] = 0; return s->configuration ? USB_DONE : USB_STALLED;
	default: return USB_STALLED;
	}
}

int soft_control(struct soft *s, const uint8_t setup[8], uint8_t *data, size_t *actual)
{
	size_t wanted = (size_t)setup[6] | (size_t)setup[7] << 8, n = 0;
	uint8_t answer[256];
	int status = USB_STALLED;

	if ((setup[0] & 0xFC) == FROM_DEVICE) {
		status = with_data(s, setup, answer, &n);
	} else if ((setup[0] & 0xFC) == 0 && wanted == 0) {
		status = without_data(s, setup);
	} else if (setup[0] == VENDOR_FROM_DEVICE && setup[1] == JB_USB_MS_CODE &&
		   setup[4] == MS_INDEX) {
		n = COPY(answer, usb_ms_descriptor);
		status = USB_DONE;
	}
	*actual = 0;
	if (status != USB_DONE || n == 0)
		return status;
	*actual = n < wanted ? n : wanted;
	memcpy(data, answer, *actual);
	return status;
}
