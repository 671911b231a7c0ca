/* SPDX-License-Identifier: MIT
 * Runs in the guest: what the kernel and libusb see of the device, without our host library.
 *   usb_probe       descriptors, requests, halt, reset
 *   usb_probe gone  the device is pulled out with the first byte it gets
 * A line "RESULT pass|fail NAME" for each check; exit status 1 when one failed. */
#define _POSIX_C_SOURCE 200809L
#include <libusb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "jetbnn_defs.h"
#include "usb_descriptors.h"

enum {
	WAIT_MS = 60000, /* the bus is simulated, the guest's time is ours */
	SHORT_MS = 200,
	TO_DEVICE = LIBUSB_RECIPIENT_DEVICE,
	TO_ENDPOINT = LIBUSB_RECIPIENT_ENDPOINT,
	VENDOR_IN = LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_VENDOR,
	HALT = 0
};

static int failures;

static void check(const char *name, bool good, int got)
{
	printf("RESULT %s probe: %s", good ? "pass" : "fail", name);
	if (!good)
		printf(" (got %d, %s)", got, got < 0 ? libusb_error_name(got) : "bytes");
	putchar('\n');
	failures += !good;
}

static void same(const char *name, int got, const uint8_t *data, const uint8_t *wanted, size_t size)
{
	check(name, got == (int)size && !memcmp(data, wanted, size), got);
}

static int control(libusb_device_handle *h, int type, int request, int value, int index,
		   uint8_t *data, int size)
{
	return libusb_control_transfer(h, (uint8_t)type, (uint8_t)request, (uint16_t)value,
				       (uint16_t)index, data, (uint16_t)size, WAIT_MS);
}

static void descriptors(libusb_device_handle *h)
{
	uint8_t data[256];
	int n = libusb_get_descriptor(h, LIBUSB_DT_DEVICE, 0, data, sizeof(data));

	same("device descriptor", n, data, usb_device_descriptor, sizeof(usb_device_descriptor));
	n = libusb_get_descriptor(h, LIBUSB_DT_CONFIG, 0, data, sizeof(data));
	same("configuration", n, data, usb_config_descriptor, sizeof(usb_config_descriptor));
	n = libusb_get_descriptor(h, LIBUSB_DT_BOS, 0, data, sizeof(data));
	same("BOS descriptor", n, data, usb_bos_descriptor, sizeof(usb_bos_descriptor));
	n = libusb_get_string_descriptor(h, usb_device_descriptor[16], 0x0409, data, sizeof(data));
	same("serial number", n, data, usb_string_serial_descriptor,
	     sizeof(usb_string_serial_descriptor));
	n = control(h, VENDOR_IN, JB_USB_MS_CODE, 0, 7, data, sizeof(data));
	same("Microsoft OS 2.0 descriptors", n, data, usb_ms_descriptor, sizeof(usb_ms_descriptor));
	n = libusb_get_descriptor(h, 6, 0, data, sizeof(data));
	check("device qualifier stalls", n == LIBUSB_ERROR_PIPE, n);
	n = control(h, VENDOR_IN, JB_USB_MS_CODE + 1, 0, 0, data, sizeof(data));
	check("unknown vendor request stalls", n == LIBUSB_ERROR_PIPE, n);
	n = control(h, LIBUSB_ENDPOINT_IN | TO_DEVICE, LIBUSB_REQUEST_GET_STATUS, 0, 0, data, 2);
	check("status", n == 2 && !data[0] && !data[1], n);
}

static int halted(libusb_device_handle *h, uint8_t endpoint)
{
	uint8_t status[2] = { 0 };
	int n = control(h, LIBUSB_ENDPOINT_IN | TO_ENDPOINT, LIBUSB_REQUEST_GET_STATUS, 0, endpoint,
			status, 2);

	return n == 2 ? status[0] : n;
}

