/* SPDX-License-Identifier: MIT
 * Error texts and the library version. */
#include <stdarg.h>
#include <stdio.h>

#include "model.h"

#define STR2(x) #x
#define STR(x) STR2(x)

static const char *const error_text[BNN_E_COUNT] = {
	[-BNN_OK] = "no error",
	[-BNN_E_INTERNAL] = "internal error (a bug in libbnn)",
	[-BNN_E_ARG] = "bad argument",
	[-BNN_E_FILE] = "file missing, unreadable or malformed",
	[-BNN_E_LIMIT] = "beyond a limit of the format or the device",
	[-BNN_E_NO_DEVICE] = "no such device",
	[-BNN_E_LINK] = "link error",
	[-BNN_E_DEVICE] = "the device refused",
	[-BNN_E_TIMEOUT] = "no answer in time",
	[-BNN_E_MISMATCH] = "results differ from the reference",
	[-BNN_E_MEMORY] = "out of memory",
};

const char *bnn_strerror(int code)
{
	if (code > 0 || code <= -BNN_E_COUNT)
		return "unknown error code";
	return error_text[-code];
}

const char *bnn_version(void)
{
	return STR(BNN_VERSION_MAJOR) "." STR(BNN_VERSION_MINOR) ".0";
}

void err_text(struct bnn_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}
