"""random_model.py D MID HIDDEN COUPLINGS: a NICE model of random float32 weights of either sign between 2^-7
and 2^-5, as safetensors; made from raw bytes, and so at once for any size."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_model

HIGH = bytes(0x3c | b & 0x80 for b in range(256))  # sign and exponent


def tensor(source, n):
    raw = bytearray(source.randbytes(4 * n))
    raw[3::4] = raw[3::4].translate(HIGH)
    return bytes(raw)


d, mid, hidden, couplings = map(int, sys.argv[1:])
source = random.Random(1)
tensors = [(name, "F32", shape, tensor(source, shape[0] * (shape[1] if len(shape) > 1 else 1)))
           for name, shape, _ in make_model.shapes(d, mid, hidden, couplings, 1)]
sys.stdout.buffer.write(make_model.safetensors(tensors, {"mask_config": "1"}))
