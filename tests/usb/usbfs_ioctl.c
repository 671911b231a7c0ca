/* SPDX-License-Identifier: MIT
 * The ioctls of usbfs that libusb uses. Called in the testbed's thread. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "usbfs_parts.h"

enum {
	CAPABILITIES = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
		       USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT,
	SETUP_BYTES = 8,
	URB_BYTES_MAX = 1 << 20
};

/* ---- descriptors ----------------------------------------------------------------------------- */

enum { INTERFACE = 4, ENDPOINT = 5, DEVICE_SIZE = 18 };

/* Interface that an endpoint address belongs to, or that has the number (address < 0); -1: none. */
static int interface_of(const struct usbfs *u, int address, int number)
{
	const uint8_t *p = u->descriptors.bytes + DEVICE_SIZE;
	const uint8_t *end = u->descriptors.bytes + u->descriptors.size;
	int interface = -1;

	for (; p + 3 <= end && p[0] >= 2; p += p[0]) {
		if (p[1] == INTERFACE)
			interface = p[2];
		if (p[1] == INTERFACE && address < 0 && p[2] == number)
			return interface;
		if (p[1] == ENDPOINT && p[2] == address)
			return interface;
	}
	return -1;
}

/* ---- finished URBs ----------------------------------------------------------------------------- */

static void take(struct usbfs_urb **list, struct usbfs_urb *urb)
{
	while (*list != urb)
		list = &(*list)->next;
	*list = urb->next;
}

static struct usbfs_urb *next_done(struct usbfs *u, const void *client)
{
	struct usbfs_urb *found = NULL;

	for (struct usbfs_urb *urb = u->urbs; urb; urb = urb->next)
		if (urb->done && urb->client == client && (!found || urb->order < found->order))
			found = urb;
	return found;
}

void usbfs_show_ready(struct usbfs *u)
{
	bool ready = false;

	for (const struct usbfs_urb *urb = u->urbs; urb && !ready; urb = urb->next)
		ready = urb->done;
	usbfs_node_ready(&u->node, ready);
}

static int status_of(const struct usb_transfer *t)
{
	switch (t->status) {
	case USB_DONE: return 0;
	case USB_STALLED: return -EPIPE;
	case USB_CANCELLED: return -ENOENT;
	case USB_GONE: return -ESHUTDOWN;
	case USB_OVERRUN: return -EOVERFLOW;
	default: return -EPROTO;
	}
}

/* Writes the result into the client's memory; it gets there when the ioctl completes. */
static void write_back(struct usbfs_urb *urb)
{
	struct usbdevfs_urb *out = (struct usbdevfs_urb *)(void *)urb->urb->data;
	const struct usb_transfer *t = &urb->transfer;
	bool in = t->endpoint ? t->endpoint & 0x80 : t->setup[0] & 0x80;

	out->status = status_of(t);
	out->actual_length = (int)t->actual;
	if (in && t->actual)
		memcpy(urb->buffer->data + (t->endpoint ? 0 : SETUP_BYTES), t->data, t->actual);
}

static int reap(struct usbfs *u, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct usbfs_urb *urb = next_done(u, client);
	UMockdevIoctlData *pointer;

	if (!urb)
		return u->plugged ? EAGAIN : ENODEV;
	pointer = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);
	if (!pointer)
		return EFAULT;
	write_back(urb);
	umockdev_ioctl_data_set_ptr(pointer, 0, urb->urb);
	umockdev_ioctl_data_unref(pointer);
	take(&u->urbs, urb);
	usbfs_urb_free(urb);
	usbfs_show_ready(u);
	return 0;
}

/* ---- submit, discard --------------------------------------------------------------------------- */

/* Checks as the kernel's, but an endpoint of an interface that was not claimed is refused: the kernel
 * only complains. */
static int check_urb(const struct usbfs *u, const void *client, const struct usbdevfs_urb *urb)
{
	int interface = interface_of(u, urb->endpoint, 0);

	if (urb->buffer_length < 0 || urb->buffer_length > URB_BYTES_MAX)
		return EINVAL;
	if (urb->type == USBDEVFS_URB_TYPE_CONTROL)
		return urb->buffer_length < SETUP_BYTES ? EINVAL : 0;
	if (urb->type != USBDEVFS_URB_TYPE_BULK)
		return EINVAL;
	if (interface < 0 || interface >= USBFS_INTERFACES)
		return ENOENT;
	return u->claimed[interface] == client ? 0 : EINVAL;
}

