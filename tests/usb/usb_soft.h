/* SPDX-License-Identifier: MIT
 * State of a usb_soft_port, between its two files. */
#ifndef TESTS_USB_SOFT_H
#define TESTS_USB_SOFT_H

#include "usb_soft_port.h"

enum { SOFT_OUT, SOFT_IN, SOFT_BULK, SOFT_CONTROL = SOFT_BULK, SOFT_QUEUES };

struct soft_queue {
	struct usb_transfer *head, **tail;
};

struct soft {
	struct usb_port port;
	struct usb_soft_options opt;
	bool attached;
	uint8_t address, configuration;
	bool halted[SOFT_BULK];
	struct soft_queue queue[SOFT_QUEUES], done;
	void *device;   /* state of opt.device while attached */
	bool empty_due; /* the last IN packet was full and its answer has ended */
	bool in_answer; /* the last IN packet was full */
	/* An IN packet that meets a halt waits for its end. */
	int held;
	uint8_t held_packet[64];
	size_t bytes;
	unsigned idle_us;
	uint32_t noise; /* state of the noise generator */
	/* Descriptors as this device sends them, rewritten by attach. */
	uint8_t device_descriptor[18], config[64];
	size_t config_size;
};

/* usb_soft_ctrl.c */
void soft_describe(struct soft *s);
/* One control transfer: USB_DONE or USB_STALLED, *actual data bytes moved. */
int soft_control(struct soft *s, const uint8_t setup[8], uint8_t *data, size_t *actual);

/* usb_soft_port.c */
/* Both bulk endpoints without halt, packet and bytes under way, as SET_INTERFACE leaves them. */
void soft_empty(struct soft *s);

#endif
