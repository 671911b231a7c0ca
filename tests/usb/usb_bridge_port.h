/* SPDX-License-Identifier: MIT
 * A usb_port with an FT2232H bridge in C, a byte-stream device (any transport) behind the serial line of its
 * second channel. The device hears and is heard only while the channel is set to 8N1 at JB_UART_BAUD without
 * flow control. */
#ifndef TESTS_USB_BRIDGE_PORT_H
#define TESTS_USB_BRIDGE_PORT_H

#include "transport.h"
#include "usb_port.h"

/* Nothing is plugged in yet. NULL when out of memory. What is passed stays. */
struct usb_port *usb_bridge_port_open(const char *serial, const struct transport *device);

#endif
