/* SPDX-License-Identifier: MIT
 * Text files of an exchange folder. */
#ifndef JB_EXCHANGE_TEXT_H
#define JB_EXCHANGE_TEXT_H

#include "model.h"

/* "folder/name" into path. Errors: BNN_E_FILE (too long). */
int exchange_path(const char *folder, const char *name, char *path, size_t size,
		  struct bnn_err *err);
/* net.txt. Errors: BNN_E_FILE, BNN_E_LIMIT. */
int exchange_read_net(const char *folder, struct net *out, struct bnn_err *err);
/* classes.txt, and where present pre.txt (with pre.table.npy) and facts.txt. Errors: BNN_E_FILE. */
int exchange_read_texts(const char *folder, struct bnn_model *m, struct bnn_err *err);
/* All of them. Errors: BNN_E_FILE, BNN_E_MEMORY. */
int exchange_write_texts(const char *folder, const struct bnn_model *m, struct bnn_err *err);

#endif
