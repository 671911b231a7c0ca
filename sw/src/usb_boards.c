/* SPDX-License-Identifier: MIT */
#include "usb_boards.h"

#include <stdio.h>
#include <string.h>

#include "jetbnn_defs.h"
#include "model.h"

static void read_text(libusb_device_handle *h, uint8_t index, char text[USB_TEXT])
{
	if (index == 0 ||
	    libusb_get_string_descriptor_ascii(h, index, (unsigned char *)text, USB_TEXT) < 0)
		text[0] = 0;
}

/* Version of the packets: the protocol byte of our interface, or -1. */
static int read_protocol(libusb_device *device)
{
	struct libusb_config_descriptor *c;
	int version = -1;

	if (libusb_get_active_config_descriptor(device, &c) &&
	    libusb_get_config_descriptor(device, 0, &c))
		return -1;
	if (c->bNumInterfaces > 0 && c->interface[0].num_altsetting > 0)
		version = c->interface[0].altsetting[0].bInterfaceProtocol;
	libusb_free_config_descriptor(c);
	return version;
}

static enum bnn_board_state open_board(struct usb_found *f,
				       const struct libusb_device_descriptor *d)
{
	int rc = libusb_open(f->device, &f->handle);

	if (rc) {
		f->handle = NULL;
		return rc == LIBUSB_ERROR_ACCESS ? BNN_BOARD_NO_PERMISSION : BNN_BOARD_UNREADABLE;
	}
	read_text(f->handle, d->iSerialNumber, f->serial);
	read_text(f->handle, d->iProduct, f->product);
	return f->protocol == JB_PKT_VERSION ? BNN_BOARD_READY : BNN_BOARD_OTHER_PROTOCOL;
}

/* Whether another program uses a board shows when it is claimed. Only the one that is wanted is: for that
 * moment nobody else could take it. */
static void claim(struct usb_found *f)
{
	int rc = f->state == BNN_BOARD_READY ? libusb_claim_interface(f->handle, 0) : 0;

	if (rc)
		f->state = rc == LIBUSB_ERROR_BUSY ? BNN_BOARD_BUSY : BNN_BOARD_UNREADABLE;
}

int usb_list_boards(libusb_context *ctx, struct usb_list *out, struct bnn_err *err)
{
	libusb_device **all;
	ssize_t n = libusb_get_device_list(ctx, &all);

	out->count = 0;
	if (n < 0)
		return err_set(err, BNN_E_NO_DEVICE, "the USB bus cannot be read: %s",
			       libusb_strerror((int)n));
	for (ssize_t i = 0; i < n && out->count < USB_MAX_FOUND; i++) {
		struct libusb_device_descriptor d;
		struct usb_found *f = &out->board[out->count];

		if (libusb_get_device_descriptor(all[i], &d) || d.idVendor != JB_USB_VENDOR ||
		    d.idProduct != JB_USB_PRODUCT)
			continue;
		memset(f, 0, sizeof(*f));
		f->device = libusb_ref_device(all[i]);
		f->protocol = read_protocol(all[i]);
		snprintf(f->place, sizeof(f->place), "%03u/%03u", libusb_get_bus_number(all[i]),
			 libusb_get_device_address(all[i]));
		f->state = open_board(f, &d);
		out->count++;
	}
	libusb_free_device_list(all, 1);
	return BNN_OK;
}

void usb_list_free(struct usb_list *list)
{
	for (int i = 0; i < list->count; i++) {
		struct usb_found *f = &list->board[i];

		if (f->handle)
			libusb_close(f->handle); /* and gives up the claim */
		libusb_unref_device(f->device);
	}
	list->count = 0;
}

/* " usb:A usb:B (001/004, no serial number)" */
static void names(const struct usb_list *list, char *text, size_t size)
{
	size_t at = 0;

	text[0] = 0;
	for (int i = 0; i < list->count && at < size; i++) {
		const struct usb_found *f = &list->board[i];

		at += (size_t)(f->serial[0]
				       ? snprintf(text + at, size - at, " usb:%.20s", f->serial)
				       : snprintf(text + at, size - at,
						  " (%s, serial number unknown)", f->place));
	}
}

