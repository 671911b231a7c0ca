/* SPDX-License-Identifier: MIT
 * Reads .bnn files. Two passes: first every section's place, length and CRC-32, then the contents,
 * whose lengths are compared with the net's shape before anything is allocated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "model_file.h"

struct section {
	const uint8_t *p; /* payload */
	size_t len;
	bool there; /* in the file; else empty */
};

struct sections {
	struct section net, classes, pre, facts;
	struct section layer[JB_MAX_LAYERS];
	int layers;
};

static int check_header(const char *name, const uint8_t *p, size_t len, struct bnn_err *err)
{
	size_t stated;

	if (len == 0)
		return err_set(err, BNN_E_FILE, "%s: the file is empty", name);
	if (len < 8 || memcmp(p, MODEL_FILE_MAGIC, 8))
		return err_set(err, BNN_E_FILE,
			       "%s: not a .bnn model (it does not begin with the "
			       "format's magic bytes)",
			       name);
	if (len < MODEL_FILE_HEADER)
		return err_set(err, BNN_E_FILE, "%s: truncated within the header: %zu of %d bytes",
			       name, len, MODEL_FILE_HEADER);
	if (bytes_u32(p + 8) != MODEL_FILE_VERSION)
		return err_set(err, BNN_E_FILE, "%s: format version %lu, this library reads %d",
			       name, (unsigned long)bytes_u32(p + 8), MODEL_FILE_VERSION);
	stated = bytes_u32(p + 12);
	if (len < stated)
		return err_set(err, BNN_E_FILE, "%s: truncated: %zu bytes, the header says %zu",
			       name, len, stated);
	if (len > stated)
		return err_set(err, BNN_E_FILE, "%s: %zu bytes behind the end the header states",
			       name, len - stated);
	return BNN_OK;
}

/* Section id as text; bytes outside letters and digits as '?'. */
static const char *id_text(const uint8_t *id, char text[5])
{
	for (int i = 0; i < 4; i++)
		text[i] = id[i] > ' ' && id[i] <= '~' ? (char)id[i] : '?';
	text[4] = 0;
	return text;
}

/* Files a section under its id. */
static int sort_section(const char *name, const uint8_t *id, struct section found,
			struct sections *s, struct bnn_err *err)
{
	char text[5];
	struct section *slot = NULL;

	if (!memcmp(id, "NETW", 4))
		slot = &s->net;
	else if (!memcmp(id, "CLAS", 4))
		slot = &s->classes;
	else if (!memcmp(id, "PREP", 4))
		slot = &s->pre;
	else if (!memcmp(id, "fact", 4))
		slot = &s->facts;
	else if (!memcmp(id, "LAYR", 4) && s->layers < JB_MAX_LAYERS)
		slot = &s->layer[s->layers++];
	else if (!memcmp(id, "LAYR", 4))
		return err_set(err, BNN_E_FILE, "%s: more than %d LAYR sections", name,
			       JB_MAX_LAYERS);
	if (!slot && id[0] >= 'a' && id[0] <= 'z')
		return BNN_OK; /* optional, of a later writer */
	if (!slot)
		return err_set(err, BNN_E_FILE,
			       "%s: unknown required section '%s'; a newer library may "
			       "read this file",
			       name, id_text(id, text));
	if (slot->there)
		return err_set(err, BNN_E_FILE, "%s: second section '%s'", name, id_text(id, text));
	*slot = found;
	return BNN_OK;
}

static int find_sections(const char *name, const uint8_t *p, size_t len, struct sections *s,
			 struct bnn_err *err)
{
	const struct section absent = { p, 0, false };
	size_t at = MODEL_FILE_HEADER;
	char text[5];

