/* SPDX-License-Identifier: MIT
 * Text files of an exchange folder: net.txt, classes.txt, pre.txt, facts.txt. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "exchange_text.h"
#include "file.h"
#include "npy.h"

#define TEXT_MAX 65536
#define PATH_SIZE 4096

int exchange_path(const char *folder, const char *name, char *path, size_t size,
		  struct bnn_err *err)
{
	int n = snprintf(path, size, "%s/%s", folder, name);

	if (n < 0 || (size_t)n >= size)
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(folder));
	return BNN_OK;
}

/* Reads folder/name as text without zero bytes. */
static int read_text(const char *folder, const char *name, char **text, struct bnn_err *err)
{
	char path[PATH_SIZE];
	uint8_t *p;
	size_t len;
	int rc = exchange_path(folder, name, path, sizeof(path), err);

	if (!rc)
		rc = file_read(path, TEXT_MAX, &p, &len, err);
	if (rc)
		return rc;
	if (memchr(p, 0, len)) {
		free(p);
		return err_set(err, BNN_E_FILE, "%s: holds a zero byte, expected text",
			       file_shown(path));
	}
	*text = (char *)p;
	return BNN_OK;
}

/* Whether folder/name is there; one that cannot be looked at counts, so that reading it tells. */
static bool is_there(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	struct stat st;

	if (exchange_path(folder, name, path, sizeof(path), NULL))
		return true;
	return stat(path, &st) == 0 || errno != ENOENT;
}

/* Next line of *p, cut off in place, without its line end; NULL behind the last. */
static char *next_line(char **p)
{
	char *line = *p, *end;

	if (!*line)
		return NULL;
	end = strchr(line, '\n');
	*p = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	end = line + strlen(line);
	if (end > line && end[-1] == '\r')
		end[-1] = 0;
	return line;
}

int exchange_read_net(const char *folder, struct net *out, struct bnn_err *err)
{
	struct bnn_err why;
	char *text;
	int rc = read_text(folder, "net.txt", &text, err);

	if (rc)
		return rc;
	rc = net_parse(text, out, &why);
	free(text);
	if (rc)
		return err_set(err, rc == BNN_E_LIMIT ? rc : BNN_E_FILE, "%.110s/net.txt: %.130s",
			       file_shown(folder), why.text);
	return BNN_OK;
}

static int read_classes(const char *folder, struct bnn_model *m, struct bnn_err *err)
{
	int classes = bnn_model_classes(m), count = 0;
	char *text, *p, *line;
	int rc = read_text(folder, "classes.txt", &text, err);

	if (rc)
		return rc;
	for (p = text; !rc && (line = next_line(&p)) != NULL; count++) {
		char *name;

		if (count >= classes)
			continue;
		name = strdup(line);
		if (!name) {
			rc = err_set(err, BNN_E_MEMORY, "out of memory");
			break;
		}
		free(m->class_name[count]);
		m->class_name[count] = name;
	}
	free(text);
	if (!rc && count != classes)
		rc = err_set(err, BNN_E_FILE, "%s/classes.txt: %d lines, the net has %d classes",
			     file_shown(folder), count, classes);
	return rc;
}

/* Sets one key; false when the key is unknown or its value is not of its kind. */
typedef bool set_key(struct bnn_model *m, const char *key, const char *value);

static bool whole(const char *value, unsigned long max, unsigned long *out)
{
	char *end;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	*out = strtoul(value, &end, 10);
	return *end == 0 && errno == 0 && *out <= max;
}

static bool set_pre(struct bnn_model *m, const char *key, const char *value)
{
	unsigned long v;

	if (!whole(value, 63, &v))
		return false;
	if (!strcmp(key, "normalize") && v <= 1)
		m->pre.normalize = (uint8_t)v;
	else if (!strcmp(key, "contrast") && v <= 1)
		m->pre.contrast = (uint8_t)v;
	else if (!strcmp(key, "window"))
		m->pre.window = (uint8_t)v;
	else if (!strcmp(key, "table") && v <= 1)
		m->pre.use_table = (uint8_t)v;
	else
		return false;
	return true;
}

/* Reads a decimal number with a point whatever the program's locale is. */
static bool take_scale(const char *value, float *out)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before;
	char *end;

	if (!c)
		return false;
	before = uselocale(c);
	*out = strtof(value, &end);
	uselocale(before);
	freelocale(c);
	return end != value && *end == 0;
}

static bool set_fact(struct bnn_model *m, const char *key, const char *value)
{
	struct model_facts *f = &m->facts;
	unsigned long v = 0;
	bool number = whole(value, UINT32_MAX, &v);

	if (!strcmp(key, "text") && strlen(value) < sizeof(f->text)) {
		memcpy(f->text, value, strlen(value) + 1);
		return true;
	}
	if (!strcmp(key, "display_scale"))
		return take_scale(value, &f->display_scale);
	if (!strcmp(key, "train_images"))
		f->train_images = (uint32_t)v;
	else if (!strcmp(key, "test_images"))
		f->test_images = (uint32_t)v;
	else if (!strcmp(key, "test_correct"))
		f->test_correct = (uint32_t)v;
	else
		return false;
	return number;
}

