/* SPDX-License-Identifier: MIT
 * Exchange folder: text files and one NumPy file an array of a layer. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "exchange_text.h"
#include "file.h"
#include "npy.h"

#define PATH_SIZE 4096

/* One array of a layer: its file, type and shape, and where it lies in the model. */
struct array {
	const char *name;
	enum npy_type type;
	int ndim;
	size_t shape[4];
	size_t count;
	void *data;
};

static void add(struct array *list, int *count, const char *name, enum npy_type type, void *data,
		int ndim, size_t a, size_t b, size_t side)
{
	struct array one = { name, type, ndim, { a, b, side, side }, 1, data };

	for (int i = 0; i < ndim; i++)
		one.count *= one.shape[i];
	list[(*count)++] = one;
}

/* The arrays of a layer, at most 3. */
static int layer_arrays(const struct net_layer *l, const struct model_layer *p, struct array *list)
{
	size_t out = (size_t)l->out, in = model_inputs(l), side = (size_t)l->k;
	int count = 0;

	if (p->kernel)
		add(list, &count, "kernel", NPY_U8, p->kernel, l->kind == NET_SJET ? 1 : 2, out, in,
		    0);
	if (p->sign)
		add(list, &count, "sign", NPY_I8, p->sign, 2, out, in, 0);
	if (p->weight)
		add(list, &count, "weight", NPY_I8, p->weight, l->kind == NET_BCONV ? 4 : 2, out,
		    in, side);
	if (p->threshold)
		add(list, &count, "threshold", NPY_I32, p->threshold, 1, out, 0, 0);
	if (p->bias)
		add(list, &count, "bias", NPY_I32, p->bias, 1, out, 0, 0);
	return count;
}

static int array_path(const char *folder, int layer, const struct array *a, char *path, size_t size,
		      struct bnn_err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "L%d.%s.npy", layer + 1, a->name);
	return exchange_path(folder, name, path, size, err);
}

/* Copies the file's values into the model's array; false with the index of one out of range. */
static bool store(const struct npy *from, const struct array *to, size_t *bad)
{
	int32_t low = to->type == NPY_U8 ? 0 : INT8_MIN,
		high = to->type == NPY_U8 ? UINT8_MAX : INT8_MAX;

	if (to->type == NPY_I32) {
		memcpy(to->data, from->data, to->count * sizeof(int32_t));
		return true;
	}
	for (size_t i = 0; i < to->count; i++) {
		if (from->data[i] < low || from->data[i] > high) {
			*bad = i;
			return false;
		}
		((uint8_t *)to->data)[i] = (uint8_t)from->data[i]; /* an i8 has the same byte */
	}
	return true;
}

static int read_array(const char *folder, int layer, const struct array *a, struct bnn_err *err)
{
	char path[PATH_SIZE], want[96], have[96];
	struct npy file;
	size_t bad = 0;
	int rc = array_path(folder, layer, a, path, sizeof(path), err);

	if (!rc)
		rc = npy_read(path, &file, err);
	if (rc)
		return rc;
	if (file.ndim != a->ndim || memcmp(file.shape, a->shape, (size_t)a->ndim * sizeof(size_t)))
		rc = err_set(err, BNN_E_FILE, "%s: expected shape %s, found %s", file_shown(path),
			     npy_shape_text(a->ndim, a->shape, want, sizeof(want)),
			     npy_shape_text(file.ndim, file.shape, have, sizeof(have)));
	else if (!store(&file, a, &bad))
		rc = err_set(err, BNN_E_FILE, "%s: element %zu is %ld, which is no %s value",
			     file_shown(path), bad, (long)file.data[bad], a->name);
	npy_free(&file);
	return rc;
}

int bnn_model_import(const char *folder, bnn_model **out, struct bnn_err *err)
{
	struct bnn_model *m = NULL;
	struct bnn_err why;
	struct array list[3];
	struct net net;
	int rc = exchange_read_net(folder, &net, err);

	if (!rc)
		rc = model_new(&net, &m, err);
	if (!rc)
		rc = exchange_read_texts(folder, m, err);
	for (int i = 0; !rc && i < net.count; i++) {
		int count = layer_arrays(&net.layer[i], &m->layer[i], list);

		for (int a = 0; !rc && a < count; a++)
			rc = read_array(folder, i, &list[a], err);
	}
	if (!rc) {
		rc = model_check(m, &why);
		if (rc)
			err_set(err, rc, "%.110s: %.140s", file_shown(folder), why.text);
	}
	if (rc) {
		bnn_model_free(m);
		return rc;
	}
	*out = m;
	return BNN_OK;
}

int bnn_model_export(const bnn_model *m, const char *folder, struct bnn_err *err)
{
	char path[PATH_SIZE];
	struct array list[3];
	int rc = model_check(m, err);

	if (rc)
		return rc;
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(folder), strerror(errno));
	rc = exchange_write_texts(folder, m, err);
	for (int i = 0; !rc && i < m->net.count; i++) {
		int count = layer_arrays(&m->net.layer[i], &m->layer[i], list);

		for (int a = 0; !rc && a < count; a++) {
			rc = array_path(folder, i, &list[a], path, sizeof(path), err);
			if (!rc)
				rc = npy_write(path, list[a].type, list[a].ndim, list[a].shape,
					       list[a].data, err);
		}
	}
	return rc;
}
