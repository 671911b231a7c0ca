#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes a random network, an image and the expected results with NumPy alone.

    make_folder.py OUT [--seed N] [--net TEXT]

OUT/folder/    exchange folder: net.txt, classes.txt, Ln.*.npy
OUT/image.pgm  (or image.ppm) an image of the network's size; OUT/image.npy the same pixels
OUT/expected/  L1.npy ... u8 [rows][cols][channels], cam.npy i32, scores.npy i32

Nothing of the library is used: the arithmetic below is written from the definition (cross-correlation,
sign(0) = +1, bits outside the map are -1, pixels outside repeat the nearest edge pixel), so that equal
results mean something. Integers only; the same seed gives the same files.
"""
import argparse
import os
import re

import numpy as np

LAYER = re.compile(r"(jet|sjet|bconv)([135])x(\d+)(/2)?(v)?$")
HEAD = re.compile(r"(dense|cam)(\d+)$")


def jet_kernels(k):
    """All K*K kernels, number dy*K+dx: outer products of passes [1 1] and [1 -1]."""
    lines = []
    for d in range(k):
        line = np.array([1])
        for p in range(k - 1):
            line = np.convolve(line, [1, -1] if p < d else [1, 1])
        lines.append(line)
    return np.array([np.outer(lines[dy], lines[dx]) for dy in range(k) for dx in range(k)])


def correlate(x, w, stride, valid, pixels):
    """x [rows][cols][in], w [out][in][K][K] -> z [rows][cols][out]."""
    k = w.shape[2]
    if not valid:
        pad = ((k // 2, k // 2), (k // 2, k // 2), (0, 0))
        x = np.pad(x, pad, mode="edge") if pixels else np.pad(x, pad, constant_values=-1)
    rows, cols = x.shape[0] - k + 1, x.shape[1] - k + 1
    z = np.zeros((rows, cols, w.shape[0]), np.int64)
    for r in range(k):
        for c in range(k):
            z += x[r:r + rows, c:c + cols] @ w[:, :, r, c].T
    return z[::stride, ::stride]


def pool(bits):
    r, c = bits.shape[0] // 2, bits.shape[1] // 2
    b = bits[:2 * r, :2 * c]
    return b[0::2, 0::2] | b[0::2, 1::2] | b[1::2, 0::2] | b[1::2, 1::2]


def thresholds(rng, z):
    """One a channel, between the 20 % and 80 % quantile of its z; a few never or always."""
    flat = np.sort(z.reshape(-1, z.shape[-1]), axis=0)
    n = flat.shape[0]
    t = flat[rng.integers(n // 5, n - n // 5, z.shape[-1]), np.arange(z.shape[-1])]
    t = t + rng.integers(-1, 2, t.shape)
    odd = rng.integers(0, 24, t.shape)
    t[odd == 0] = -100000
    t[odd == 1] = 100000
    return t.astype(np.int32)


def signs(rng, shape):
    return (2 * rng.integers(0, 2, shape) - 1).astype(np.int8)


def random_text(rng):
    """A topology of one to four convolutions, perhaps a hidden dense, and a head."""
    pick = lambda *items: items[rng.integers(len(items))]
    rows, cols = int(rng.integers(8, 33)), int(rng.integers(8, 33))
    words = []
    size = min(rows, cols)
    for n in range(int(rng.integers(1, 5))):
        kind = pick("jet", "sjet", "bconv")
        k = pick(1, 3, 5) if kind == "bconv" else pick(3, 5)
        valid = size > k + 3 and rng.integers(3) == 0
        stride = 2 if size > 7 and rng.integers(4) == 0 else 1
        words.append("%s%dx%d%s%s" % (kind, k, rng.integers(1, 71), "/2" if stride == 2 else "",
                                      "v" if valid else ""))
        size = (size - k) // stride + 1 if valid else -(-size // stride)
        while size >= 4 and rng.integers(2):
            words.append("pool")
            size //= 2
    if rng.integers(3) == 0:
        words += ["dense%d" % rng.integers(1, 101)]
        words += ["dense%d" % rng.integers(2, 21)]
    else:
        words += ["%s%d" % (pick("dense", "cam"), rng.integers(2, 21))]
    return "%dx%dx%d: %s" % (rows, cols, pick(1, 3), " ".join(words))


def random_image(rng, rows, cols, channels):
    """Blobs and noise with dark and bright clipping, so that edges and flats both occur."""
    y, x = np.mgrid[0:rows, 0:cols]
    im = rng.integers(0, 60, (rows, cols, channels))
    for _ in range(6):
        cy, cx, r = rng.integers(rows), rng.integers(cols), rng.integers(2, 9)
        im[(y - cy) ** 2 + (x - cx) ** 2 < r * r] += rng.integers(-120, 200, channels)
    return np.clip(im, 0, 255)


def convolution(rng, match, x, pixels, save):
    kind, k, out = match[1], int(match[2]), int(match[3])
    stride, valid, ch = 2 if match[4] else 1, bool(match[5]), x.shape[2]
    if kind == "bconv":
        w = signs(rng, (out, ch, k, k))
        save("weight", w)
    else:
        kernel = rng.integers(0, k * k, (out,) if kind == "sjet" else (out, ch)).astype(np.uint8)
        sign = signs(rng, (out, ch))
        save("kernel", kernel)
        save("sign", sign)
        spread = kernel[:, None].repeat(ch, 1) if kind == "sjet" else kernel
        w = sign[:, :, None, None] * jet_kernels(k)[spread]
    return correlate(x, w.astype(np.int64), stride, valid, pixels)


def head(rng, match, x, folder_save, expected):
    classes = int(match[2])
    if match[1] == "cam":
        w = signs(rng, (classes, x.shape[2]))
        z = x @ w.astype(np.int64).T
        np.save(os.path.join(expected, "cam.npy"), z.astype(np.int32))
        sums = z.sum(axis=(0, 1))
    else:
        w = signs(rng, (classes, x.size))
        sums = w.astype(np.int64) @ x.reshape(-1)
    bias = rng.integers(-20, 21, classes).astype(np.int32)
    folder_save("weight", w)
    folder_save("bias", bias)
    np.save(os.path.join(expected, "scores.npy"), (sums + bias).astype(np.int32))


def make(out, rng, text):
    folder, expected = os.path.join(out, "folder"), os.path.join(out, "expected")
    os.makedirs(folder, exist_ok=True)
    os.makedirs(expected, exist_ok=True)
    size, *words = text.split()
    rows, cols, channels = (int(v) for v in size.rstrip(":").split("x"))
    image = random_image(rng, rows, cols, channels)
    layers = [i for i, w in enumerate(words) if w != "pool"]
    x = image.astype(np.int64)
    for n, at in enumerate(layers, 1):
        save = lambda name, a: np.save(os.path.join(folder, "L%d.%s.npy" % (n, name)), a)
        if at == layers[-1]:
            head(rng, HEAD.match(words[at]), x, save, expected)
            break
        match = LAYER.match(words[at])
        if match:
            z = convolution(rng, match, x, n == 1, save)
        else:
            w = signs(rng, (int(HEAD.match(words[at])[2]), x.size))
            save("weight", w)
            z = (w.astype(np.int64) @ x.reshape(-1)).reshape(1, 1, -1)
        t = thresholds(rng, z)
        save("threshold", t)
        bits = (z >= t).astype(np.uint8)
        for _ in range(layers[n] - at - 1):
            bits = pool(bits)
        np.save(os.path.join(expected, "L%d.npy" % n), bits)
        x = 2 * bits.astype(np.int64) - 1
    with open(os.path.join(folder, "net.txt"), "w") as f:
        f.write(text + "\n")
    with open(os.path.join(folder, "classes.txt"), "w") as f:
        f.writelines("thing %d\n" % c for c in range(int(HEAD.match(words[-1])[2])))
    np.save(os.path.join(out, "image.npy"), image.astype(np.uint8))
    name = "image.pgm" if channels == 1 else "image.ppm"
    with open(os.path.join(out, name), "wb") as f:
        f.write(b"P%d\n%d %d\n255\n" % (5 if channels == 1 else 6, cols, rows))
        f.write(image.astype(np.uint8).tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", help="folder to make")
    parser.add_argument("--seed", type=int, default=1, help="[1]")
    parser.add_argument("--net", help="net text [a random one]")
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    text = args.net or random_text(rng)
    make(args.out, rng, text)
    print(text)


if __name__ == "__main__":
    main()
