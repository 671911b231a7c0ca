#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains the bundled models again: models/*.bnn. What models/README.md says of them comes from here.
# BUILD: output folder with bnnctl. DATA: folder with the four IDX files.
set -eu

BUILD=${BUILD:-build}
DATA=${DATA:-/usr/share/datasets/fashion-mnist}

"$BUILD/bnnctl" train --idx "$DATA" \
	--classes "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot" \
	--net "28x28x1: jet3x32 pool bconv3x64 pool bconv3x80 dense10" \
	--epochs 16 --batch 64 --holdout 0.05 --augment flip-h --seed 1 -o models/fashion-mnist.bnn
