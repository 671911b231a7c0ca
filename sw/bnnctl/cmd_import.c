/* SPDX-License-Identifier: MIT
 * bnnctl import: a QONNX file to a .bnn file. */
#include <stdlib.h>
#include <string.h>

#include "class_names.h"
#include "cmd.h"
#include "file.h"
#include "import.h"

const struct ctl_option import_options[] = {
	{ 'o', "output", "MODEL", "the .bnn file to write" },
	{ 0, "classes", "A,B,...", "names of the classes [0,1,...]" },
	{ 0, "pixels", "RANGE",
	  "what the network was fed for pixel p: unit (p / 255) or byte (p) [unit]" },
	{ 0, NULL, NULL, NULL },
};

static int import(const char *path, enum import_range range, const char *classes, bnn_model **m,
		  struct bnn_err *err)
{
	struct bnn_err why = { 0 };
	uint8_t *file;
	size_t len;
	int rc = file_read(path, IMPORT_FILE_MAX, &file, &len, err);

	if (rc)
		return rc;
	rc = import_onnx(file, len, range, m, &why);
	free(file);
	if (rc)
		return err_set(err, rc, "%s: %s", file_shown(path), why.text);
	if (classes)
		rc = class_names_set(*m, classes, err);
	return rc ? rc : model_check(*m, err);
}

int cmd_import(struct ctl *c, int argc, char **argv)
{
	const char *to = ctl_value(c, "output"), *pixels = ctl_value(c, "pixels");
	enum import_range range = IMPORT_UNIT;
	struct bnn_err err = { 0 };
	bnn_model *m = NULL;
	int rc;

	(void)argc;
	if (!to)
		return ctl_usage(c, "import: -o MODEL.bnn is missing");
	if (pixels && strcmp(pixels, "byte") == 0)
		range = IMPORT_BYTE;
	else if (pixels && strcmp(pixels, "unit") != 0)
		return ctl_usage(c, "--pixels %s: unit or byte", pixels);
	rc = import(argv[1], range, ctl_value(c, "classes"), &m, &err);
	if (!rc)
		rc = bnn_model_save(m, to, &err);
	if (!rc)
		ctl_print_model(c, m, to);
	bnn_model_free(m);
	return rc ? ctl_fail(&err) : EXIT_OK;
}
