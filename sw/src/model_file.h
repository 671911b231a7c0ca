/* SPDX-License-Identifier: MIT
 * The .bnn file as bytes. docs/model-format.md is the specification. */
#ifndef JB_MODEL_FILE_H
#define JB_MODEL_FILE_H

#include "bytes.h"
#include "model.h"

#define MODEL_FILE_MAGIC "\x89JBNN\r\n\x1a" /* 8 bytes */
#define MODEL_FILE_VERSION 1
/* Header: magic, u32 version, u32 length of the file, u32 CRC-32 of all other bytes. */
#define MODEL_FILE_HEADER 20
#define MODEL_FILE_CRC 16 /* offset of the CRC-32 in the header */
/* Section: 4-letter id, u32 payload length, payload, u32 CRC-32 of all before it. */
#define MODEL_FILE_FRAME 12
/* No model of a permitted shape is longer. */
#define MODEL_FILE_MAX (64u << 20)

/* Writes the model to b (zeroed by the caller, who frees b->p). The model has passed model_check.
 * Errors: BNN_E_MEMORY. */
int model_encode(const struct bnn_model *m, struct bytes *b, struct bnn_err *err);
/* Reads a model from len bytes. name stands in messages.
 * Errors: BNN_E_FILE (names the section), BNN_E_LIMIT, BNN_E_MEMORY. */
int model_decode(const char *name, const uint8_t *p, size_t len, struct bnn_model **out,
		 struct bnn_err *err);
/* CRC-32 of a whole file image except the four bytes of the CRC itself. */
uint32_t model_file_crc(const uint8_t *p, size_t len);
/* CRC-32 (IEEE 802.3, as zlib). */
uint32_t model_crc(const uint8_t *p, size_t len);

#endif
