#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks from Brevitas for `bnnctl import`, called by make:
#   scripts/onnx.sh small             writes the fixtures tests/onnx/ again
#   scripts/onnx.sh full COUNT BNNCTL  exports TFC, SFC, LFC and CNV W1A1 with random weights, imports them
#                                     and compares the classes of COUNT images with PyTorch's
# Environment: BUILD (default build), where a Python environment with Brevitas is made once.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
env=$build/onnx-env

if [ ! -e "$env/ready" ]; then
	rm -rf "$env"
	/usr/bin/python3 -m venv --system-site-packages "$env"
	# Without their dependencies: PyTorch, ONNX and NumPy are Debian's.
	"$env/bin/pip" install -q --no-deps brevitas==0.9.1 dependencies==2.0.1 qonnx==0.2.0 \
		onnxoptimizer==0.4.2 packaging typing_extensions 'setuptools<70'
	touch "$env/ready"
fi
export PYTHONDONTWRITEBYTECODE=1
case "${1:-}" in
small)
	exec "$env/bin/python" scripts/onnx_nets.py small tests/onnx
	;;
full)
	mkdir -p "$build/onnx"
	exec "$env/bin/python" scripts/onnx_nets.py full "$build/onnx" "$2" "$3"
	;;
*)
	echo "usage: scripts/onnx.sh small | full COUNT BNNCTL" >&2
	exit 2
	;;
esac
