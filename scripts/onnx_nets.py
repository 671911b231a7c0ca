# SPDX-License-Identifier: MIT
"""Binary networks in PyTorch and Brevitas with random weights and normalisations, exported to QONNX,
and what PyTorch makes of random images: for tests of `bnnctl import`.

  onnx_nets.py small DIR        the fixtures of tests/onnx: NAME.onnx, NAME.npy (images), NAME.txt (scores)
  onnx_nets.py full DIR COUNT BNNCTL
                                the FINN networks TFC, SFC, LFC and CNV W1A1 in the same form, imported and
                                run by BNNCTL on the cpu device, and compared; exit status 1 when they differ

scripts/onnx.sh runs it in an environment with what it needs.
"""
import json
import os
import shutil
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from torch import nn

from brevitas.core.restrict_val import RestrictValueType
from brevitas.core.scaling import ScalingImplType
from brevitas.export import export_qonnx
from brevitas.nn import QuantConv2d, QuantIdentity, QuantLinear
from brevitas_examples.bnn_pynq.models import model_with_cfg
from brevitas_examples.bnn_pynq.models.common import CommonActQuant, CommonWeightQuant
from brevitas_examples.bnn_pynq.models.tensor_norm import TensorNorm


class ChannelScaledWeight(CommonWeightQuant):
    """Binary weights with a scale for each output: the mean of their amounts."""

    scaling_impl_type = ScalingImplType.STATS
    scaling_stats_op = "ave"
    scaling_per_output_channel = True
    scaling_const = None


def sign():
    return QuantIdentity(act_quant=CommonActQuant, bit_width=1)


def conv(inputs, outputs, k, **more):
    more = {"bias": False, "weight_quant": CommonWeightQuant, "weight_bit_width": 1, **more}
    return QuantConv2d(inputs, outputs, k, **more)


def linear(inputs, outputs, **more):
    more = {"bias": False, "weight_quant": CommonWeightQuant, "weight_bit_width": 1, **more}
    return QuantLinear(inputs, outputs, **more)


def pixels_8bit():
    return QuantIdentity(act_quant=CommonActQuant, bit_width=8, min_val=-1.0, max_val=1.0 - 2.0**-7,
                         narrow_range=False, restrict_scaling_type=RestrictValueType.POWER_OF_TWO)


class Centred(nn.Module):
    """Pixels from 0 to 1 become -1 to 1."""

    def forward(self, x):
        return 2.0 * x - torch.tensor([1.0])


class Scaled(nn.Module):
    """x * gain + offset, one number a feature or one for all."""

    def __init__(self, gain, offset):
        super().__init__()
        self.register_buffer("gain", torch.tensor(gain))
        self.register_buffer("offset", torch.tensor(offset))

    def forward(self, x):
        return x * self.gain + self.offset


class Pad(nn.Module):
    def __init__(self, mode, value=0.0):
        super().__init__()
        self.mode, self.value = mode, value

    def forward(self, x):
        return nn.functional.pad(x, (1, 1, 1, 1), self.mode, self.value)


class Image(nn.Module):
    """A list of pixels becomes a square image."""

    def __init__(self, side):
        super().__init__()
        self.side = side

    def forward(self, x):
        return x.view(-1, 1, self.side, self.side)


class View(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)


class Sign(nn.Module):
    def forward(self, x):
        return torch.sign(x)


class ChannelsLast(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


class MeanOfMap(nn.Module):
    def forward(self, x):
        return nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)


class PadReplicate(nn.Module):
    def forward(self, x):
        return nn.functional.pad(x, (1, 1, 1, 1), "replicate")


def mlp():
    """As FINN's TFC, but small."""
    return nn.Sequential(nn.Flatten(), Centred(), sign(), linear(64, 24), nn.BatchNorm1d(24), sign(),
                         linear(24, 16), nn.BatchNorm1d(16), sign(), linear(16, 4), TensorNorm()), (1, 8, 8)


def cnv():
    """As FINN's CNV, but small."""
    return nn.Sequential(Centred(), pixels_8bit(),
                         conv(3, 8, 3), nn.BatchNorm2d(8), sign(),
                         conv(8, 8, 3), nn.BatchNorm2d(8), sign(), nn.MaxPool2d(2),
                         conv(8, 12, 3), nn.BatchNorm2d(12), sign(), nn.Flatten(),
                         linear(48, 16), nn.BatchNorm1d(16), sign(), linear(16, 5), TensorNorm()), (3, 12, 12)


