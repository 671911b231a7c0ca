/* SPDX-License-Identifier: MIT
 * bnnctl list: boards on the USB bus. */
#include <stdio.h>

#include "cmd.h"
#include "json.h"

enum { MOST = 32 };

static void print_json(const struct bnn_board_info *b)
{
	fputs("{\"device\":", stdout);
	json_string(b->device);
	fputs(",\"serial\":", stdout);
	json_string(b->serial);
	fputs(",\"product\":", stdout);
	json_string(b->product);
	printf(",\"place\":\"%s\",\"protocol\":%d,\"state\":", b->place, b->protocol);
	json_string(bnn_board_state_text(b->state));
	puts("}");
}

int cmd_list(struct ctl *c, int argc, char **argv)
{
	struct bnn_board_info board[MOST];
	struct bnn_err err;
	bool refused = false;
	int count;

	(void)argc;
	(void)argv;
	if (bnn_list(board, MOST, &count, &err))
		return ctl_fail(&err);
	for (int i = 0; i < count; i++) {
		refused = refused || board[i].state == BNN_BOARD_NO_PERMISSION;
		if (c->json)
			print_json(&board[i]);
		else
			printf("%s\t%s\t%s\t%s\n", board[i].device, board[i].product,
			       board[i].place, bnn_board_state_text(board[i].state));
	}
	if (refused)
		ctl_note(c, "permission: put this line in %s and plug the board in again:\n%s",
			 BNN_UDEV_FILE, BNN_UDEV_RULE);
	if (count == 0) {
		ctl_error("no board is plugged in");
		return EXIT_NO_DEVICE;
	}
	return EXIT_OK;
}