	s->net = s->classes = s->pre = s->facts = absent;
	for (int i = 0; i < JB_MAX_LAYERS; i++)
		s->layer[i] = absent;
	s->layers = 0;
	for (int n = 1; at < len; n++) {
		size_t left = len - at;
		struct section found = { p + at, 0, true };
		int rc;

		if (left < MODEL_FILE_FRAME)
			return err_set(err, BNN_E_FILE,
				       "%s: %zu stray bytes where section %d should begin", name,
				       left, n);
		found.p += 8;
		found.len = bytes_u32(p + at + 4);
		if (found.len > left - MODEL_FILE_FRAME)
			return err_set(err, BNN_E_FILE,
				       "%s: section %d '%s' claims %zu bytes, but only "
				       "%zu are left",
				       name, n, id_text(p + at, text), found.len,
				       left - MODEL_FILE_FRAME);
		if (model_crc(p + at, found.len + 8) != bytes_u32(found.p + found.len))
			return err_set(err, BNN_E_FILE,
				       "%s: section %d '%s' (offset %zu, %zu bytes) is "
				       "damaged: its CRC-32 does not match",
				       name, n, id_text(p + at, text), at, found.len);
		rc = sort_section(name, p + at, found, s, err);
		if (rc)
			return rc;
		at += found.len + MODEL_FILE_FRAME;
	}
	if (model_file_crc(p, len) != bytes_u32(p + MODEL_FILE_CRC))
		return err_set(err, BNN_E_FILE,
			       "%s: the header is damaged or sections were exchanged: "
			       "the file's CRC-32 does not match",
			       name);
	return BNN_OK;
}

static int read_net(const char *name, const struct sections *s, struct net *net,
		    struct bnn_err *err)
{
	char text[NET_TEXT_MAX];
	struct bnn_err why;
	int rc;

	if (!s->net.there || !s->classes.there || !s->pre.there)
		return err_set(err, BNN_E_FILE, "%s: section '%s' is missing", name,
			       !s->net.there       ? "NETW"
			       : !s->classes.there ? "CLAS"
						   : "PREP");
	if (s->net.len >= sizeof(text) || memchr(s->net.p, 0, s->net.len))
		return err_set(err, BNN_E_FILE,
			       "%s: section 'NETW' holds a zero byte or more than %zu bytes", name,
			       sizeof(text) - 1);
	memcpy(text, s->net.p, s->net.len);
	text[s->net.len] = 0;
	rc = net_parse(text, net, &why);
	if (rc)
		return err_set(err, rc == BNN_E_LIMIT ? rc : BNN_E_FILE,
			       "%.110s: section 'NETW': %.120s", name, why.text);
	return BNN_OK;
}

/* Bytes of a LAYR payload. */
static size_t layer_size(const struct net_layer *l)
{
	return model_kernel_count(l) + bytes_of_signs(model_sign_count(l)) +
	       bytes_of_signs(model_weight_count(l)) + 4 * (size_t)l->out;
}

static int check_lengths(const char *name, const struct sections *s, const struct net *net,
			 struct bnn_err *err)
{
	size_t pre = s->pre.len >= 3 && s->pre.p[2] ? 260 : 4;

	if (s->layers != net->count)
		return err_set(err, BNN_E_FILE, "%s: %d LAYR sections, the net has %d layers", name,
			       s->layers, net->count);
	for (int i = 0; i < net->count; i++)
		if (s->layer[i].len != layer_size(&net->layer[i]))
			return err_set(err, BNN_E_FILE,
				       "%s: section 'LAYR' of layer %d has %zu bytes, "
				       "its shape needs %zu",
				       name, i + 1, s->layer[i].len, layer_size(&net->layer[i]));
	if (s->pre.len != pre)
		return err_set(err, BNN_E_FILE, "%s: section 'PREP' has %zu bytes, expected %zu",
			       name, s->pre.len, pre);
	if (s->facts.there && (s->facts.len < 16 || s->facts.len > 16 + 255 ||
			       memchr(s->facts.p + 16, 0, s->facts.len - 16)))
		return err_set(err, BNN_E_FILE,
			       "%s: section 'fact' has %zu bytes or a zero byte in its "
			       "text, allowed are 16 to 271",
			       name, s->facts.len);
	return BNN_OK;
}

static int read_classes(const char *name, const struct section *s, struct bnn_model *m,
			struct bnn_err *err)
{
	size_t at = 0;