def pool_first():
    """The pool stands before the normalisation, whose gains have both signs."""
    return nn.Sequential(conv(1, 10, 3), nn.MaxPool2d(2), nn.BatchNorm2d(10), sign(),
                         conv(10, 12, 1), nn.Hardtanh(-6, 4), nn.MaxPool2d(2), nn.BatchNorm2d(12), sign(),
                         nn.Flatten(), linear(48, 6, bias=True)), (1, 10, 10)


def scales():
    """Scales and biases everywhere, and scores with scales 1 : -3 : 1 and offsets of their own."""
    return nn.Sequential(Scaled(3.25, -1.1), conv(3, 9, 3, weight_quant=ChannelScaledWeight, bias=True),
                         nn.BatchNorm2d(9), sign(), Scaled([[[0.5]]] * 4 + [[[-0.5]]] * 5, 0.125),
                         nn.MaxPool2d(2), nn.Flatten(),
                         linear(9 * 9, 10, weight_quant=ChannelScaledWeight, bias=True), sign(),
                         linear(10, 3), Scaled([0.3, -0.9, 0.3], [0.1, 0.0, -0.45])), (3, 8, 8)


def levels():
    """A dense layer reads pixels of four levels."""
    first = QuantIdentity(act_quant=CommonActQuant, bit_width=2)
    return nn.Sequential(nn.Flatten(), Centred(), first, linear(64, 20), nn.BatchNorm1d(20), sign(),
                         linear(20, 3), TensorNorm()), (1, 8, 8)


def cam():
    """Padding that is exact, a stride, and scores averaged over the map."""
    return nn.Sequential(PadReplicate(), conv(1, 8, 3), nn.BatchNorm2d(8), sign(),
                         Pad("constant", -1.0), conv(8, 12, 3, stride=2), nn.BatchNorm2d(12), sign(),
                         conv(12, 4, 1), MeanOfMap(), TensorNorm()), (1, 9, 8)


def cam_bits():
    """The average stands before the scores."""
    return nn.Sequential(conv(1, 8, 3), nn.BatchNorm2d(8), sign(), nn.MaxPool2d(2), MeanOfMap(),
                         linear(8, 4, weight_quant=CommonWeightQuant)), (1, 9, 11)


def forms():
    """A list of pixels, ONNX's Sign, channels last, Softmax."""
    return nn.Sequential(Image(8), Centred(), sign(), conv(1, 5, 3), Sign(), nn.MaxPool2d(2),
                         ChannelsLast(), nn.Flatten(), linear(45, 7), Sign(), linear(7, 4), Scaled(0.3, 0.0),
                         nn.Softmax(1)), (64,)


def any_batch():
    """As exported with a batch of any size: the shape is computed in the graph."""
    return nn.Sequential(conv(1, 6, 5, stride=2), nn.BatchNorm2d(6), sign(), View(),
                         linear(24, 3), TensorNorm()), (1, 8, 8)


def mean():
    """A mean over dimensions, and pools of 4x4."""
    return nn.Sequential(conv(1, 9, 3), nn.BatchNorm2d(9), nn.MaxPool2d(4), sign(), conv(9, 3, 1, bias=True),
                         Mean(), TensorNorm()), (1, 15, 11)


def zero_padding():
    return nn.Sequential(Centred(), sign(), conv(1, 4, 3, padding=1), sign(), nn.Flatten(),
                         linear(256, 2)), (1, 8, 8)


def two_bits():
    act = QuantIdentity(act_quant=CommonActQuant, bit_width=2)
    return nn.Sequential(conv(1, 4, 3), act, nn.Flatten(), linear(144, 2)), (1, 8, 8)


def class_norm():
    return nn.Sequential(nn.Flatten(), Centred(), sign(), linear(64, 8), sign(), linear(8, 3),
                         nn.BatchNorm1d(3)), (1, 8, 8)


def branch():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = conv(1, 4, 1), conv(4, 4, 1)
            self.sign = nn.ModuleList([sign(), sign()])

        def forward(self, x):
            x = self.sign[0](self.a(x))
            return self.sign[1](self.b(x)) + x

    return nn.Sequential(Residual(), nn.Flatten(), linear(256, 2)), (1, 8, 8)


GOOD = [mlp, cnv, pool_first, scales, levels, cam, cam_bits, forms, mean, any_batch]
REFUSED = [zero_padding, two_bits, class_norm, branch]


