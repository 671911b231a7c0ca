/* SPDX-License-Identifier: MIT
 * transport_usb over a libusb of the test's own: the order of bytes when an endpoint is halted with
 * transfers queued behind the one that meets the halt, as a real host controller leaves them. */
#include "transport_usb.h"

#include <libusb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "jetbnn_defs.h"
#include "usb_boards.h"

enum { QUEUED = 16, WIRE = 256 };

/* One endpoint: transfers in order; nothing moves while it is halted. */
struct endpoint {
	struct libusb_transfer *queue[QUEUED];
	int count, halts, cleared;
	bool halt, halted; /* the next transfer meets a halt; it has */
};

static struct endpoint in, out;
static char wire[WIRE];            /* what arrived at the board */
static const char *answer[QUEUED]; /* what it sends, one a transfer */
static int answers;
static const uint8_t context, handle; /* something to point at */

static struct endpoint *of(unsigned char endpoint)
{
	return endpoint == JB_USB_EP_IN ? &in : &out;
}

static void end_first(struct endpoint *e, enum libusb_transfer_status status, int length)
{
	struct libusb_transfer *t = e->queue[0];

	memmove(e->queue, e->queue + 1, sizeof(e->queue[0]) * (size_t)--e->count);
	t->status = status;
	t->actual_length = length;
	t->callback(t);
}

/* ---- libusb, as much of it as the transport calls ---------------------------------------- */

int libusb_init(libusb_context **ctx)
{
	*ctx = (libusb_context *)(uintptr_t)&context;
	return 0;
}

void libusb_exit(libusb_context *ctx)
{
	ck_assert_ptr_nonnull(ctx);
}

struct libusb_transfer *libusb_alloc_transfer(int packets)
{
	ck_assert_int_eq(packets, 0);
	return calloc(1, sizeof(struct libusb_transfer));
}

void libusb_free_transfer(struct libusb_transfer *t)
{
	free(t);
}

int libusb_submit_transfer(struct libusb_transfer *t)
{
	struct endpoint *e = of(t->endpoint);

	ck_assert_int_lt(e->count, QUEUED);
	e->queue[e->count++] = t;
	return 0;
}

int libusb_cancel_transfer(struct libusb_transfer *t)
{
	struct endpoint *e = of(t->endpoint);

	for (int i = 0; i < e->count; i++)
		if (e->queue[i] == t) {
			memmove(e->queue + i, e->queue + i + 1,
				sizeof(e->queue[0]) * (size_t)(--e->count - i));
			t->status = LIBUSB_TRANSFER_CANCELLED;
			t->actual_length = 0;
			t->callback(t);
			return 0;
		}
	return LIBUSB_ERROR_NOT_FOUND;
}

int libusb_clear_halt(libusb_device_handle *h, unsigned char endpoint)
{
	ck_assert_ptr_nonnull(h);
	of(endpoint)->halted = false;
	of(endpoint)->cleared++;
	return 0;
}

/* Whether the endpoint's first transfer meets a halt now. */
static bool meets_halt(struct endpoint *e)
{
	if (e->halt && e->count > 0) {
		e->halt = e->halts-- > 1;
		e->halted = true;
		end_first(e, LIBUSB_TRANSFER_STALL, 0);
	}
	return e->halted;
}

int libusb_handle_events_timeout_completed(libusb_context *ctx, struct timeval *tv, int *completed)
{
	ck_assert_ptr_nonnull(ctx);
	ck_assert_ptr_null(completed);
	tv->tv_sec = 0;
	while (!meets_halt(&out) && out.count > 0) {
		struct libusb_transfer *t = out.queue[0];

		strncat(wire, (const char *)t->buffer, (size_t)t->length);
		end_first(&out, LIBUSB_TRANSFER_COMPLETED, t->length);
	}
	if (!meets_halt(&in) && in.count > 0 && answers > 0) {
		int length = (int)strlen(answer[0]);

		memcpy(in.queue[0]->buffer, answer[0], (size_t)length);
		memmove(answer, answer + 1, sizeof(answer[0]) * (size_t)--answers);
		end_first(&in, LIBUSB_TRANSFER_COMPLETED, length);
	}
	return 0;
}

int libusb_release_interface(libusb_device_handle *h, int interface)
{
	ck_assert_ptr_nonnull(h);
	return interface;
}

void libusb_close(libusb_device_handle *h)
{
	ck_assert_ptr_nonnull(h);
}

int libusb_set_interface_alt_setting(libusb_device_handle *h, int interface, int setting)
{
	ck_assert_ptr_nonnull(h);
	return interface + setting;
}

const char *libusb_strerror(int code)
{
	return code ? "error" : "success";
}

/* ---- and the one board there is ---------------------------------------------------------- */

int usb_take(libusb_context *ctx, const char *serial, libusb_device_handle **taken,
	     struct bnn_err *err)
{
	(void)ctx;
	(void)serial;
	(void)err;
	*taken = (libusb_device_handle *)(uintptr_t)&handle;
	return BNN_OK;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void *board;

static void setup(void)
{
	memset(&in, 0, sizeof(in));
	memset(&out, 0, sizeof(out));
	wire[0] = 0;
	answers = 0;
	ck_assert_int_eq(transport_usb.open(NULL, NULL, &board, NULL), BNN_OK);
}

static void teardown(void)
{
	transport_usb.close(board);
	ck_assert_int_eq(in.count + out.count, 0);
}

static void write_text(const char *text)
{
	ck_assert_int_eq(transport_usb.write(board, (const uint8_t *)text, strlen(text)),
			 (long)strlen(text));
}

static void halt(struct endpoint *e, int times)
{
	e->halt = times > 0;
	e->halts = times;
}

/* Up to three halts in a row are cleared. */
START_TEST(halt_keeps_the_order_of_writes)
{
	uint8_t buf[8];

	out.halted = true; /* nothing moves until all are queued */
	write_text("one ");
	write_text("two ");
	write_text("three");
	out.halted = false;
	halt(&out, _i);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(transport_usb.read(board, buf, sizeof(buf), 0), 0);
	ck_assert_str_eq(wire, "one two three");
	ck_assert_int_eq(out.cleared, _i);
}
END_TEST

START_TEST(halt_keeps_the_order_of_reads)
{
	static const char *const sent[] = { "A1", "A2", "A3", "A4", "A5", "A6" };
	uint8_t buf[8];

	halt(&in, _i);
	for (int i = 0; i < 6; i++)
		answer[answers++] = sent[i];
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(transport_usb.read(board, buf, sizeof(buf), 1000), 2);
		ck_assert_mem_eq(buf, sent[i], 2);
	}
	ck_assert_int_eq(in.cleared, _i);
}
END_TEST

START_TEST(halt_without_end_is_an_error)
{
	uint8_t buf[8];
	long n = 0;

	halt(&in, 100);
	for (int i = 0; i < 10 && n == 0; i++)
		n = transport_usb.read(board, buf, sizeof(buf), 0);
	ck_assert_int_eq(n, BNN_E_LINK);
	ck_assert_int_eq(transport_usb.write(board, buf, 1), BNN_E_LINK);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("transport_usb");
	TCase *t = tcase_create("halts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, halt_keeps_the_order_of_writes, 0, 4);
	tcase_add_loop_test(t, halt_keeps_the_order_of_reads, 0, 4);
	tcase_add_test(t, halt_without_end_is_an_error);
	suite_add_tcase(s, t);
	return check_main(s);
}