static int fill_transfer(struct usb_transfer *t, const struct usbdevfs_urb *urb,
			 const uint8_t *buffer)
{
	size_t head = urb->type == USBDEVFS_URB_TYPE_CONTROL ? SETUP_BYTES : 0;

	t->length = (size_t)urb->buffer_length - head;
	t->endpoint = head ? 0 : urb->endpoint;
	t->zero_packet = urb->flags & USBDEVFS_URB_ZERO_PACKET;
	if (head) {
		size_t stage;

		memcpy(t->setup, buffer, SETUP_BYTES);
		stage = t->setup[6] | (size_t)t->setup[7] << 8;
		if (stage > t->length)
			return EINVAL;
		t->length = stage;
	}
	t->data = malloc(t->length + 1);
	if (!t->data)
		return ENOMEM;
	if (t->length)
		memcpy(t->data, buffer + head, t->length);
	return 0;
}

static int submit(struct usbfs *u, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *data, *buffer = NULL;
	const struct usbdevfs_urb *urb;
	struct usbfs_urb *own;
	int error;

	data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
	if (!data)
		return EFAULT;
	urb = (const struct usbdevfs_urb *)(void *)data->data;
	error = check_urb(u, client, urb);
	own = error ? NULL : calloc(1, sizeof(*own));
	if (!own) {
		umockdev_ioctl_data_unref(data);
		return error ? error : ENOMEM;
	}
	if (urb->buffer_length)
		buffer = umockdev_ioctl_data_resolve(data,
						     G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
						     (gsize)urb->buffer_length, NULL);
	own->client = client;
	own->urb = data;
	own->buffer = buffer;
	own->transfer.user = own;
	error = urb->buffer_length && !buffer
			? EFAULT
			: fill_transfer(&own->transfer, urb, buffer ? buffer->data : NULL);
	if (error) {
		usbfs_urb_free(own);
		return error;
	}
	own->next = u->urbs;
	u->urbs = own;
	u->pending++;
	u->port->ops->submit(u->port, &own->transfer);
	pthread_cond_signal(&u->wake);
	return 0;
}

static int discard(struct usbfs *u, const void *client, const UMockdevIoctlData *arg)
{
	gulong address;

	memcpy(&address, arg->data, sizeof(address));
	for (struct usbfs_urb *urb = u->urbs; urb; urb = urb->next) {
		if (urb->client != client || urb->done || urb->urb->client_addr != address)
			continue;
		u->port->ops->cancel(u->port, &urb->transfer);
		usbfs_collect(u);
		return 0;
	}
	return EINVAL;
}

/* ---- interfaces and configuration -------------------------------------------------------------- */

static int claim(struct usbfs *u, const void *client, unsigned number)
{
	if (interface_of(u, -1, (int)number) < 0 || number >= USBFS_INTERFACES)
		return ENOENT;
	if (u->claimed[number] && u->claimed[number] != client)
		return EBUSY;
	u->claimed[number] = client;
	return 0;
}

static int release(struct usbfs *u, const void *client, unsigned number)
{
	if (number >= USBFS_INTERFACES || u->claimed[number] != client)
		return EINVAL;
	u->claimed[number] = NULL;
	return 0;
}

/* A request of the kernel itself without data. */
static int request(struct usbfs *u, uint8_t type, uint8_t code, unsigned value, unsigned index)
{
	uint8_t setup[8] = { type, code, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index };
	size_t none = 0;

	switch (usbfs_control(u, setup, NULL, &none)) {
	case USB_DONE: return 0;
	case USB_STALLED: return EPIPE;
	case USB_GONE: return ENODEV;
	default: return ETIMEDOUT;
	}
}

static int configure(struct usbfs *u, int value)
{
	for (int i = 0; i < USBFS_INTERFACES; i++)
		if (u->claimed[i])
			return EBUSY;
	return request(u, 0, 9, value < 0 ? 0 : (unsigned)value, 0);
}

static int clear_halt(struct usbfs *u, const void *client, unsigned endpoint)
{
	int interface = interface_of(u, (int)endpoint, 0);
	int error;

	if (interface < 0 || interface >= USBFS_INTERFACES)
		return ENOENT;
	if (u->claimed[interface] != client)
		return EBUSY;
	error = request(u, 2, 1, 0, endpoint);
	if (!error)
		u->port->ops->clear_toggle(u->port, (uint8_t)endpoint);
	return error;
}

static int reset(struct usbfs *u)
{
	int error = u->port->ops->reset(u->port) ? ENODEV : 0;

	usbfs_collect(u);
	return error ? error : request(u, 0, 9, 1, 0);
}

/* ---- dispatch ---------------------------------------------------------------------------------- */

