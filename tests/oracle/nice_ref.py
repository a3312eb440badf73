#!/usr/bin/env python3
"""The NICE flow in pure Python and float64, for small models: what the C is held against.

    nice_ref.py model.safetensors ll|z|x < raw-f32 > raw-f64

ll: one log-likelihood (nats) per record; z: x to z; x: z to x. Shares nothing with the C and reads the
model by json and struct alone. Products are summed by math.fsum, that is rounded once.
"""
import json
import math
import struct
import sys


def to_floats(dtype, data):
    if dtype == "BF16":
        n = len(data) // 2
        wide = b"".join(b"\0\0" + data[2 * i:2 * i + 2] for i in range(n))
        return struct.unpack("<%df" % n, wide)
    code, size = {"F16": ("e", 2), "F32": ("f", 4), "F64": ("d", 8)}[dtype]
    return struct.unpack("<%d%s" % (len(data) // size, code), data)


def read_safetensors(path):
    """-> {name: (dtype, shape, bytes)}, metadata"""
    with open(path, "rb") as f:
        raw = f.read()
    n, = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + n])
    notes = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = entry["dtype"], entry["shape"], raw[8 + n + begin:8 + n + end]
    return tensors, notes


def total(values):
    values = list(values)
    try:
        return math.fsum(values)
    except (ValueError, OverflowError):  # infinities of both signs, or past the largest double
        return sum(values)


def exp(v):
    try:
        return math.exp(v)
    except OverflowError:
        return math.inf


class Linear:
    def __init__(self, tensors, name):
        dtype, (n_out, n_in), data = tensors[name + ".weight"]
        flat = to_floats(dtype, data)
        self.rows = [flat[i * n_in:(i + 1) * n_in] for i in range(n_out)]
        dtype, _, data = tensors[name + ".bias"]
        self.bias = to_floats(dtype, data)

    def __call__(self, x):
        return [total([b, *(w * v for w, v in zip(row, x))]) for row, b in zip(self.rows, self.bias)]


class Nice:
    def __init__(self, path):
        tensors, notes = read_safetensors(path)
        dtype, (_, self.d), data = tensors["scaling.scale"]
        self.scale = to_floats(dtype, data)
        self.mean, self.stdev = [0.0] * self.d, [1.0] * self.d
        if "records.mean" in tensors:
            self.mean, self.stdev = (to_floats(*tensors["records." + name][::2]) for name in ("mean", "stdev"))
        first_mask = int(notes.get("mask_config", "1"))
        self.couplings = []
        while "coupling.%d.out_block.weight" % len(self.couplings) in tensors:
            prefix = "coupling.%d." % len(self.couplings)
            names = [prefix + "in_block.0"]
            while prefix + "mid_block.%d.0.weight" % (len(names) - 1) in tensors:
                names.append(prefix + "mid_block.%d.0" % (len(names) - 1))
            layers = [Linear(tensors, name) for name in names + [prefix + "out_block"]]
            self.couplings.append(((first_mask + len(self.couplings)) % 2, layers))

    @staticmethod
    def couple(mask, layers, x, sign):
        on, off = (x[0::2], x[1::2]) if mask else (x[1::2], x[0::2])
        h = off
        for layer in layers[:-1]:
            h = [v if not v <= 0 else 0.0 for v in layer(h)]  # NaN stays NaN
        on = [v + sign * m for v, m in zip(on, layers[-1](h))]
        even, odd = (on, off) if mask else (off, on)
        back = [0.0] * len(x)
        back[0::2], back[1::2] = even, odd
        return back

    def z_of_x(self, x):
        x = [(v - m) / w for v, m, w in zip(x, self.mean, self.stdev)]
        for mask, layers in self.couplings:
            x = self.couple(mask, layers, x, 1)
        return [v * exp(s) for v, s in zip(x, self.scale)]

    def x_of_z(self, z):
        x = [v * exp(-s) for v, s in zip(z, self.scale)]
        for mask, layers in reversed(self.couplings):
            x = self.couple(mask, layers, x, -1)
        return [v * w + m for v, m, w in zip(x, self.mean, self.stdev)]

    def log_likelihood(self, x):
        prior = (-(abs(z) + 2 * math.log1p(math.exp(-abs(z)))) for z in self.z_of_x(x))
        return total([*prior, *self.scale, *(-math.log(w) for w in self.stdev)])


def main():
    path, what = sys.argv[1:]
    model = Nice(path)
    run = {"ll": lambda x: [model.log_likelihood(x)], "z": model.z_of_x, "x": model.x_of_z}[what]
    while record := sys.stdin.buffer.read(4 * model.d):
        out = run(list(struct.unpack("<%df" % model.d, record)))
        sys.stdout.buffer.write(struct.pack("<%dd" % len(out), *out))


if __name__ == "__main__":
    main()
