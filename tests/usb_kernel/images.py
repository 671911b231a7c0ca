# SPDX-License-Identifier: MIT
# The first images of an IDX file as an IDX file of their own: images.py FROM COUNT TO
import gzip
import struct
import sys

source, count, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
opener = gzip.open if source.endswith(".gz") else open
with opener(source, "rb") as f:
    magic, images, rows, cols = struct.unpack(">4i", f.read(16))
    count = min(count, images)
    pixels = f.read(count * rows * cols)
with open(target, "wb") as f:
    f.write(struct.pack(">4i", magic, count, rows, cols) + pixels)
