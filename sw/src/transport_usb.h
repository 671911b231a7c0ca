/* SPDX-License-Identifier: MIT
 * Transport "usb": a board's bulk endpoints through libusb. */
#ifndef JB_TRANSPORT_USB_H
#define JB_TRANSPORT_USB_H

#include "transport.h"

extern const struct transport transport_usb;

#endif
