/* SPDX-License-Identifier: MIT
 * Images that come into a folder, and the lanes they belong to. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pictures.h"

static const char rules_text[] = "lane shoes\nlane bags\nlane clothes\n"
				 "class Sandal Sneaker \"Ankle boot\" -> shoes\n"
				 "class Bag -> bags margin 60\nother -> clothes\nmargin 20\n";

static int failed(const char *what)
{
	perror(what);
	return -1;
}

static void path_of(const struct pictures *p, char *out, size_t size, const char *folder,
		    const char *name, long i)
{
	snprintf(out, size, "%s/%s/%s%07ld.pgm", p->dir, folder, name, i);
}

static int write_file(const char *path, const char *head, const void *body, size_t n)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(head, f) < 0 || fwrite(body, 1, n, f) != n || fclose(f))
		return failed(path);
	return 0;
}

static int make_dir(const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return mkdir(path, 0700) ? failed(path) : 0;
}

/* Image i as a file, and the lane the reference sends it to. */
static int make_image(struct pictures *p, bnn_device *cpu, int i)
{
	struct bnn_image image;
	struct bnn_result result;
	struct bnn_err err = { 0 };
	enum reason reason;
	char path[128];
	int rc;

	if (fashion_fit(&p->data, i, &image))
		return -1;
	rc = bnn_device_classify(cpu, image.pixels, &result, &err);
	if (!rc) {
		p->lane[i] = (uint8_t)rules_decide(&p->rules, &result, &reason);
		path_of(p, path, sizeof(path), "base", "", i);
		rc = write_file(path, "P5 28 28 255\n", image.pixels, 784);
	}
	bnn_image_free(&image);
	return rc ? failed(err.text) : 0;
}

int pictures_make(struct pictures *p, const char *dir)
{
	struct bnn_err err = { 0 };
	bnn_device *cpu = NULL;
	char path[128];
	int rc;

	p->dir = dir;
	if (make_dir(dir, "base") || make_dir(dir, "inbox") ||
	    fashion_open("models/fashion-mnist.bnn", &p->data))
		return -1;
	p->lane = calloc((size_t)p->data.images.count, 1);
	rc = p->lane ? bnn_device_open("cpu", NULL, &cpu, &err) : -1;
	if (!rc)
		rc = bnn_device_load(cpu, p->data.model, &err);
	if (!rc)
		rc = rules_parse("rules", rules_text, &p->rules, &err);
	if (!rc)
		rc = rules_bind("rules", &p->rules, p->data.model, &err);
	if (rc)
		failed(err.text);
	for (int i = 0; !rc && i < p->data.images.count; i++)
		rc = make_image(p, cpu, i);
	bnn_device_close(cpu);
	snprintf(path, sizeof(path), "%s/rules", dir);
	return rc ? -1 : write_file(path, rules_text, "", 0);
}

void pictures_free(struct pictures *p)
{
	free(p->lane);
	fashion_close(&p->data);
}

bool pictures_broken(long i)
{
	return i % PICTURES_BROKEN_EVERY == PICTURES_BROKEN_EVERY / 2;
}

int pictures_lane(const struct pictures *p, long i)
{
	return pictures_broken(i) ? p->rules.fault_lane[REASON_UNREADABLE]
				  : p->lane[i % p->data.images.count];
}

int pictures_feed(const struct pictures *p, long i)
{
	static const char *const broken[] = { "", "P5 28 28 255\nshort", "P5 0 28 255\n",
					      "not an image", "\x89PNG\r\n\x1a\n" };
	char base[128], hidden[128], path[128];

	path_of(p, path, sizeof(path), "inbox", "", i);
	path_of(p, hidden, sizeof(hidden), "inbox", ".", i);
	path_of(p, base, sizeof(base), "base", "", i % p->data.images.count);
	if (pictures_broken(i) ? write_file(hidden, broken[i / PICTURES_BROKEN_EVERY % 5], "", 0)
			       : link(base, hidden))
		return failed(base);
	return rename(hidden, path) ? failed(path) : 0;
}