/* Ioctls whose argument is a structure of known size, already here. */
static int serve_argument(struct usbfs *u, const void *client, gulong code, UMockdevIoctlData *d)
{
	unsigned number;
	uint32_t capabilities = CAPABILITIES;

	memcpy(&number, d->data, sizeof(number));
	switch (code) {
	case USBDEVFS_GET_CAPABILITIES:
		memcpy(d->data, &capabilities, sizeof(capabilities));
		return 0;
	case USBDEVFS_CLAIMINTERFACE: return claim(u, client, number);
	case USBDEVFS_RELEASEINTERFACE: return release(u, client, number);
	case USBDEVFS_DISCONNECT_CLAIM: return claim(u, client, number);
	case USBDEVFS_SETCONFIGURATION: return configure(u, (int)number);
	case USBDEVFS_CLEAR_HALT: return clear_halt(u, client, number);
	case USBDEVFS_SETINTERFACE: {
		struct usbdevfs_setinterface s;

		memcpy(&s, d->data, sizeof(s));
		if (s.interface >= USBFS_INTERFACES || u->claimed[s.interface] != client)
			return EINVAL;
		return request(u, 1, 11, s.altsetting, s.interface);
	}
	default: return ENODATA; /* GETDRIVER and the like: no kernel driver is bound */
	}
}

static size_t argument_size(gulong code)
{
	switch (code) {
	case USBDEVFS_DISCONNECT_CLAIM: return sizeof(struct usbdevfs_disconnect_claim);
	case USBDEVFS_SETINTERFACE: return sizeof(struct usbdevfs_setinterface);
	case USBDEVFS_GETDRIVER: return sizeof(struct usbdevfs_getdriver);
	case USBDEVFS_IOCTL: return sizeof(struct usbdevfs_ioctl);
	case USBDEVFS_GET_CAPABILITIES:
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_RELEASEINTERFACE:
	case USBDEVFS_SETCONFIGURATION:
	case USBDEVFS_CLEAR_HALT: return sizeof(unsigned);
	default: return 0;
	}
}

/* 0 or an errno value. */
static int serve(struct usbfs *u, UMockdevIoctlClient *client, gulong code, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d;
	size_t size;
	int error;

	if (code == USBDEVFS_REAPURBNDELAY)
		return reap(u, client, arg);
	if (!u->plugged)
		return ENODEV;
	switch (code) {
	case USBDEVFS_SUBMITURB: return submit(u, client, arg);
	case USBDEVFS_DISCARDURB: return discard(u, client, arg);
	case USBDEVFS_RESET: return reset(u);
	default: break;
	}
	size = argument_size(code);
	if (size == 0)
		return ENOTTY;
	d = umockdev_ioctl_data_resolve(arg, 0, size, NULL);
	if (!d)
		return EFAULT;
	error = serve_argument(u, client, code, d);
	umockdev_ioctl_data_unref(d);
	return error;
}

/* An open file: lives as long as umockdev's object for it, whose signal "client-vanished" is not sent. */
struct opened {
	struct usbfs *usbfs;
	const void *client;
};

/* The file was closed: its transfers end, its interfaces are free. */
static void vanished(gpointer user)
{
	struct opened *o = user;
	struct usbfs *u = o->usbfs;
	const void *client = o->client;
	struct usbfs_urb *next;

	usbfs_lock(u);
	for (struct usbfs_urb *urb = u->urbs; urb; urb = urb->next)
		if (urb->client == client && !urb->done)
			u->port->ops->cancel(u->port, &urb->transfer);
	usbfs_collect(u);
	for (struct usbfs_urb *urb = u->urbs; urb; urb = next) {
		next = urb->next;
		if (urb->client != client)
			continue;
		take(&u->urbs, urb);
		usbfs_urb_free(urb);
	}
	for (int i = 0; i < USBFS_INTERFACES; i++)
		if (u->claimed[i] == client)
			u->claimed[i] = NULL;
	usbfs_show_ready(u);
	usbfs_unlock(u);
	free(o);
}

static void watch(struct usbfs *u, UMockdevIoctlClient *client)
{
	static const char key[] = "usbfs";
	struct opened *o;

	if (g_object_get_data(G_OBJECT(client), key))
		return;
	o = calloc(1, sizeof(*o));
	if (!o)
		abort();
	o->usbfs = u;
	o->client = client;
	g_object_set_data_full(G_OBJECT(client), key, o, vanished);
}

gboolean usbfs_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
	struct usbfs *u = user;
	int error;

	(void)base;
	watch(u, client);
	usbfs_lock(u);
	error = serve(u, client, umockdev_ioctl_client_get_request(client),
		      umockdev_ioctl_client_get_arg(client));
	usbfs_unlock(u);
	umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
	return TRUE;
}
