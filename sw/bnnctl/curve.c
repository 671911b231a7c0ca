/* SPDX-License-Identifier: MIT
 * Training curve. */
#define _POSIX_C_SOURCE 200809L
#include "curve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "model.h"

#define PATH_SIZE 4096
#define FILE_MOST (16u << 20)
#define HEADER "epoch,loss,held_accuracy,kept"

int curve_add(struct curve *c, struct curve_row row, struct bnn_err *err)
{
	while (c->count > 0 && c->row[c->count - 1].epoch >= row.epoch)
		c->count--;
	if (c->count == c->room) {
		int room = c->room ? 2 * c->room : 64;
		struct curve_row *more = realloc(c->row, (size_t)room * sizeof(*more));

		if (!more)
			return err_set(err, BNN_E_MEMORY, "out of memory for the training curve");
		c->row = more;
		c->room = room;
	}
	c->row[c->count++] = row;
	return BNN_OK;
}

void curve_free(struct curve *c)
{
	free(c->row);
	*c = (struct curve){ 0 };
}

static int curve_path(const char *model_path, char *path, struct bnn_err *err)
{
	int n = snprintf(path, PATH_SIZE, "%s.csv", model_path);

	if (n < 0 || n >= PATH_SIZE)
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(model_path));
	return BNN_OK;
}

int curve_save(const struct curve *c, const char *model_path, struct bnn_err *err)
{
	char path[PATH_SIZE], *text = NULL;
	size_t size = 0;
	FILE *f;
	int rc = curve_path(model_path, path, err);

	if (rc)
		return rc;
	f = open_memstream(&text, &size);
	if (!f)
		return err_set(err, BNN_E_MEMORY, "out of memory for the training curve");
	fputs(HEADER "\n", f);
	for (int i = 0; i < c->count; i++) {
		const struct curve_row *r = &c->row[i];

		fprintf(f, "%d,%.6f,", r->epoch, r->loss);
		if (r->held_accuracy >= 0)
			fprintf(f, "%.6f", r->held_accuracy);
		fprintf(f, ",%d\n", r->kept);
	}
	if (fclose(f))
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the training curve");
	if (!rc)
		rc = file_write(path, text, size, err);
	free(text);
	return rc;
}

/* One line without its end. */
static bool parse_row(const char *line, struct curve_row *out)
{
	int kept = 0, used = 0;

	out->held_accuracy = -1;
	if (sscanf(line, "%d,%lf,,%d%n", &out->epoch, &out->loss, &kept, &used) != 3 &&
	    sscanf(line, "%d,%lf,%lf,%d%n", &out->epoch, &out->loss, &out->held_accuracy, &kept,
		   &used) != 4)
		return false;
	out->kept = kept != 0;
	return !line[used] && out->epoch > 0;
}

static int parse(const char *path, char *text, struct curve *out, struct bnn_err *err)
{
	char *rest = text, *line = strtok_r(text, "\r\n", &rest);
	int rc = BNN_OK;

	if (!line || strcmp(line, HEADER) != 0)
		return err_set(err, BNN_E_FILE, "%s: the first line is not %s", file_shown(path),
			       HEADER);
	for (int n = 2; !rc && (line = strtok_r(NULL, "\r\n", &rest)); n++) {
		struct curve_row row;

		if (!parse_row(line, &row))
			return err_set(err, BNN_E_FILE, "%s: line %d is not an epoch",
				       file_shown(path), n);
		rc = curve_add(out, row, err);
	}
	return rc;
}

int curve_load(const char *model_path, struct curve *out, struct bnn_err *err)
{
	char path[PATH_SIZE];
	uint8_t *text;
	size_t size;
	int rc = curve_path(model_path, path, err);

	*out = (struct curve){ 0 };
	if (rc || access(path, F_OK) != 0)
		return rc;
	rc = file_read(path, FILE_MOST, &text, &size, err);
	if (rc)
		return rc;
	rc = parse(path, (char *)text, out, err);
	free(text);
	if (rc)
		curve_free(out);
	return rc;
}
