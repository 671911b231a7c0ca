/* SPDX-License-Identifier: MIT
 * The Verilated accelerator behind its USB device (hw/jetbnn_usb.v), as the host model sees it. */
#ifndef JB_SIM_JETBNN_USB_H
#define JB_SIM_JETBNN_USB_H

#include <stdbool.h>
#include <stdint.h>

#include "usb_host/usb_pins.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jetbnn_usb;

/* After reset, attached. trace: FST file to write, or NULL. NULL when out of memory. Freed by
 * jetbnn_usb_free. */
struct jetbnn_usb *jetbnn_usb_new(const char *trace);
void jetbnn_usb_free(struct jetbnn_usb *j);
/* Pins for the host model; valid while j is. */
struct usb_device_model jetbnn_usb_pins(struct jetbnn_usb *j);
/* Device clocks since creation. */
uint64_t jetbnn_usb_clocks(const struct jetbnn_usb *j);
/* A packet or an image is under way in the accelerator. */
bool jetbnn_usb_active(const struct jetbnn_usb *j);

#ifdef __cplusplus
}
#endif
#endif
