/* SPDX-License-Identifier: MIT
 * Boards on the USB bus: finding, choosing and opening them. */
#ifndef JB_USB_BOARDS_H
#define JB_USB_BOARDS_H

#include <libusb.h>

#include "bnn.h"

#define USB_TEXT 64

/* What a look at the bus tells about one board. */
struct usb_found {
	libusb_device *device;                    /* referenced by the list */
	libusb_device_handle *handle;             /* open, or NULL */
	enum bnn_board_state state;               /* BNN_BOARD_BUSY only when it was claimed */
	int protocol;                             /* version of the packets its descriptors tell */
	char serial[USB_TEXT], product[USB_TEXT]; /* empty without permission */
	char place[16];                           /* "001/004": bus and device */
};

#define USB_MAX_FOUND 32

struct usb_list {
	struct usb_found board[USB_MAX_FOUND];
	int count;
};

/* All boards of ours, each opened where that is allowed. Errors: BNN_E_NO_DEVICE (the bus cannot be
 * read). */
int usb_list_boards(libusb_context *ctx, struct usb_list *out, struct bnn_err *err);
void usb_list_free(struct usb_list *list);
/* Opens the board that `serial` means and claims it for this process; the caller closes *out. Errors: those of
 * usb_list_boards and usb_choose. */
int usb_take(libusb_context *ctx, const char *serial, libusb_device_handle **out,
	     struct bnn_err *err);
/* Index of the board that `serial` (NULL: the only one) means. Errors: BNN_E_NO_DEVICE, with the reason:
 * no board, none with that serial number (those there are named), several to choose from, no permission
 * (the udev rule that helps), busy; BNN_E_DEVICE: another protocol version. */
int usb_choose(const struct usb_list *list, const char *serial, struct bnn_err *err);

#endif
