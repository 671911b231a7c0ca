#!/bin/bash
# SPDX-License-Identifier: MIT
# make install into an empty folder, and a program of somebody else against what is there:
# tests/system/test_install.sh [BUILD].
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "test_install: $1" >&2
	exit 1
}

${MAKE:-make} --no-print-directory install BUILD="$build" DESTDIR="$work" PREFIX=/usr > "$work/log" 2>&1 ||
	fail "make install: $(tail -n 3 "$work/log")"
for f in bin/bnnctl include/bnn.h lib/libbnn.a lib/pkgconfig/libbnn.pc share/man/man1/bnnctl.1 \
	share/jetbnn/models/fashion-mnist.bnn; do
	[ -f "$work/usr/$f" ] || fail "$f is missing"
done
grep -q '^SUBSYSTEM=="usb", ATTR{idVendor}=="1209", ATTR{idProduct}=="0001"' \
	"$work/lib/udev/rules.d/70-jetbnn.rules" || fail "the udev rule is missing"

cat > "$work/program.c" <<'END'
#include <bnn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	bnn_model *m;
	bnn_device *d;
	struct bnn_err err;
	struct bnn_result r;
	unsigned char *pixels;

	if (argc != 3 || bnn_model_load(argv[1], &m, &err) || bnn_device_open(argv[2], NULL, &d, &err) ||
	    bnn_device_load(d, m, &err))
		return puts(err.text), 1;
	pixels = calloc(1, (size_t)bnn_model_rows(m) * bnn_model_cols(m) * bnn_model_channels(m));
	if (bnn_device_classify(d, pixels, &r, &err))
		return puts(err.text), 1;
	puts(bnn_model_class(m, r.index));
	free(pixels);
	bnn_device_close(d);
	bnn_model_free(m);
	return 0;
}
END
export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
# shellcheck disable=SC2046 # flags
gcc "$work/program.c" -o "$work/program" $(pkg-config --define-variable=prefix="$work/usr" --cflags --libs libbnn) ||
	fail "a program does not link"
model=$work/usr/share/jetbnn/models/fashion-mnist.bnn
"$work/program" "$model" cpu > "$work/class" || fail "the program: $(cat "$work/class")"
"$work/program" "$model" sim > "$work/class" && fail "a device without simulation was opened"
grep -q 'no simulated accelerator is linked' "$work/class" || fail "unclear: $(cat "$work/class")"
echo "installed: bnnctl, libbnn, header, man page, model, udev rule; a program links and classifies"
