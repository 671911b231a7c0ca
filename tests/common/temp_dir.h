/* SPDX-License-Identifier: MIT
 * A directory for a test's files. */
#ifndef TESTS_TEMP_DIR_H
#define TESTS_TEMP_DIR_H

/* Makes the directory; path ends in six characters that are replaced. Fails the running Check test when
 * that is not possible. */
void temp_dir_make(char *path);
/* Removes it and all that is in it. */
void temp_dir_remove(const char *path);

#endif
