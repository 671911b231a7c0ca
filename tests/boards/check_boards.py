#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Board tops against their constraint files: check_boards.py [--root DIR] [--gen DIR] [NAME...]

Every top is elaborated by Yosys with the vendor's own cell declarations and the core as a black box.
Compared: keys of the first lines, ports and pins, PLL factors and clocks, parameters of the core, and the
way from the core to the pads (D+ and D- not swapped, enable not inverted, the resistor's pin).
Prints a line a board; complaints go to stderr. Exit status 1 when there is one."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

KEYS = {
    "family": r"ice40|ecp5",
    "device": r"up5k|lp8k|hx8k|25k|45k|85k",
    "package": r"\w+",
    "memory": r"\w+",
    "lanes": r"[1-9]\d*x[1-9]\d*",
    "core": r"usb|uart",
    "clocks": r"\w+:\d+(,\w+:\d+)*",
    "flash": r"iceprog|tinyprog|dfu:[0-9a-f]{4}:[0-9a-f]{4}|openfpgaloader:\w+",
    "number": r"[1-9]\d*",
    "speed": r"[678]",
    "placer": r"static|heap",
    "router": r"router1|router2",
    "pack": r"[-\w.]+(,[-\w.]+)*",
}
ECP5_ONLY = {"speed", "placer", "router", "pack"}
SUFFIX = {"ice40": ".pcf", "ecp5": ".lpf"}
CELLS = {"ice40": "+/ice40/cells_sim.v", "ecp5": "+/ecp5/cells_sim.v +/ecp5/cells_bb.v"}
USB_MHZ = 48


class Bad(Exception):
    """What is wrong with a board."""


def want(condition, message):
    if not condition:
        raise Bad(message)


def read_keys(path, lines):
    keys = {}
    for line in lines:
        if not line.startswith("# board:"):
            break
        for word in line[len("# board:"):].split():
            key, _, value = word.partition("=")
            want(key in KEYS, f"unknown key {key}")
            want(key not in keys, f"key {key} twice")
            want(re.fullmatch(KEYS[key], value), f"{key}={value} is not of the form {KEYS[key]}")
            keys[key] = value
    family = keys.get("family")
    needed = set(KEYS) - (set() if family == "ecp5" else ECP5_ONLY)
    want(set(keys) == needed, f"keys differ from those needed: {sorted(needed ^ set(keys))}")
    want(path.endswith(SUFFIX[family]), f"family {family} has files *{SUFFIX[family]}")
    return keys


def read_constraints(family, lines):
    """Pin of each port, and the frequencies given."""
    pins, standards, clocks = {}, set(), {}
    for line in lines:
        line = line.split("#")[0].strip()
        if not line:
            continue
        if family == "ice40":
            pin = re.fullmatch(r"set_io (\S+) (\S+)", line)
            clock = re.fullmatch(r"set_frequency (\S+) (\d+)", line)
            standard = None
        else:
            pin = re.fullmatch(r'LOCATE COMP "(\S+)" SITE "(\S+)";', line)
            clock = re.fullmatch(r'FREQUENCY PORT "(\S+)" (\d+) MHZ;', line)
            standard = re.fullmatch(r'IOBUF PORT "(\S+)" .*IO_TYPE=\S+.*;', line)
        want(pin or clock or standard, f"line not understood: {line}")
        if pin:
            want(pin[1] not in pins, f"port {pin[1]} has two pins")
            want(pin[2] not in pins.values(), f"pin {pin[2]} has two ports")
            pins[pin[1]] = pin[2]
        elif clock:
            clocks[clock[1]] = int(clock[2])
        else:
            want(standard[1] not in standards, f"port {standard[1]} has two IOBUF lines")
            standards.add(standard[1])
    if family == "ecp5":
        want(standards == set(pins), f"IOBUF and LOCATE differ: {sorted(standards ^ set(pins))}")
    return pins, clocks


def elaborate(root, gen, name, family):
    cores = [os.path.relpath(f, root) for f in glob.glob(f"{root}/hw/jetbnn_*.v")]
    script = (f"read_verilog -lib {CELLS[family]}; read_verilog -lib -I{gen} {' '.join(cores)} "
              f"hw/clock/power_on.v; read_verilog -I{gen} hw/boards/{name}.v; "
              f"hierarchy -check -purge_lib -chparam BUILD 23 -top board_{name}; proc; check -assert; write_json")
    run = subprocess.run([os.environ.get("YOSYS", "yosys"), "-q", "-p", script], cwd=root, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    want(run.returncode == 0, f"yosys: {run.stderr.strip()}")
    modules = json.loads(run.stdout[run.stdout.index("{"):])["modules"]
    return next(m for n, m in modules.items() if "top" in m["attributes"])


def number(text):
    return int(text, 2) if re.fullmatch("[01]+", text) else text


class Top:
    """The elaborated top."""

    def __init__(self, module):
        self.ports, self.cells = module["ports"], list(module["cells"].values())
        self.nets = {n: v["bits"][0] for n, v in module["netnames"].items()}

    def port_bits(self):
        for name, port in self.ports.items():
            for i, bit in enumerate(port["bits"]):
                yield (name if len(port["bits"]) == 1 else f"{name}[{i}]"), bit

    def typed(self, *types):
        return [c for c in self.cells if c["type"] in types]

    @staticmethod
    def pin(cell, port):
        return cell["connections"][port][0]

    def frequencies(self, given):
        """MHz of each net that is a clock: inputs as given, and what a PLL makes of them."""
        mhz = {self.ports[n]["bits"][0]: f for n, f in given.items() if n in self.ports}
        for pll in self.typed("SB_PLL40_CORE", "SB_PLL40_PAD", "EHXPLLL"):
            p = {k: number(v) for k, v in pll["parameters"].items()}
            if pll["type"] == "EHXPLLL":
                want(self.pin(pll, "CLKFB") == self.pin(pll, "CLKOP"), "PLL: feedback is not CLKOP")
                vco = mhz[self.pin(pll, "CLKI")] / p["CLKI_DIV"] * p["CLKFB_DIV"] * p["CLKOP_DIV"]
                want(400 <= vco <= 800, f"PLL: {vco} MHz inside, 400 to 800 allowed")
                for out in "CLKOP", "CLKOS", "CLKOS2":
                    if p.get(out + "_ENABLE") == "ENABLED":
                        mhz[self.pin(pll, out)] = vco / p[out + "_DIV"]
            else:
                source = "PACKAGEPIN" if pll["type"] == "SB_PLL40_PAD" else "REFERENCECLK"
                vco = mhz[self.pin(pll, source)] / (p["DIVR"] + 1) * (p["DIVF"] + 1)
                want(533 <= vco <= 1066, f"PLL: {vco} MHz inside, 533 to 1066 allowed")
                mhz[self.pin(pll, "PLLOUTGLOBAL")] = vco / 2 ** p["DIVQ"]
        return mhz

    def inverse(self, bit):
        for cell in self.typed("$logic_not", "$not"):
            if self.pin(cell, "Y") == bit:
                return self.pin(cell, "A")
        return None


def check_usb(top, core):
    """From D+ and D- of the core to the ports of those names."""
    for wire, port in ("dp", "usb_dp"), ("dm", "usb_dn"):
        bit = top.ports[port]["bits"][0]
        want(top.ports[port]["direction"] == "inout", f"{port} is not an inout")
        pads = [(top.pin(c, "D_OUT_0"), top.pin(c, "D_IN_0"), top.pin(c, "OUTPUT_ENABLE"))
                for c in top.typed("SB_IO") if top.pin(c, "PACKAGE_PIN") == bit]
        pads += [(top.pin(c, "I"), top.pin(c, "O"), top.inverse(top.pin(c, "T")))
                 for c in top.typed("BB") if top.pin(c, "B") == bit]
        wires = tuple(top.pin(core, p) for p in (f"{wire}_out", f"{wire}_in", "oe"))
        want(pads == [wires], f"{port}: the pad is not wired to {wire}_out, {wire}_in and oe of the core")
    pulls = [n for n, b in top.port_bits() if b == top.pin(core, "pull")]
    want(len(pulls) == 1 and "pu" in pulls[0], "the core's pull drives no port named for a pull-up")
    want(top.pin(core, "attach") == "1", "attach is not 1")


def check_uart(top, core):
    for port, direction in ("uart_rx", "input"), ("uart_tx", "output"):
        want(top.ports[port]["direction"] == direction, f"{port} is not an {direction}")
        want(top.pin(core, port) == top.ports[port]["bits"][0], f"{port} is not wired to the core's")


def check_core(root, name, keys, top, mhz):
    cores = top.typed(f"jetbnn_{keys['core']}")
    want(len(cores) == 1, f"one jetbnn_{keys['core']} expected")
    core = cores[0]
    params = {k: number(v) for k, v in core["parameters"].items()}
    want(f"{params['O']}x{params['P']}" == keys["lanes"], f"lanes are {params['O']}x{params['P']}")
    want(params["BOARD"] == int(keys["number"]), f"BOARD is {params['BOARD']}")
    want(params["BUILD"] == 23, "BUILD does not reach the core")
    with open(f"{root}/hw/defs/jetbnn.def") as f:
        want(f"const BOARD_{name.upper()} {keys['number']} " in f.read(),
             f"BOARD_{name.upper()} of hw/defs/jetbnn.def is another number")
    run = "core_clk" if params.get("CROSS") else "clk"
    want(mhz.get(top.pin(core, run)) == params["CLOCK_HZ"] / 1e6,
         f"CLOCK_HZ is {params['CLOCK_HZ']}, {run} has {mhz.get(top.pin(core, run))} MHz")
    if keys["core"] == "usb":
        want(mhz.get(top.pin(core, "clk")) == USB_MHZ, "USB does not get 48 MHz")
        check_usb(top, core)
    if keys["core"] == "uart" or params.get("BAUD"):
        check_uart(top, core)
    for clock, reset in ("clk", "rst"), ("core_clk", "core_rst"):
        if clock in core["connections"]:
            want([c for c in top.typed("power_on") if top.pin(c, "clk") == top.pin(core, clock) and
                  top.pin(c, "rst") == top.pin(core, reset)], f"{reset} is not a power_on in {clock}")
    with open(f"{root}/sim/configs.mk") as f:
        configs = dict(re.findall(r"SIM_PARAMS_(\w+) :=((?:.*\\\n)*.*)", f.read()))
    config = "up5k" if keys["device"] == "up5k" and name not in configs else name
    want(config in configs, f"no SIM_PARAMS_{config} in sim/configs.mk")
    for key, value in re.findall(r"-G(\w+)=(\d+)", configs[config]):
        if key == "TIMEOUT" and keys["core"] == "uart":
            continue  # its own: a serial line is slower
        want(params[key] == int(value), f"{key} is {params[key]}, {value} in {config} of sim/configs.mk")


def check(root, gen, path):
    name = os.path.splitext(os.path.basename(path))[0]
    with open(path) as f:
        lines = f.read().splitlines()
    keys = read_keys(path, lines)
    pins, given = read_constraints(keys["family"], lines)
    want(os.path.exists(f"{root}/hw/mem/{keys['memory']}/big_ram.v"), f"no hw/mem/{keys['memory']}")
    top = Top(elaborate(root, gen, name, keys["family"]))
    ports = {n for n, _ in top.port_bits()}
    want(not ports - set(pins), f"ports without a pin: {sorted(ports - set(pins))}")
    want(not set(pins) - ports, f"pins without a port: {sorted(set(pins) - ports)}")
    mhz = top.frequencies(given)
    for clock, f in list(given.items()) + [(c.split(":")[0], int(c.split(":")[1]))
                                           for c in keys["clocks"].split(",")]:
        want(clock in top.nets, f"clock {clock} is no net of the top")
        want(mhz.get(top.nets[clock]) == f, f"clock {clock} is {mhz.get(top.nets[clock])} MHz, not {f}")
    check_core(root, name, keys, top, mhz)
    print(f"{name}: {len(ports)} pins, {keys['device']} {keys['package']}, {keys['lanes']} lanes, "
          f"{keys['core']}, {keys['clocks']} MHz")
    return keys["number"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=".")
    parser.add_argument("--gen", default="build/gen")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    gen = os.path.abspath(args.gen)
    files = {os.path.splitext(os.path.basename(p))[0]: p
             for p in sorted(glob.glob(f"{args.root}/constraints/*.[pl][cp]f"))}
    tops = {os.path.basename(p)[:-2] for p in glob.glob(f"{args.root}/hw/boards/*.v")}
    bad, numbers = [], set()
    if not args.names and tops != set(files):
        bad.append(f"hw/boards and constraints differ: {sorted(tops ^ set(files))}")
    for name in args.names or files:
        try:
            board = check(args.root, gen, files[name])
            want(board not in numbers, f"another board has number {board} too")
            numbers.add(board)
        except Bad as error:
            bad.append(f"{name}: {error}")
    for line in bad:
        print(f"check_boards: {line}", file=sys.stderr)
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
