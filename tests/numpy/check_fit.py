#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks what bnnctl makes of an image before a network sees it, with NumPy alone.

    check_fit.py BNNCTL WORK

Networks whose first layer compares every pixel with 1 to 255 give the pixels back: the number of ones at
a position is its value. Colours, resizing and preprocessing are computed here from
docs/model-format.md. Exit status 1 at the first difference.
"""
import math
import os
import subprocess
import sys

import numpy as np


def rounded(a, b):
    return (2 * a + b) // (2 * b)


def shares(size, wanted):
    """[wanted][size]: whole weights of area averaging."""
    i, y = np.mgrid[0:wanted, 0:size]
    w = np.minimum((i + 1) * size, (y + 1) * wanted) - np.maximum(i * size, y * wanted)
    return np.maximum(w, 0)


def fit(image, side, pre):
    image = image.astype(object)
    gray = rounded(299 * image[..., 0] + 587 * image[..., 1] + 114 * image[..., 2], 1000)
    rows, cols = gray.shape
    x = rounded(shares(rows, side).dot(gray).dot(shares(cols, side).T), rows * cols)
    if "normalize" in pre:
        n, s, q = x.size, x.sum(), (x * x).sum()
        x = np.clip(128 + rounded(50 * (n * x - s), max(math.isqrt(n * q - s * s), 3 * n)), 0, 255)
    if "contrast" in pre:
        half, out = pre["window"] // 2, x.copy()
        for r in range(side):
            for c in range(side):
                w = x[max(r - half, 0):r + half + 1, max(c - half, 0):c + half + 1]
                n, s, q = w.size, w.sum(), (w * w).sum()
                v = rounded(40 * (n * x[r, c] - s), math.isqrt(n * q - s * s) + 4 * n)
                out[r, c] = min(max(128 + v, 0), 255)
        x = out
    return x


def save_folder(folder, side, pre):
    save = lambda name, a: np.save(os.path.join(folder, name + ".npy"), a)
    os.makedirs(folder)
    with open(os.path.join(folder, "net.txt"), "w") as f:
        f.write("%dx%dx1: bconv1x255 cam2\n" % (side, side))
    with open(os.path.join(folder, "classes.txt"), "w") as f:
        f.write("a\nb\n")
    with open(os.path.join(folder, "pre.txt"), "w") as f:
        f.writelines("%s=%d\n" % item for item in pre.items())
    save("L1.weight", np.ones((255, 1, 1, 1), np.int8))
    save("L1.threshold", np.arange(1, 256, dtype=np.int32))
    save("L2.weight", np.ones((2, 255), np.int8))
    save("L2.bias", np.zeros(2, np.int32))


def main():
    bnnctl, work = sys.argv[1:]
    rng = np.random.default_rng(5)
    pres = [{}, {"normalize": 1}, {"contrast": 1, "window": 7},
            {"normalize": 1, "contrast": 1, "window": 3}]
    for n, (rows, cols, side) in enumerate([(8, 8, 8), (37, 21, 8), (5, 64, 16), (1, 1, 9),
                                            (100, 90, 23)]):
        image = rng.integers(0, 256, (rows, cols, 3), np.uint8) // (1 + 3 * (n % 2))
        path = os.path.join(work, "fit%d.ppm" % n)
        with open(path, "wb") as f:
            f.write(b"P6 %d %d 255\n" % (cols, rows) + image.tobytes())
        for p, pre in enumerate(pres):
            base = os.path.join(work, "fit%d.%d" % (n, p))
            save_folder(base, side, pre)
            subprocess.run([bnnctl, "-q", "convert", base, base + ".bnn"], check=True,
                           stdout=subprocess.DEVNULL)
            subprocess.run([bnnctl, "-q", "-d", "cpu", "-m", base + ".bnn", "layers", path, "-o",
                            base + ".out"], check=True, stdout=subprocess.DEVNULL)
            got = np.load(os.path.join(base + ".out", "L1.npy")).sum(axis=2)
            if not np.array_equal(got, fit(image, side, pre).astype(int)):
                sys.exit("%dx%d to %dx%d, %r: pixels differ" % (rows, cols, side, side, pre))


main()
