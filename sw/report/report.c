/* SPDX-License-Identifier: MIT
 * A page about a model: its parts put together, and into a file. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "html.h"
#include "report.h"
#include "sections.h"

static const struct {
	const char *id, *name;
} links[] = {
	{ "summary", "Summary" },   { "classes", "Classes" },   { "escapes", "Escapes" },
	{ "margins", "Margins" },   { "mistakes", "Mistakes" }, { "kernels", "Kernels" },
	{ "maps", "Feature maps" }, { "cam", "Class maps" },    { "training", "Training" },
	{ "boards", "Boards" },
};

static int write_sections(FILE *f, const struct report *r, struct bnn_err *err)
{
	int rc;

	section_summary(f, r);
	section_classes(f, r);
	rc = section_escapes(f, r, err);
	if (!rc)
		rc = section_reliability(f, r, err);
	if (!rc)
		rc = section_mistakes(f, r, err);
	if (!rc)
		rc = section_kernels(f, r, err);
	if (!rc)
		rc = section_maps(f, r, err);
	if (!rc)
		rc = section_cam(f, r, err);
	if (!rc)
		rc = section_training(f, r, err);
	return rc ? rc : section_boards(f, r, err);
}

static int write_page(FILE *f, const struct report *r, struct bnn_err *err)
{
	const char *slash = strrchr(r->model_path, '/');
	int rc;

	html_begin(f, slash ? slash + 1 : r->model_path);
	fputs("<nav>", f);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		fprintf(f, "<a href=\"#%s\">%s</a> ", links[i].id, links[i].name);
	fputs("</nav>\n", f);
	rc = write_sections(f, r, err);
	html_end(f);
	return rc;
}

int report_write(const struct report *r, const char *path, struct bnn_err *err)
{
	char *page = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&page, &size);
	int rc;

	if (!f)
		return err_set(err, BNN_E_MEMORY, "out of memory for the page");
	rc = write_page(f, r, err);
	if (fclose(f) && !rc)
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the page");
	if (!rc)
		rc = file_write(path, page, size, err);
	free(page);
	return rc;
}
