/* SPDX-License-Identifier: MIT
 * A simulated device as the host model sees it: two wires, clocked at the device's own 48 MHz.
 * Implemented by the thin wrappers of Verilated tops (sim/usb_device.cpp, sim/jetbnn_usb.cpp). */
#ifndef JB_USB_PINS_H
#define JB_USB_PINS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct usb_pins {
	bool dp, dm; /* what the device drives while drive is set */
	bool drive;  /* output enable */
	bool pull;   /* pull-up of D+ on: the device wants to be seen */
};

/* One clock of the device: dp and dm are the levels of the wires before its edge, *out what it drives
 * after it. The host model resolves the wires: device while drive, else host, else idle (J by the
 * pull-up, SE0 without). */
struct usb_device_model {
	void *state;
	void (*clock)(void *state, bool dp, bool dm, struct usb_pins *out);
};

#ifdef __cplusplus
}
#endif
#endif
