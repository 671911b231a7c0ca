# SPDX-License-Identifier: MIT
"""Training and inference of one binary network by bnnctl, PyTorch and ONNX Runtime, in turns.

  speed_torch.py BNNCTL DATA ROUNDS WORK    page of the figures to stdout

DATA is a folder of IDX files; WORK one for files. scripts/speed.sh runs it. Wall seconds are of a machine
that may have other work; CPU seconds, those of all threads of a process, compare what is computed.
"""
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

NET = "28x28x1: jet3x32 pool bconv3x64 pool bconv3x80 dense10"
MODEL = "models/fashion-mnist.bnn"  # of this network
BATCH = 64
THREADS = 2
SLICE = 3.0  # seconds of a measurement of inference


def sign_of(x):
    return (x >= 0).float() * 2 - 1


class Sign(torch.autograd.Function):
    """Bits, with the slope that the trainer uses."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return sign_of(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (2 - 2 * x.abs()).clamp(min=0)


class WeightSign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return sign_of(x)

    @staticmethod
    def backward(ctx, g):
        return g


def weight_of(layer):
    return WeightSign.apply(layer.weight) if layer.training else sign_of(layer.weight)


class BinaryConv(nn.Conv2d):
    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), value=-1.0), weight_of(self))


class BinaryLinear(nn.Linear):
    def forward(self, x):
        return F.linear(x, weight_of(self))


class Bits(nn.Module):
    def forward(self, x):
        return Sign.apply(x) if self.training else sign_of(x)


class Jets(nn.Module):
    """The bank: fixed kernels in turn, the nearest pixels around, trained thresholds."""

    def __init__(self, outputs):
        super().__init__()
        passes = [np.array(p, dtype=np.float32) for p in ([1, 2, 1], [1, 0, -1], [1, -2, 1])]
        kernels = [np.outer(passes[n // 3], passes[n % 3]) for n in range(9)]
        bank = np.stack([kernels[o % 17 % 9] * (1 if o % 17 < 9 else -1) for o in range(outputs)])
        self.register_buffer("bank", torch.from_numpy(bank[:, None]))
        self.threshold = nn.Parameter(torch.zeros(outputs, 1, 1))

    def forward(self, x):
        z = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), self.bank)
        return F.max_pool2d(z, 2) / 100 - self.threshold


def network():
    return nn.Sequential(
        Jets(32), Bits(),
        BinaryConv(32, 64, 3, bias=False), nn.BatchNorm2d(64), nn.MaxPool2d(2), Bits(),
        BinaryConv(64, 80, 3, bias=False), nn.BatchNorm2d(80), Bits(),
        nn.Flatten(), BinaryLinear(3920, 10, bias=False))


def read_idx(path):
    with gzip.open(path) as f:
        data = f.read()
    dims = data[3]
    shape = np.frombuffer(data, ">i4", dims, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)


def cpu_of_children():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def run(command):
    """Wall and CPU seconds of a program, and its output."""
    wall, cpu = time.time(), cpu_of_children()
    out = subprocess.run(command, check=True, capture_output=True).stdout
    return np.array([time.time() - wall, cpu_of_children() - cpu]), out


def ours_epoch(bnnctl, data, work):
    """Wall and CPU seconds of an epoch: what three take more than one."""
    command = [bnnctl, "train", "--idx", data, "--net", NET, "--batch", str(BATCH), "--holdout", "0", "--augment",
               "none", "--normalize", "none", "--threads", str(THREADS), "-q", "-o", os.path.join(work, "speed.bnn")]
    one, _ = run(command + ["--epochs", "1"])
    three, _ = run(command + ["--epochs", "3"])
    return (three - one) / 2


def torch_epoch(net, optimiser, x, y):
    net.train()
    wall, cpu = time.time(), time.process_time()
    order = torch.randperm(len(x))
    for at in range(0, len(x) - BATCH + 1, BATCH):
        batch = order[at : at + BATCH]
        optimiser.zero_grad()
        F.cross_entropy(net(x[batch].float()) / 60, y[batch]).backward()
        optimiser.step()
        with torch.no_grad():
            for p in net.parameters():
                if p.dim() > 1 and p.shape[-1] != 1:
                    p.clamp_(-1, 1)
    return np.array([time.time() - wall, time.process_time() - cpu])


def timed(call, images):
    """Wall and CPU microseconds an image."""
    call()
    wall, cpu, calls = time.time(), time.process_time(), 0
    while time.time() - wall < SLICE or calls < 2:
        call()
        calls += 1
    return 1e6 * np.array([time.time() - wall, time.process_time() - cpu]) / (calls * images)


def ours_inference(bnnctl):
    command = [bnnctl, "bench", "-d", "cpu", "--json", "--threads", str(THREADS), MODEL]
    few, _ = run(command + ["--images", "2000"])
    many, out = run(command + ["--images", "102000"])
    return np.array([1e6 / json.loads(out)["images_per_second"], 1e6 * (many - few)[1] / 100000])


def others_inference(net, work):
    """The best of some batch sizes, of PyTorch and of ONNX Runtime."""
    net.eval()
    path = os.path.join(work, "speed.onnx")
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), path, input_names=["x"], dynamic_axes={"x": {0: "n"}},
                      opset_version=13)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    results = {"PyTorch": [], "ONNX Runtime": []}
    for batch in (1, 64, 256):
        x = torch.randint(0, 256, (batch, 1, 28, 28)).float()
        with torch.no_grad():
            results["PyTorch"].append(timed(lambda: net(x), batch))
        array = x.numpy()
        results["ONNX Runtime"].append(timed(lambda: session.run(None, {"x": array}), batch))
    return {k: np.min(np.stack(v), axis=0) for k, v in results.items()}


def median(rows):
    return np.median(np.stack(rows), axis=0)


def processor():
    flags, cores = set(), 0
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            cores += line.startswith("processor")
            if line.startswith("flags"):
                flags = set(line.split())
    wanted = ["avx2", "avx512f", "avx512_vnni", "avx512_vpopcntdq"]
    return f"{cores} cores, x86-64 with {', '.join(w for w in wanted if w in flags) or 'none of the vectors used'}"


def page(images, rounds, epoch, inference):
    ours, theirs = median(epoch["bnnctl"]), median(epoch["PyTorch"])
    print("# Speed on the processor\n")
    print("Made by `scripts/speed.sh` (`make speed`): do not edit.\n")
    mine = median(inference["bnnctl"])
    print("| | CPU time | wall time |\n|---|---|---|")
    r = ours / theirs
    print(f"| training, an epoch: bnnctl to PyTorch (goal 0.33) | {r[0 + 1]:.2f} | {r[0]:.2f} |")
    for name in ("PyTorch", "ONNX Runtime"):
        r = median(inference[name]) / mine
        print(f"| inference, images a second: bnnctl to {name} (goal 20) | {r[1]:.1f} | {r[0]:.1f} |")
    print(f"\nThe network is `{NET}`, as it is trained in binary: weights and activations are signs with a straight-through")
    print("slope, jets are fixed, batch norm, Adam, batches of 64. The others compute it as floats. "
          f"Machine: {processor()};")
    print(f"{THREADS} threads each, in turns, medians of {rounds}. Other work on the machine lengthens wall time, and that of")
    print("programs whose threads wait for each other most; CPU time is that of all threads of a program.")
    print(f"PyTorch {torch.__version__} (Debian), ONNX Runtime {onnxruntime.__version__}.\n")
    print(f"## Training: an epoch of {images} images\n\n| | CPU seconds | wall seconds |\n|---|---|---|")
    for name in epoch:
        m = median(epoch[name])
        print(f"| {name} | {m[1]:.2f} | {m[0]:.2f} |")
    print("\n## Inference: an image\n\n| | CPU microseconds | images a second by wall time |\n|---|---|---|")
    for name in inference:
        m = median(inference[name])
        print(f"| {name} | {m[1]:.1f} | {1e6 / m[0]:.0f} |")
    print("\n`bnnctl` runs an image at a time (`bnnctl bench -d cpu --threads 2`); the others the best of batches of 1, 64 and")
    print("256. They have the same network, not the same weights, which makes no difference to the time.")


def main():
    bnnctl, data, rounds, work = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    x = torch.from_numpy(read_idx(os.path.join(data, "train-images-idx3-ubyte.gz")).copy())[:, None]
    y = torch.from_numpy(read_idx(os.path.join(data, "train-labels-idx1-ubyte.gz")).copy()).long()
    net = network()
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    epoch = {"bnnctl": [], "PyTorch": []}
    inference = {"bnnctl": [], "PyTorch": [], "ONNX Runtime": []}
    for n in range(rounds):
        print(f"round {n + 1} of {rounds}", file=sys.stderr)
        epoch["bnnctl"].append(ours_epoch(bnnctl, data, work))
        epoch["PyTorch"].append(torch_epoch(net, optimiser, x, y))
        inference["bnnctl"].append(ours_inference(bnnctl))
        for name, r in others_inference(net, work).items():
            inference[name].append(r)
    page(len(x), rounds, epoch, inference)


if __name__ == "__main__":
    main()
