/* SPDX-License-Identifier: MIT
 * bnnctl layers: what the device computed for one image, as NumPy files. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "file.h"
#include "model.h"
#include "npy.h"

#define PATH_SIZE 4096

const struct ctl_option layers_options[] = {
	{ 'o', "output", "DIR", "folder to write to; made when it is not there" },
	{ 0, NULL, NULL, NULL },
};

static int write_array(const char *dir, const char *name, enum npy_type type, int ndim,
		       const size_t *shape, const void *data, struct bnn_err *err)
{
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof(path), "%s/%s.npy", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(dir));
	return npy_write(path, type, ndim, shape, data, err);
}

static int write_layers(const char *dir, const struct bnn_layers *l, struct bnn_err *err)
{
	size_t classes = (size_t)l->result.classes;
	char name[16];
	int rc = BNN_OK;

	for (int i = 0; !rc && i < l->count; i++) {
		size_t shape[] = { (size_t)l->rows[i], (size_t)l->cols[i], (size_t)l->channels[i] };

		snprintf(name, sizeof(name), "L%d", i + 1);
		rc = write_array(dir, name, NPY_U8, 3, shape, l->map[i], err);
	}
	if (!rc && l->cam) {
		size_t shape[] = { (size_t)l->cam_rows, (size_t)l->cam_cols, classes };

		rc = write_array(dir, "cam", NPY_I32, 3, shape, l->cam, err);
	}
	return rc ? rc : write_array(dir, "scores", NPY_I32, 1, &classes, l->result.scores, err);
}

int cmd_layers(struct ctl *c, int argc, char **argv)
{
	const char *dir = ctl_value(c, "output");
	struct bnn_image im, fit = { 0 };
	struct bnn_layers layers = { 0 };
	struct bnn_err err = { 0 };
	int rc;

	(void)argc;
	if (!dir)
		return ctl_usage(c, "layers: -o DIR is missing");
	rc = bnn_image_read(argv[1], &im, &err);
	if (!rc)
		rc = bnn_image_fit(c->model, &im, &fit, &err);
	if (!rc && mkdir(dir, 0777) < 0 && errno != EEXIST)
		rc = err_set(&err, BNN_E_FILE, "%s: %s", file_shown(dir), strerror(errno));
	if (!rc)
		rc = bnn_device_layers(c->device, fit.pixels, &layers, &err);
	if (!rc)
		rc = write_layers(dir, &layers, &err);
	if (!rc && c->json)
		printf("{\"layers\": %d, \"cam\": %s, \"index\": %d}\n", layers.count,
		       layers.cam ? "true" : "false", layers.result.index);
	else if (!rc)
		printf("%d layers%s and scores in %s\n", layers.count,
		       layers.cam ? ", class map" : "", dir);
	bnn_layers_free(&layers);
	bnn_image_free(&fit);
	bnn_image_free(&im);
	return rc ? ctl_fail(&err) : EXIT_OK;
}
