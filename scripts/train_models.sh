#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains the bundled models again: models/*.bnn. What models/README.md says of them comes from here.
#   train_models.sh [NAME ...]     names of models; all where there is none
# BUILD: output folder with bnnctl. DATA: folder with the archives that models/README.md names; a
# model whose set is not there is left out. FASHION: folder with the four Fashion-MNIST files.
set -eu

BUILD=${BUILD:-build}
SETS=$BUILD/data
. scripts/data.sh

# $1 model, $2 its set, $3 the class that is "good" where the others are "bad", or nothing; then
# options with the set's folder as @
model()
{
	name=$1 set=$2 good=$3
	shift 3
	case " $wanted " in "  " | *" $name "*) ;; *) return 0 ;; esac
	folder=$(unpack "$set")
	if [ -z "$folder" ]; then
		note "$name: no $set in DATA, left out"
		return 0
	fi
	[ -z "$good" ] || folder=$(good_bad "$set" "$good")
	for word; do
		shift
		[ "$word" != @ ] || word=$folder
		set -- "$@" "$word"
	done
	"$BUILD/bnnctl" train "$@" -o "models/$name.bnn"
}

wanted=$*
model fashion-mnist fashion-mnist "" --idx @ \
	--classes "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot" \
	--net "28x28x1: jet3x32 pool bconv3x64 pool bconv3x80 dense10" \
	--epochs 16 --batch 64 --soften 0 --holdout 0.05 --augment flip-h --seed 1
model wheat-grains wheat-grains "" @ \
	--net "64x64x1: jet3x34 pool pool bconv3x32 pool bconv3x64 pool dense3" --distil \
	--epochs 12 --batch 32 --rate 0.02 --soften 0 --holdout 0 --group-by _ --class-weights sqrt \
	--augment flip-h,flip-v,brightness --normalize none --seed 1
model solar-modules solar-modules-ir no-anomaly @ \
	--net "40x24x1: jet3x68 pool bconv3x64 pool bconv3x128 pool dense2" \
	--epochs 8 --batch 32 --rate 0.02 --holdout 0 --class-weights none \
	--augment none --normalize none --seed 1
