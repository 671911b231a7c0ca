/* SPDX-License-Identifier: MIT
 * bnnctl convert: exchange folder to .bnn file, or back. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "file.h"
#include "model.h"

#define PATH_SIZE 4096

/* Removes a folder of plain files; what cannot be removed stays. */
static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(dirfd(dir), e->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* Written beside its place, then renamed: TO is complete or as it was. rename() replaces an empty
 * folder only. */
static int export(const bnn_model *m, const char *to, struct bnn_err *err)
{
	char tmp[PATH_SIZE];
	size_t n = strlen(to);
	int rc;

	while (n > 1 && to[n - 1] == '/')
		n--;
	if (snprintf(tmp, sizeof(tmp), "%.*s.XXXXXX", (int)n, to) >= (int)sizeof(tmp))
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(to));
	if (!mkdtemp(tmp))
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(to), strerror(errno));
	rc = bnn_model_export(m, tmp, err);
	if (!rc && chmod(tmp, 0755) < 0)
		rc = err_set(err, BNN_E_FILE, "%s: %s", file_shown(to), strerror(errno));
	if (!rc && rename(tmp, to) < 0)
		rc = err_set(err, BNN_E_FILE, "%s: %s", file_shown(to),
			     errno == ENOTEMPTY || errno == EEXIST ? "the folder is not empty"
								   : strerror(errno));
	if (rc)
		remove_folder(tmp);
	return rc;
}

int cmd_convert(struct ctl *c, int argc, char **argv)
{
	const char *from = argv[1], *to = argv[2];
	struct bnn_err err = { 0 };
	bnn_model *m = NULL;
	struct stat st;
	int rc;

	(void)argc;
	if (stat(from, &st) < 0)
		rc = err_set(&err, BNN_E_FILE, "%s: %s", file_shown(from), strerror(errno));
	else if (S_ISDIR(st.st_mode))
		rc = bnn_model_import(from, &m, &err);
	else
		rc = bnn_model_load(from, &m, &err);
	if (!rc)
		rc = S_ISDIR(st.st_mode) ? bnn_model_save(m, to, &err) : export(m, to, &err);
	if (!rc)
		ctl_print_model(c, m, to);
	bnn_model_free(m);
	return rc ? ctl_fail(&err) : EXIT_OK;
}
