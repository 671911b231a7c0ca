#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/jets.md: jets against binary convolution (bconv) on the same device. Environment: BUILD, FPGA_ENV, YOSYS of
# scripts/parts.sh. Sizes are those of scripts/parts.txt after synthesis, bits and cycles of the exact models
# (BUILD/net_cost), accuracies those of docs/results.md (`make results`); nothing here is typed by hand.
set -eu
export LC_ALL=C
build=${BUILD:-build}
scripts=$(dirname "$0")
out=$build/jets.md
parts="up5k-front-K3F1 up5k-front-K3F1-jets up5k-front-K3F1-bconv up5k-front-K3F2 up5k-front-K5F1
	ecp5-front-K3F1 ecp5-front-K5F1 ecp5-front-K5F1-jets ecp5-front-K5F1-bconv ecp5-front-K5F4 ecp5-front-K3F16
	up5k-core-1x2 up5k-core-1x2J ecp5-core-1x2 ecp5-core-1x2J ecp5-core-2x4"
# shellcheck disable=SC2086 # a list
"$scripts/parts.sh" $parts

first() { # BOARD KERNEL OUTPUTS: both layers on pixels, as net_cost prints them
	"$build/net_cost" $1 "28x28x1: jet$2x$3 cam2" "28x28x1: bconv$2x$3 cam2"
}
binary() { # CHANNELS KERNEL
	"$build/net_cost" 1x2 "16x16x1: jet3x$1 bconv$2x$1 cam2" "16x16x1: jet3x$1 sjet$2x$1 cam2" \
		"16x16x1: jet3x$1 jet$2x$1 cam2"
}

{
	cat <<- 'TEXT'
	# Jets against binary convolution

	Made by `make jets`, not by hand. A jet layer picks one of K² fixed kernels and a sign for each pair of output and
	input channel; a binary convolution (bconv) has K² weights of one bit. Both are measured on the same devices: iCE40 UP5K
	and ECP5, after synthesis with the tools of `scripts/fpga-tools.txt`. Cycles are those of the models that equal the
	accelerator's counters (`make fuzz`). No figure is of a board.

	**Where jets win.**

	- On pixels, in cycles: all kernels of a window share a few additions, so that an output takes one term a
	  channel, where bconv takes K². With the same gates bconv has several times the cycles as soon as there are enough
	  outputs; to be as fast it needs that many more adders and memories for thresholds and values.
	- On pixels, in weight bits: 5 (K = 3) or 6 (K = 5) an output and channel, not 9 or 25. This is a small part of a
	  net's bits.
	- On pixels, in accuracy: jets first is ahead of ±1 weights on pixels where both were trained, most of all on surfaces of
	  low contrast.
	- Shared jets on bits, in weight bits, and in cycles with the same lanes: one kernel for each output, so that little is
	  left but pointwise weights.

	**Where jets lose.**

	- In gates on pixels at one output a clock: the front end that is built serves both, and one for bconv only would be
	  smaller. The adders of the passes are the price, the select stage is the same. Jets pay by speed.
	- Jets for each pair on bits: a kernel of a jet is a sum of several ±1 kernels, which the engine runs one
	  after the other. Weight bits shrink, cycles grow. On one-bit inputs a general XNOR kernel is too cheap to beat.
	- Shared jets on bits, in gates: the option costs as much as several times the lanes, with which bconv is as fast or
	  faster. The sums of the passes are wide, one for each position and tap, where an XNOR is one bit; most lanes are idle
	  meanwhile. The boards are built without it; UP5K cannot hold it.
	- Shared jets on bits, in accuracy: a net of jets throughout is worse than jets first, though it has more channels. It
	  is worth it where weight bits are what runs out.

	## First layer on pixels
	TEXT
	for p in $parts; do cat "$build/parts/$p.part"; done | awk -v table=front -f "$scripts/jets.awk"
	for k in 3 5; do for n in 8 16 32; do first orangecrab $k $n; done; done | awk -v table=first -f "$scripts/jets.awk"
	for n in 16 32 64; do first ulx3s 3 $n; done | awk -v table=first -v form=wide -f "$scripts/jets.awk"
	for p in $parts; do cat "$build/parts/$p.part"; done | awk -v table=engine -f "$scripts/jets.awk"
	for k in 3 5; do for n in 32 64; do binary $n $k; done; done | awk -v table=binary -f "$scripts/jets.awk"
	cat <<- 'TEXT'

	## Accuracy of trained nets

	From [results](results.md), which has the nets, options, seeds and their spread: accuracy / balanced accuracy in per
	cent of the test images, and weight bits. The first layers of a task have as many outputs, "jets throughout" has
	more channels behind it and shared jets there. Where a column is empty the runs are not in the results yet.

	TEXT
	awk -v table=results -f "$scripts/jets.awk" docs/results.md
	cat <<- 'TEXT'

	The results [before](results-signs.md), of shorter training with bits hard from the start and one seed, which is not
	proof of a small gap, have every column:

	TEXT
	awk -v table=results -f "$scripts/jets.awk" docs/results-signs.md
} > "$out"
cp "$out" docs/jets.md
echo "docs/jets.md"
