#!/usr/bin/env python3
"""Whether two model files hold the same tensors: names in order, types, shapes, every bit.

    same_tensors.py A B            each .pt or safetensors

Reads safetensors by json and struct, PyTorch's files by zipfile and pickle; shares nothing with the C.
For files that we trust: pickle executes what it is told to, but for the classes that are refused here.
"""
import io
import pickle
import sys
import zipfile
from collections import OrderedDict

from nice_ref import read_safetensors

TYPES = {"HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2), "FloatStorage": ("F32", 4),
         "DoubleStorage": ("F64", 8)}


def rebuild_tensor(storage, offset, shape, stride, *_):
    (dtype, size), data = storage
    n, expected = 1, []
    for d in reversed(shape):
        expected.insert(0, n)
        n *= d
    assert tuple(expected) == stride, "not contiguous"
    return dtype, list(shape), data[offset * size:(offset + n) * size]


class Reader(pickle.Unpickler):
    def __init__(self, archive):
        pkl, = (n for n in archive.namelist() if n.endswith("/data.pkl"))
        self.archive, self.folder = archive, pkl[:-len("data.pkl")]
        super().__init__(io.BytesIO(archive.read(pkl)))

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild_tensor
        return TYPES[name]

    def persistent_load(self, pid):
        _, kind, key, _, _ = pid
        return kind, self.archive.read(self.folder + "data/" + key)


def read(path):
    if not zipfile.is_zipfile(path):
        return read_safetensors(path)[0]
    with zipfile.ZipFile(path) as archive:
        return Reader(archive).load()


def main():
    a, b = map(read, sys.argv[1:])
    if list(a) != list(b):
        sys.exit("names differ")
    for name in a:
        if a[name] != b[name]:
            sys.exit("%s differs" % name)
    print("%d tensors are the same" % len(a))


if __name__ == "__main__":
    main()
