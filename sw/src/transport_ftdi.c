/* SPDX-License-Identifier: MIT
 * Transport "ftdi". The same packets as over USB, as 8N1 at JB_UART_BAUD on the bridge's second channel.
 * The bridge is not ours alone (it also flashes the board), so it is never opened unless asked for. */
#include "transport_ftdi.h"

#include <ftdi.h>
#include <stdlib.h>

#include "clock.h"
#include "jetbnn_defs.h"
#include "model.h"
#include "pace.h"

enum {
	LATENCY_MS = 1, /* after which the bridge sends a packet that is not full */
	CHUNK = 4096,
	NOT_FOUND = -3, /* of ftdi_usb_open_desc, as its documentation lists them */
	NO_ACCESS = -4,
	IN_USE = -5,
	USB_GONE = -666
};

struct bridge {
	struct ftdi_context *ftdi;
	struct pace limit; /* in seconds */
};

static int open_failed(int rc, const char *serial, struct ftdi_context *f, struct bnn_err *err)
{
	if (rc == NOT_FOUND)
		return err_set(err, BNN_E_NO_DEVICE,
			       "no FTDI bridge %04x:%04x%s%.40s is plugged in", JB_FTDI_VENDOR,
			       JB_FTDI_PRODUCT, serial ? " with serial number " : "",
			       serial ? serial : "");
	if (rc == NO_ACCESS)
		return err_set(
			err, BNN_E_NO_DEVICE,
			"no permission for the FTDI bridge %04x:%04x; a udev rule with these "
			"numbers and TAG+=\"uaccess\" in " BNN_UDEV_FILE " gives it",
			JB_FTDI_VENDOR, JB_FTDI_PRODUCT);
	if (rc == IN_USE)
		return err_set(err, BNN_E_NO_DEVICE,
			       "the FTDI bridge %04x:%04x is in use by another program",
			       JB_FTDI_VENDOR, JB_FTDI_PRODUCT);
	return err_set(err, BNN_E_NO_DEVICE, "FTDI bridge: %.120s", ftdi_get_error_string(f));
}

static void ftdi_transport_close(void *state)
{
	struct bridge *b = state;

	if (b->ftdi)
		ftdi_free(b->ftdi); /* closes it, too */
	free(b);
}

static int ftdi_transport_open(const char *arg, const struct bnn_open_options *opt, void **state,
			       struct bnn_err *err)
{
	struct bridge *b = calloc(1, sizeof(*b));
	struct ftdi_context *f = b ? ftdi_new() : NULL;
	int rc;

	(void)opt;
	if (!f) {
		free(b);
		return err_set(err, BNN_E_MEMORY, "out of memory for the FTDI bridge");
	}
	b->ftdi = f;
	ftdi_set_interface(f, INTERFACE_B);
	rc = ftdi_usb_open_desc(f, JB_FTDI_VENDOR, JB_FTDI_PRODUCT, NULL, arg);
	if (rc)
		rc = open_failed(rc, arg, f, err);
	else if (ftdi_set_bitmode(f, 0, BITMODE_RESET) || ftdi_set_baudrate(f, JB_UART_BAUD) ||
		 ftdi_set_line_property(f, BITS_8, STOP_BIT_1, NONE) ||
		 ftdi_setflowctrl(f, SIO_DISABLE_FLOW_CTRL) ||
		 ftdi_set_latency_timer(f, LATENCY_MS) || ftdi_tcioflush(f))
		rc = err_set(err, BNN_E_LINK, "FTDI bridge: %.120s", ftdi_get_error_string(f));
	if (rc) {
		ftdi_transport_close(b);
		return rc;
	}
	*state = b;
	return BNN_OK;
}

/* libftdi gives its own code, or libusb's -4 for a device that is no more. */
static long failure(int rc)
{
	return rc == USB_GONE || rc == -4 ? BNN_E_NO_DEVICE : BNN_E_LINK;
}

/* Waits for the time at which the device has room again: shorter than a millisecond. */
static long ftdi_transport_write(void *state, const uint8_t *buf, size_t n)
{
	struct bridge *b = state;
	double now = clock_seconds(), at = 0;
	size_t may = pace_allow(&b->limit, now, n, &at);
	int rc;

	while (may == 0) {
		clock_wait(at - now);
		now = clock_seconds();
		may = pace_allow(&b->limit, now, n, &at);
	}
	rc = ftdi_write_data(b->ftdi, buf, may > CHUNK ? CHUNK : (int)may);
	if (rc > 0)
		pace_sent(&b->limit, now, (size_t)rc);
	return rc >= 0 ? rc : failure(rc);
}

static void ftdi_transport_pace(void *state, uint32_t byte_ns)
{
	struct bridge *b = state;

	double byte = 1e-9 * byte_ns, wire = 10.0 / JB_UART_BAUD; /* start, eight bits, stop */

	b->limit.byte = byte > wire ? byte : 0;
}

/* libftdi returns at once with what the bridge has, at the latest after its latency. */
static long ftdi_transport_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	struct bridge *b = state;
	long end = clock_ms() + timeout_ms;
	int rc;

	do
		rc = ftdi_read_data(b->ftdi, buf, n > CHUNK ? CHUNK : (int)n);
	while (rc == 0 && clock_ms() < end);
	return rc >= 0 ? rc : failure(rc);
}

const struct transport transport_ftdi = { "ftdi",
					  ftdi_transport_open,
					  ftdi_transport_write,
					  ftdi_transport_read,
					  ftdi_transport_close,
					  ftdi_transport_pace };
