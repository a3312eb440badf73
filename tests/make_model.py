#!/usr/bin/env python3
"""Writes a NICE model of random weights as safetensors: a fixture that no C of ours has touched.

    make_model.py D MID HIDDEN COUPLINGS SEED [--dtype F32|F64|F16|BF16] [--mask 0|1]
                  [--scale X] [--gain G] > model.safetensors

Weights and biases are uniform in +-G/sqrt(fan_in) (default G = 1; 0 makes the conditioners zero), the
log-scales uniform in [-X, X] (default 0.5; 0 makes the scaling the identity). Standard library only.
"""
import argparse
import json
import random
import struct
import sys


def shapes(d, mid, hidden, couplings):
    """The state dict's names in PyTorch's order: yields (name, shape, fan_in)."""
    for i in range(couplings):
        layers = [("in_block.0", mid, d // 2)]
        layers += [("mid_block.%d.0" % j, mid, mid) for j in range(hidden - 1)]
        layers += [("out_block", d // 2, mid)]
        for layer, n_out, n_in in layers:
            yield "coupling.%d.%s.weight" % (i, layer), [n_out, n_in], n_in
            yield "coupling.%d.%s.bias" % (i, layer), [n_out], n_in
    yield "scaling.scale", [1, d], 0


def bf16(value):
    """The nearest bfloat16, ties to even, by way of float32."""
    bits, = struct.unpack("<I", struct.pack("<f", value))
    return struct.pack("<H", (bits + 0x7fff + (bits >> 16 & 1)) >> 16)


PACK = {
    "F64": lambda v: struct.pack("<d", v),
    "F32": lambda v: struct.pack("<f", v),
    "F16": lambda v: struct.pack("<e", v),
    "BF16": bf16,
}


def safetensors(tensors, notes):
    """tensors: (name, dtype, shape, bytes) each."""
    header, begin = {"__metadata__": notes} if notes else {}, 0
    for name, dtype, shape, data in tensors:
        end = begin + len(data)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data for *_, data in tensors)


def model(o):
    rng = random.Random(o.seed)
    for name, shape, fan_in in shapes(o.d, o.mid, o.hidden, o.couplings):
        bound = o.gain / fan_in ** 0.5 if fan_in else o.scale
        n = shape[0] * (shape[1] if len(shape) > 1 else 1)
        data = b"".join(PACK[o.dtype](rng.uniform(-bound, bound)) for _ in range(n))
        yield name, o.dtype, shape, data


def main():
    p = argparse.ArgumentParser()
    for name in ("d", "mid", "hidden", "couplings", "seed"):
        p.add_argument(name, type=int)
    p.add_argument("--dtype", choices=sorted(PACK), default="F32")
    p.add_argument("--mask", choices=("0", "1"), default="1")
    p.add_argument("--scale", type=float, default=0.5)
    p.add_argument("--gain", type=float, default=1)
    o = p.parse_args()
    sys.stdout.buffer.write(safetensors(list(model(o)), {"mask_config": o.mask}))


if __name__ == "__main__":
    main()