	for (int c = 0; c < bnn_model_classes(m); c++) {
		size_t len = at < s->len ? s->p[at] : 0;
		char *text;

		if (len < 1 || len > MODEL_NAME_MAX || len > s->len - at - 1 ||
		    memchr(s->p + at + 1, 0, len))
			return err_set(err, BNN_E_FILE,
				       "%s: section 'CLAS': name %d is empty, cut off or "
				       "longer than %d bytes",
				       name, c, MODEL_NAME_MAX);
		text = calloc(1, len + 1);
		if (!text)
			return err_set(err, BNN_E_MEMORY, "%s: out of memory", name);
		memcpy(text, s->p + at + 1, len);
		free(m->class_name[c]);
		m->class_name[c] = text;
		at += len + 1;
	}
	if (at != s->len)
		return err_set(err, BNN_E_FILE,
			       "%s: section 'CLAS' has %zu bytes behind the last name", name,
			       s->len - at);
	return BNN_OK;
}

static void read_pre(const uint8_t *p, struct model_pre *pre)
{
	pre->normalize = p[0];
	pre->contrast = p[1];
	pre->use_table = p[2];
	pre->window = p[3];
	if (pre->use_table)
		memcpy(pre->table, p + 4, sizeof(pre->table));
}

static void read_facts(const struct section *s, struct model_facts *f)
{
	uint32_t scale = bytes_u32(s->p + 12);

	f->train_images = bytes_u32(s->p);
	f->test_images = bytes_u32(s->p + 4);
	f->test_correct = bytes_u32(s->p + 8);
	memcpy(&f->display_scale, &scale, sizeof(scale));
	memcpy(f->text, s->p + 16, s->len - 16);
}

static int read_layer(const char *name, const struct section *s, int i, struct bnn_model *m,
		      struct bnn_err *err)
{
	const struct net_layer *l = &m->net.layer[i];
	struct model_layer *layer = &m->layer[i];
	const uint8_t *p = s->p;
	bool ok;

	if (layer->kernel)
		memcpy(layer->kernel, p, model_kernel_count(l));
	p += model_kernel_count(l);
	ok = bytes_get_signs(p, layer->sign, model_sign_count(l));
	p += bytes_of_signs(model_sign_count(l));
	ok = bytes_get_signs(p, layer->weight, model_weight_count(l)) && ok;
	p += bytes_of_signs(model_weight_count(l));
	bytes_get_i32s(p, layer->bias ? layer->bias : layer->threshold, (size_t)l->out);
	if (!ok)
		return err_set(err, BNN_E_FILE,
			       "%s: section 'LAYR' of layer %d: fill bits are not zero", name,
			       i + 1);
	return BNN_OK;
}

int model_decode(const char *name, const uint8_t *p, size_t len, struct bnn_model **out,
		 struct bnn_err *err)
{
	struct sections s;
	struct net net;
	struct bnn_model *m = NULL;
	struct bnn_err why;
	int rc = check_header(name, p, len, err);

	if (!rc)
		rc = find_sections(name, p, len, &s, err);
	if (!rc)
		rc = read_net(name, &s, &net, err);
	if (!rc)
		rc = check_lengths(name, &s, &net, err);
	if (!rc)
		rc = model_new(&net, &m, err);
	if (!rc)
		rc = read_classes(name, &s.classes, m, err);
	if (rc)
		goto failed;
	read_pre(s.pre.p, &m->pre);
	if (s.facts.there)
		read_facts(&s.facts, &m->facts);
	for (int i = 0; !rc && i < net.count; i++)
		rc = read_layer(name, &s.layer[i], i, m, err);
	if (rc)
		goto failed;
	rc = model_check(m, &why);
	if (rc) {
		err_set(err, rc, "%.110s: %.140s", name, why.text);
		goto failed;
	}
	*out = m;
	return BNN_OK;
failed:
	bnn_model_free(m);
	return rc;
}

int bnn_model_load(const char *path, bnn_model **out, struct bnn_err *err)
{
	uint8_t *p;
	size_t len;
	int rc = file_read(path, MODEL_FILE_MAX, &p, &len, err);

	if (rc)
		return rc;
	rc = model_decode(file_shown(path), p, len, out, err);
	free(p);
	return rc;
}
