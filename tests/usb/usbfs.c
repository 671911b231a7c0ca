/* SPDX-License-Identifier: MIT
 * Plugging in and out, enumeration, and the thread that lets bus time pass. */
#define _DEFAULT_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "usbfs_parts.h"

enum {
	SLICE_US = 250,       /* bus time between two looks at the clients */
	CONTROL_US = 5000000, /* a kernel's limit for a control transfer */
	CONFIG_HEAD = 9,
	DEVICE_SIZE = 18,
	POLL_US = 1000
};

/* As usbfs_lock, for the pump: whoever waits goes first. */
static void pump_lock(struct usbfs *u)
{
	while (__atomic_load_n(&u->waiting, __ATOMIC_ACQUIRE))
		sched_yield();
	pthread_mutex_lock(&u->lock);
}

void usbfs_lock(struct usbfs *u)
{
	__atomic_add_fetch(&u->waiting, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_lock(&u->lock);
	__atomic_sub_fetch(&u->waiting, 1, __ATOMIC_ACQ_REL);
}

void usbfs_unlock(struct usbfs *u)
{
	pthread_mutex_unlock(&u->lock);
}

void usbfs_urb_free(struct usbfs_urb *urb)
{
	umockdev_ioctl_data_unref(urb->urb);
	if (urb->buffer)
		umockdev_ioctl_data_unref(urb->buffer);
	free(urb->transfer.data);
	free(urb);
}

/* One ended transfer of the port. */
static void ended(struct usbfs *u, struct usb_transfer *t)
{
	struct usbfs_urb *urb = t->user;

	if (!urb) /* the kernel's own: its caller looks at the status */
		return;
	u->pending--;
	if (t->endpoint & 0x7F)
		u->moved += t->actual;
	urb->done = true;
	urb->order = u->ended++;
	usbfs_node_ready(&u->node, true);
}

void usbfs_collect(struct usbfs *u)
{
	struct usb_transfer *t;

	while ((t = u->port->ops->reap(u->port)))
		ended(u, t);
}

int usbfs_control(struct usbfs *u, const uint8_t setup[8], uint8_t *data, size_t *length)
{
	struct usb_transfer t = { .data = data, .length = *length };
	unsigned passed, total = 0;

	memcpy(t.setup, setup, sizeof(t.setup));
	u->port->ops->submit(u->port, &t);
	do {
		passed = u->port->ops->run(u->port, SLICE_US);
		total += passed;
		usbfs_collect(u);
	} while (t.status == USB_PENDING && passed > 0 && total < CONTROL_US);
	if (t.status == USB_PENDING) {
		u->port->ops->cancel(u->port, &t);
		usbfs_collect(u);
	}
	*length = t.actual;
	return t.status;
}

/* GET_DESCRIPTOR; true when `wanted` bytes came. */
static bool get_descriptor(struct usbfs *u, uint8_t type, uint8_t *out, size_t wanted)
{
	uint8_t setup[8] = { 0x80, 6, 0, type, 0, 0, (uint8_t)wanted, (uint8_t)(wanted >> 8) };
	size_t n = wanted;

	return usbfs_control(u, setup, out, &n) == USB_DONE && n == wanted;
}

/* What a kernel does with a device that was plugged in. A configuration that is cut short stays as it is. */
static const char *enumerate(struct usbfs *u)
{
	static const uint8_t configure[8] = { 0, 9, 1 };
	struct usbfs_descriptors *d = &u->descriptors;
	uint8_t *config = d->bytes + DEVICE_SIZE;
	size_t none = 0, total;
	uint8_t get_config[8] = { 0x80, 6, 0, 2 };

	if (u->port->ops->attach(u->port, true))
		return "the device does not answer the reset";
	if (!get_descriptor(u, 1, d->bytes, DEVICE_SIZE))
		return "no device descriptor";
	if (!get_descriptor(u, 2, config, CONFIG_HEAD))
		return "no configuration descriptor";
	total = config[2] | (size_t)config[3] << 8;
	if (total < CONFIG_HEAD || total > sizeof(d->bytes) - DEVICE_SIZE)
		return "the configuration descriptor's length is out of range";
	get_config[6] = config[2];
	get_config[7] = config[3];
	if (usbfs_control(u, get_config, config, &total) != USB_DONE)
		return "no configuration descriptor of full length";
	d->size = DEVICE_SIZE + total;
	if (usbfs_control(u, configure, NULL, &none) != USB_DONE)
		return "SET_CONFIGURATION failed";
	return NULL;
}

static void pull_out(struct usbfs *u)
{
	if (!u->plugged)
		return;
	u->plugged = false;
	u->port->ops->attach(u->port, false);
	usbfs_collect(u);
	usbfs_node_hang_up(&u->node);
}

static long microseconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000000L + (now.tv_nsec - then->tv_nsec) / 1000;
}