static void halt(libusb_device_handle *h)
{
	uint8_t data[JB_USB_PACKET];
	int n, moved;

	n = libusb_bulk_transfer(h, JB_USB_EP_IN, data, sizeof(data), &moved, SHORT_MS);
	check("nothing to read: time-out", n == LIBUSB_ERROR_TIMEOUT && !moved, n);
	n = control(h, TO_ENDPOINT, LIBUSB_REQUEST_SET_FEATURE, HALT, JB_USB_EP_IN, NULL, 0);
	check("endpoint halts", n == 0 && halted(h, JB_USB_EP_IN) == 1, n);
	n = libusb_bulk_transfer(h, JB_USB_EP_IN, data, sizeof(data), &moved, WAIT_MS);
	check("a halted endpoint stalls", n == LIBUSB_ERROR_PIPE, n);
	n = libusb_clear_halt(h, JB_USB_EP_IN);
	check("clear halt", n == 0 && halted(h, JB_USB_EP_IN) == 0, n);
	n = libusb_bulk_transfer(h, JB_USB_EP_IN, data, sizeof(data), &moved, SHORT_MS);
	check("after it: time-out again", n == LIBUSB_ERROR_TIMEOUT && !moved, n);
}

static void configuration(libusb_device_handle *h)
{
	int value = -1, n = libusb_get_configuration(h, &value);

	check("the kernel configured it", n == 0 && value == 1, n ? n : value);
	n = libusb_claim_interface(h, 0);
	check("claim", n == 0, n);
	halt(h);
	n = libusb_release_interface(h, 0);
	check("release", n == 0, n);
	n = libusb_reset_device(h);
	check("reset and enumeration again", n == 0, n);
	n = libusb_get_configuration(h, &value);
	check("configured again", n == 0 && value == 1, n ? n : value);
}

static int LIBUSB_CALL on_left(libusb_context *context, libusb_device *device,
			       libusb_hotplug_event event, void *user)
{
	(void)context;
	(void)device;
	(void)event;
	*(int *)user = 1;
	return 0;
}

static void unplug(libusb_device_handle *h)
{
	uint8_t data[JB_USB_PACKET] = { 0 };
	struct timeval now = { 0 };
	const struct timespec step = { .tv_nsec = SHORT_MS * 1000000L };
	int n, moved, left = 0;

	n = libusb_hotplug_register_callback(NULL, LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
					     JB_USB_VENDOR, JB_USB_PRODUCT,
					     LIBUSB_HOTPLUG_MATCH_ANY, on_left, &left, NULL);
	check("hotplug", n == 0, n);
	n = libusb_claim_interface(h, 0);
	check("claim before unplug", n == 0, n);
	n = libusb_bulk_transfer(h, JB_USB_EP_OUT, data, 1, &moved, WAIT_MS);
	check("the last byte", n == 0 && moved == 1, n);
	n = libusb_bulk_transfer(h, JB_USB_EP_IN, data, sizeof(data), &moved, WAIT_MS);
	check("a read ends: no device", n == LIBUSB_ERROR_NO_DEVICE, n);
	/* The dead handle keeps libusb from waiting. */
	for (int ms = 0; !left && ms < WAIT_MS; ms += SHORT_MS) {
		nanosleep(&step, NULL);
		libusb_handle_events_timeout_completed(NULL, &now, &left);
	}
	check("hotplug: device left", left, n);
}

int main(int argc, char **argv)
{
	libusb_device_handle *h;
	int n = libusb_init(NULL);

	if (n) {
		check("libusb", false, n);
		return 1;
	}
	h = libusb_open_device_with_vid_pid(NULL, JB_USB_VENDOR, JB_USB_PRODUCT);
	check("open", h != NULL, LIBUSB_ERROR_NO_DEVICE);
	if (h && argc > 1 && !strcmp(argv[1], "gone")) {
		unplug(h);
	} else if (h) {
		descriptors(h);
		configuration(h);
	}
	if (h)
		libusb_close(h);
	libusb_exit(NULL);
	return failures > 0;
}