def randomise(net, shape):
    """Weights of both signs; normalisations with the statistics of random images, gains of both signs."""
    for m in net.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            m.weight.data.uniform_(-1, 1)
            if m.bias is not None:
                m.bias.data.uniform_(-2, 2)
    net.train()
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.momentum = None  # plain average
            m.weight.data.normal_()
            m.bias.data.normal_(0, 0.3)
        if isinstance(m, nn.Dropout):
            m.p = 0
    for _ in range(4):
        net(torch.rand(64, *shape))
    for m in net.modules():
        if isinstance(m, TensorNorm):
            m.weight.data.fill_(-0.75)
            m.bias.data.fill_(0.4)
    net.eval()


def write(folder, name, net, shape, count):
    randomise(net, shape)
    more = {"input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}} if name == "any_batch" else {}
    export_qonnx(net, torch.zeros(1, *shape), f"{folder}/{name}.onnx", **more)
    image = shape if len(shape) == 3 else (1, 8, 8)
    images = np.random.randint(0, 256, (count, *image), dtype=np.uint8)
    # Some images with large areas, whose sums are far from those of noise.
    images[::4] = images[::4] // 128 * 64 + np.random.randint(0, 192, (len(images[::4]), image[0], 1, 1))
    with torch.no_grad():
        scores = net(torch.from_numpy(images).reshape(count, *shape).float() / 255)
    scores = getattr(scores, "value", scores)
    np.save(f"{folder}/{name}.npy", images.transpose(0, 2, 3, 1).copy())
    np.savetxt(f"{folder}/{name}.txt", scores.numpy().astype(np.float64), fmt="%.9g")


def write_images(folder, images):
    """[n][rows][cols][channels] as PGM or PPM files."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    _, rows, cols, channels = images.shape
    for i, image in enumerate(images):
        with open(f"{folder}/{i:06}.pnm", "wb") as f:
            f.write(f"P{5 if channels == 1 else 6} {cols} {rows} 255\n".encode() + image.tobytes())


def check(folder, name, bnnctl):
    """True when every image has PyTorch's class, ties aside, and its classes come in PyTorch's order."""
    want = np.loadtxt(f"{folder}/{name}.txt")
    write_images(f"{folder}/{name}", np.load(f"{folder}/{name}.npy"))
    model = f"{folder}/{name}.bnn"
    text = subprocess.run([bnnctl, "import", f"{folder}/{name}.onnx", "-o", model], check=True,
                          capture_output=True, text=True).stdout
    net = text.split(": ", 1)[1].split(",")[0]
    lines = subprocess.run([bnnctl, "classify", "-q", "--json", "-d", "cpu", "-m", model, f"{folder}/{name}"],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == len(want)
    tied = other_class = other_order = 0
    for line, scores in zip(lines, want):
        got = json.loads(line)
        noise = 1e-6 * abs(scores).max()
        tied += (scores >= scores.max() - noise).sum() > 1
        other_class += scores[got["index"]] < scores.max() - noise
        ours = np.array(got["scores"])
        larger = scores[:, None] > scores[None, :] + noise
        other_order += (larger & (ours[:, None] < ours[None, :])).any()
    print(f"{name}: {net}: {len(want)} images, {len(set(want.argmax(1)))} classes occur, {tied} ties, "
          f"{other_class} other classes, {other_order} other orders", flush=True)
    return not other_class and not other_order


def main():
    folder = sys.argv[2]
    if sys.argv[1] == "small":
        for i, make in enumerate(GOOD + REFUSED):
            torch.manual_seed(i)
            np.random.seed(i)
            net, shape = make()
            if make in GOOD:
                write(folder, make.__name__, net, shape, 16)
            else:
                randomise(net, shape)
                export_qonnx(net, torch.zeros(1, *shape), f"{folder}/{make.__name__}.onnx")
    else:
        same = True
        for i, (name, shape) in enumerate([("tfc", (1, 28, 28)), ("sfc", (1, 28, 28)), ("lfc", (1, 28, 28)),
                                           ("cnv", (3, 32, 32))]):
            torch.manual_seed(i)
            np.random.seed(i)
            net, _ = model_with_cfg(f"{name}_1w1a", False)
            write(folder, name, net, shape, int(sys.argv[3]))
            same = check(folder, name, sys.argv[4]) and same
        sys.exit(0 if same else 1)


main()