/* A file of key=value lines; empty lines and lines that begin with # are skipped. */
static int read_keys(const char *folder, const char *name, set_key *set, struct bnn_model *m,
		     struct bnn_err *err)
{
	char *text, *p, *line;
	int number = 0;
	int rc;

	if (!is_there(folder, name))
		return BNN_OK;
	rc = read_text(folder, name, &text, err);
	if (rc)
		return rc;
	for (p = text; !rc && (line = next_line(&p)) != NULL;) {
		char *value = strchr(line, '=');

		number++;
		if (*line == 0 || *line == '#')
			continue;
		if (value)
			*value++ = 0;
		if (!value || !set(m, line, value))
			rc = err_set(err, BNN_E_FILE,
				     "%s/%s: line %d: unknown key or bad value: '%.30s' = '%.30s'",
				     file_shown(folder), name, number, line, value ? value : "");
	}
	free(text);
	return rc;
}

static int read_table(const char *folder, struct model_pre *pre, struct bnn_err *err)
{
	char path[PATH_SIZE];
	struct npy a;
	int rc = exchange_path(folder, "pre.table.npy", path, sizeof(path), err);

	if (!rc)
		rc = npy_read(path, &a, err);
	if (rc)
		return rc;
	if (a.ndim != 1 || a.shape[0] != 256)
		rc = err_set(err, BNN_E_FILE, "%s: expected shape (256,)", file_shown(path));
	for (int i = 0; !rc && i < 256; i++) {
		if (a.data[i] < 0 || a.data[i] > 255)
			rc = err_set(err, BNN_E_FILE, "%s: element %d is %ld, allowed are 0 to 255",
				     file_shown(path), i, (long)a.data[i]);
		pre->table[i] = (uint8_t)a.data[i];
	}
	npy_free(&a);
	return rc;
}

int exchange_read_texts(const char *folder, struct bnn_model *m, struct bnn_err *err)
{
	int rc = read_classes(folder, m, err);

	if (!rc)
		rc = read_keys(folder, "pre.txt", set_pre, m, err);
	if (!rc && m->pre.use_table)
		rc = read_table(folder, &m->pre, err);
	if (!rc)
		rc = read_keys(folder, "facts.txt", set_fact, m, err);
	return rc;
}

static int write_text(const char *folder, const char *name, struct bytes *b, struct bnn_err *err)
{
	char path[PATH_SIZE];
	int rc = exchange_path(folder, name, path, sizeof(path), err);

	if (!rc && b->failed)
		rc = err_set(err, BNN_E_MEMORY, "%s: out of memory", file_shown(path));
	if (!rc)
		rc = file_write(path, b->p, b->len, err);
	free(b->p);
	memset(b, 0, sizeof(*b));
	return rc;
}

static int write_facts(const char *folder, const struct model_facts *f, struct bnn_err *err)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	struct bytes b = { 0 };
	char text[512];
	locale_t before;
	int n;

	if (!c)
		return err_set(err, BNN_E_MEMORY, "out of memory");
	before = uselocale(c); /* a decimal point in display_scale */
	n = snprintf(text, sizeof(text),
		     "text=%s\ntrain_images=%lu\ntest_images=%lu\n"
		     "test_correct=%lu\ndisplay_scale=%.9g\n",
		     f->text, (unsigned long)f->train_images, (unsigned long)f->test_images,
		     (unsigned long)f->test_correct, (double)f->display_scale);
	uselocale(before);
	freelocale(c);
	bytes_put(&b, text, (size_t)n);
	return write_text(folder, "facts.txt", &b, err);
}

static int write_pre(const char *folder, const struct model_pre *pre, struct bnn_err *err)
{
	const size_t shape[1] = { 256 };
	struct bytes b = { 0 };
	char text[PATH_SIZE];
	int n = snprintf(text, sizeof(text), "normalize=%d\ncontrast=%d\nwindow=%d\ntable=%d\n",
			 pre->normalize, pre->contrast, pre->window, pre->use_table);
	int rc;

	bytes_put(&b, text, (size_t)n);
	rc = write_text(folder, "pre.txt", &b, err);
	if (!rc && pre->use_table) {
		rc = exchange_path(folder, "pre.table.npy", text, sizeof(text), err);
		if (!rc)
			rc = npy_write(text, NPY_U8, 1, shape, pre->table, err);
	}
	return rc;
}

int exchange_write_texts(const char *folder, const struct bnn_model *m, struct bnn_err *err)
{
	struct bytes b = { 0 };
	char text[NET_TEXT_MAX];
	int rc;

	bytes_put(&b, text, (size_t)net_print(&m->net, text, sizeof(text)));
	bytes_put_u8(&b, '\n');
	rc = write_text(folder, "net.txt", &b, err);
	if (rc)
		return rc;
	for (int c = 0; c < bnn_model_classes(m); c++) {
		bytes_put(&b, m->class_name[c], strlen(m->class_name[c]));
		bytes_put_u8(&b, '\n');
	}
	rc = write_text(folder, "classes.txt", &b, err);
	if (!rc)
		rc = write_pre(folder, &m->pre, err);
	if (!rc)
		rc = write_facts(folder, &m->facts, err);
	return rc;
}