static int refuse(const struct usb_found *f, struct bnn_err *err)
{
	switch (f->state) {
	case BNN_BOARD_NO_PERMISSION:
		return err_set(err, BNN_E_NO_DEVICE,
			       "no permission for the board at %s; put this line in " BNN_UDEV_FILE
			       " and plug the board in again: " BNN_UDEV_RULE,
			       f->place);
	case BNN_BOARD_BUSY:
		return err_set(err, BNN_E_NO_DEVICE, "board usb:%.20s is in use by another program",
			       f->serial);
	case BNN_BOARD_OTHER_PROTOCOL:
		return err_set(err, BNN_E_DEVICE,
			       "board usb:%.20s speaks protocol version %d, this program %d: flash "
			       "its bitstream again",
			       f->serial, f->protocol, JB_PKT_VERSION);
	default: return err_set(err, BNN_E_NO_DEVICE, "the board at %s does not answer", f->place);
	}
}

int usb_choose(const struct usb_list *list, const char *serial, struct bnn_err *err)
{
	char text[160];
	int found = -1, hidden = -1;

	names(list, text, sizeof(text));
	if (list->count == 0)
		return err_set(err, BNN_E_NO_DEVICE, "no board with USB %04x:%04x is plugged in",
			       JB_USB_VENDOR, JB_USB_PRODUCT);
	if (!serial && list->count > 1)
		return err_set(err, BNN_E_NO_DEVICE, "%d boards are plugged in, choose one:%s",
			       list->count, text);
	for (int i = 0; i < list->count; i++) {
		if (!serial || !strcmp(list->board[i].serial, serial)) {
			if (found >= 0)
				return err_set(
					err, BNN_E_NO_DEVICE,
					"two boards have the serial number %.40s, at %s and %s; "
					"unplug one",
					serial, list->board[found].place, list->board[i].place);
			found = i;
		}
		if (list->board[i].state == BNN_BOARD_NO_PERMISSION)
			hidden = i;
	}
	if (found < 0 && hidden >= 0)
		found = hidden; /* it may be that one: its serial number cannot be read */
	if (found < 0)
		return err_set(err, BNN_E_NO_DEVICE, "no board usb:%.40s; there are:%s", serial,
			       text);
	return list->board[found].state == BNN_BOARD_READY ? found
							   : refuse(&list->board[found], err);
}

int usb_take(libusb_context *ctx, const char *serial, libusb_device_handle **out,
	     struct bnn_err *err)
{
	struct usb_list list;
	int rc = usb_list_boards(ctx, &list, err);

	if (rc)
		return rc;
	rc = usb_choose(&list, serial, err);
	if (rc >= 0) {
		struct usb_found *f = &list.board[rc];

		claim(f);
		rc = f->state == BNN_BOARD_READY ? BNN_OK : refuse(f, err);
		if (!rc) {
			*out = f->handle;
			f->handle = NULL;
		}
	}
	usb_list_free(&list);
	return rc;
}

const char *bnn_board_state_text(int state)
{
	static const char *const text[] = { "ready", "no permission", "in use by another program",
					    "other protocol version", "does not answer" };

	return state >= 0 && state < (int)(sizeof(text) / sizeof(text[0])) ? text[state]
									   : "unknown";
}

static void describe(const struct usb_found *f, struct bnn_board_info *out)
{
	out->state = f->state;
	out->protocol = f->protocol;
	snprintf(out->serial, sizeof(out->serial), "%s", f->serial);
	snprintf(out->product, sizeof(out->product), "%s", f->product);
	snprintf(out->place, sizeof(out->place), "%s", f->place);
	snprintf(out->device, sizeof(out->device), f->serial[0] ? "usb:%s" : "usb", f->serial);
}

int bnn_list(struct bnn_board_info *out, int size, int *count, struct bnn_err *err)
{
	struct usb_list list = { .count = 0 };
	libusb_context *ctx;
	int rc = libusb_init(&ctx);

	*count = 0;
	if (rc)
		return err_set(err, BNN_E_NO_DEVICE, "USB is not available: %s",
			       libusb_strerror(rc));
	rc = usb_list_boards(ctx, &list, err);
	for (int i = 0; i < list.count && *count < size; i++) {
		claim(&list.board[i]);
		describe(&list.board[i], &out[(*count)++]);
	}
	usb_list_free(&list);
	libusb_exit(ctx);
	return rc;
}
