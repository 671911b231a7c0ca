#!/bin/sh
# SPDX-License-Identifier: MIT
# Speed of training and of inference on the processor against PyTorch and ONNX Runtime, in turns in one run:
# writes docs/speed.md. Called by make, which installs Debian's python3-torch and python3-onnx.
# BUILD: folder with bnnctl, and for a Python environment with ONNX Runtime, made once. BNNCTL: the program,
# where it is not in BUILD. FASHION: the four Fashion-MNIST files. IMAGES: learned from, in place of 60000.
# ROUNDS: turns, in place of 3. PAGE: other than docs/speed.md.
set -eu
cd "$(dirname "$0")/.."

BUILD=${BUILD:-build}
SETS=$BUILD/data
IMAGES=${IMAGES:-60000}
mkdir -p "$SETS"
. scripts/data.sh

env=$BUILD/speed-env
if [ ! -e "$env/ready" ]; then
	rm -rf "$env"
	/usr/bin/python3 -m venv --system-site-packages "$env"
	# Without their dependencies: NumPy is Debian's.
	"$env/bin/pip" install -q --disable-pip-version-check --no-deps onnxruntime==1.20.1 flatbuffers==24.3.25
	touch "$env/ready"
fi
if [ ! -d "$SETS/speed-$IMAGES" ]; then
	rm -rf "$SETS/part"
	idx_range "$FASHION" 0 "$IMAGES" "$SETS/part" train
	idx_range "$FASHION" 0 100 "$SETS/part" t10k # the test is not timed
	mv "$SETS/part" "$SETS/speed-$IMAGES"
fi
export PYTHONDONTWRITEBYTECODE=1 OMP_WAIT_POLICY=PASSIVE
"$env/bin/python" scripts/speed_torch.py "${BNNCTL:-$BUILD/bnnctl}" "$SETS/speed-$IMAGES" "${ROUNDS:-3}" \
	"$BUILD" > "$BUILD/speed.md"
mv "$BUILD/speed.md" "${PAGE:-docs/speed.md}"
