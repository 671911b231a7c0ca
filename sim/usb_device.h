/* SPDX-License-Identifier: MIT
 * The Verilated usb_device alone, its two byte streams within reach. */
#ifndef JB_SIM_USB_DEVICE_H
#define JB_SIM_USB_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "usb_host/usb_pins.h"

#ifdef __cplusplus
extern "C" {
#endif

struct usb_bench;

/* What the accelerator's side does with each clock: looks at the byte received and offers one to send. */
struct usb_bench_stream {
	void *state;
	/* rx: byte that arrived, -1 none. Returns whether it is taken. */
	bool (*take)(void *state, int rx);
	/* The byte to send or -1; the same one again until sent(). */
	int (*offer)(void *state);
	void (*sent)(void *state);
};

struct usb_bench *usb_bench_new(const struct usb_bench_stream *stream);
void usb_bench_free(struct usb_bench *b);
/* The pins for the host model. */
struct usb_device_model usb_bench_model(struct usb_bench *b);
void usb_bench_attach(struct usb_bench *b, bool attach);
bool usb_bench_configured(const struct usb_bench *b);
bool usb_bench_suspended(const struct usb_bench *b);

#ifdef __cplusplus
}
#endif
#endif