/* Sleeps, with the lock given up, until a client wants something or `us` have passed. */
static void wait_wake(struct usbfs *u, long us)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += us * 1000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&u->wake, &u->lock, &until);
}

static void *pump(void *user)
{
	struct usbfs *u = user;
	struct timespec start;
	unsigned passed;

	pump_lock(u);
	while (!u->stop) {
		if (!u->plugged || u->pending == 0) {
			pthread_cond_wait(&u->wake, &u->lock);
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &start);
		passed = u->port->ops->run(u->port, SLICE_US);
		usbfs_collect(u);
		if (u->unplug_at && u->moved >= u->unplug_at)
			pull_out(u);
		else if (u->pending && (long)passed > microseconds_since(&start))
			wait_wake(u, (long)passed < SLICE_US ? 0 : POLL_US);
		pthread_mutex_unlock(&u->lock);
		pump_lock(u);
	}
	pthread_mutex_unlock(&u->lock);
	return NULL;
}

static void init_sync(struct usbfs *u)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void drop_urbs(struct usbfs *u)
{
	while (u->urbs) {
		struct usbfs_urb *next = u->urbs->next;

		usbfs_urb_free(u->urbs);
		u->urbs = next;
	}
}

static void destroy(struct usbfs *u)
{
	usbfs_node_hang_up(&u->node);
	drop_urbs(u);
	pthread_cond_destroy(&u->wake);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

struct usbfs *usbfs_new(struct usb_port *port, char why[128])
{
	struct usbfs *u = calloc(1, sizeof(*u));
	const char *wrong = "out of memory";

	if (!u)
		goto failed;
	u->port = port;
	u->node.master = u->node.slave = -1;
	init_sync(u);
	wrong = enumerate(u);
	if (!wrong && usbfs_node_open(&u->node))
		wrong = "no pseudo terminal";
	u->plugged = true;
	if (!wrong && pthread_create(&u->thread, NULL, pump, u))
		wrong = "no thread";
	if (wrong) {
		port->ops->attach(port, false);
		destroy(u);
		goto failed;
	}
	u->handler = umockdev_ioctl_base_new();
	g_signal_connect(u->handler, "handle-ioctl", G_CALLBACK(usbfs_ioctl), u);
	return u;
failed:
	snprintf(why, 128, "%s", wrong);
	return NULL;
}

void usbfs_free(struct usbfs *u)
{
	usbfs_lock(u);
	pull_out(u);
	u->stop = true;
	pthread_cond_broadcast(&u->wake);
	usbfs_unlock(u);
	pthread_join(u->thread, NULL);
	g_object_unref(u->handler);
	destroy(u);
}

void usbfs_unplug(struct usbfs *u)
{
	usbfs_lock(u);
	pull_out(u);
	usbfs_unlock(u);
}

const struct usbfs_descriptors *usbfs_descriptors(const struct usbfs *u)
{
	return &u->descriptors;
}

const char *usbfs_path(const struct usbfs *u)
{
	return u->node.path;
}

UMockdevIoctlBase *usbfs_handler(const struct usbfs *u)
{
	return u->handler;
}

void usbfs_unplug_after(struct usbfs *u, size_t bytes)
{
	usbfs_lock(u);
	u->unplug_at = bytes;
	usbfs_unlock(u);
}

bool usbfs_plugged(struct usbfs *u)
{
	bool plugged;

	usbfs_lock(u);
	plugged = u->plugged;
	usbfs_unlock(u);
	return plugged;
}
