/* SPDX-License-Identifier: MIT
 * Which board a device string means, and what is said when there is none. */
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "jetbnn_defs.h"
#include "usb_boards.h"

#define A                                         \
	{                                         \
		.serial = "A", .place = "001/002" \
	}
#define B                                         \
	{                                         \
		.serial = "B", .place = "001/003" \
	}

static const struct {
	struct usb_list list;
	const char *serial;
	int chosen; /* index or enum bnn_error */
	const char *text;
} cases[] = {
	{ { .count = 0 }, NULL, BNN_E_NO_DEVICE, "no board with USB 1209:0001" },
	{ { .count = 0 }, "A", BNN_E_NO_DEVICE, "no board with USB 1209:0001" },
	{ { { A }, 1 }, NULL, 0, NULL },
	{ { { A }, 1 }, "A", 0, NULL },
	{ { { A }, 1 }, "B", BNN_E_NO_DEVICE, "no board usb:B; there are: usb:A" },
	{ { { A, B }, 2 }, "B", 1, NULL },
	{ { { A, B }, 2 },
	  NULL,
	  BNN_E_NO_DEVICE,
	  "2 boards are plugged in, choose one: usb:A usb:B" },
	{ { { A, { .place = "001/009" } }, 2 },
	  NULL,
	  BNN_E_NO_DEVICE,
	  "choose one: usb:A (001/009, serial number unknown)" },
	{ { { A, A }, 2 }, "A", BNN_E_NO_DEVICE, "two boards have the serial number A" },
	{ { { { .state = BNN_BOARD_NO_PERMISSION, .place = "001/007" } }, 1 },
	  NULL,
	  BNN_E_NO_DEVICE,
	  "no permission for the board at 001/007; put this line in " BNN_UDEV_FILE
	  " and plug the board in again: " BNN_UDEV_RULE },
	/* The serial number of a board without permission is not known: it may be the one meant. */
	{ { { A, { .state = BNN_BOARD_NO_PERMISSION, .place = "001/007" } }, 2 },
	  "C",
	  BNN_E_NO_DEVICE,
	  "no permission for the board at 001/007" },
	{ { { { .serial = "A", .state = BNN_BOARD_BUSY } }, 1 },
	  NULL,
	  BNN_E_NO_DEVICE,
	  "board usb:A is in use by another program" },
	{ { { { .serial = "A", .state = BNN_BOARD_OTHER_PROTOCOL, .protocol = 7 } }, 1 },
	  "A",
	  BNN_E_DEVICE,
	  "board usb:A speaks protocol version 7, this program 1: flash its bitstream again" },
	{ { { { .state = BNN_BOARD_UNREADABLE, .place = "002/001" } }, 1 },
	  NULL,
	  BNN_E_NO_DEVICE,
	  "the board at 002/001 does not answer" },
};

START_TEST(choice)
{
	struct bnn_err err = { 0 };

	ck_assert_int_eq(usb_choose(&cases[_i].list, cases[_i].serial, &err), cases[_i].chosen);
	if (cases[_i].text)
		ck_assert_msg(strstr(err.text, cases[_i].text), "'%s' does not say '%s'", err.text,
			      cases[_i].text);
}
END_TEST

/* The rule in the public header is text: its numbers are written a second time there. */
START_TEST(rule)
{
	char want[64];

	snprintf(want, sizeof(want), "ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\"",
		 JB_USB_VENDOR, JB_USB_PRODUCT);
	ck_assert_ptr_nonnull(strstr(BNN_UDEV_RULE, want));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usb_choose");
	TCase *t = tcase_create("choice");

	tcase_add_loop_test(t, choice, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, rule);
	suite_add_tcase(s, t);
	return check_main(s);
}
