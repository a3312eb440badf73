#!/usr/bin/env python3
"""PyTorch files made by hand, good and hostile, each from a readable recipe. Standard library only.

    make_pt.py RECIPE > file.pt
    make_pt.py --files RECIPE...  writes RECIPE.pt, ...
    make_pt.py --list             the names of the recipes, one a line

A recipe is a pickle, put together opcode by opcode, and the records of the archive.
"""
import copy
import io
import struct
import sys
import warnings
import zipfile

PROTO, STOP, MARK, REDUCE, BUILD = b"\x80\x02", b".", b"(", b"R", b"b"
EMPTY_DICT, EMPTY_TUPLE, EMPTY_LIST, SETITEM, SETITEMS = b"}", b")", b"]", b"s", b"u"
TUPLE, TUPLE1, TUPLE2, BINPERSID, FALSE = b"t", b"\x85", b"\x86", b"Q", b"\x89"


def text(s):
    raw = s.encode() if isinstance(s, str) else s
    return b"X" + struct.pack("<I", len(raw)) + raw


def integer(v):
    if -2 ** 31 <= v < 2 ** 31:
        return b"J" + struct.pack("<i", v)
    raw = v.to_bytes(v.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def name(module, attribute):
    return b"c" + module.encode() + b"\n" + attribute.encode() + b"\n"


def integers(values):
    return MARK + b"".join(map(integer, values)) + TUPLE


ORDERED_DICT = name("collections", "OrderedDict") + EMPTY_TUPLE + REDUCE


def storage(key="0", n=4, kind="FloatStorage"):
    return (MARK + text("storage") + name("torch", kind) + text(key) + text("cpu") + integer(n) +
            TUPLE + BINPERSID)


def tensor(of=None, offset=0, shape=(4,), stride=(1,)):
    return (name("torch._utils", "_rebuild_tensor_v2") + MARK + (of or storage()) + integer(offset) +
            integers(shape) + integers(stride) + FALSE + ORDERED_DICT + TUPLE + REDUCE)


def state_dict(*items):
    return EMPTY_DICT + b"".join(text(key) + value + SETITEM for key, value in items)


def pickle(value):
    return PROTO + value + STOP


FOUR = struct.pack("<4f", 1, 2, 3, 4)
ONE = pickle(state_dict(("w", tensor())))  # {"w": tensor([1, 2, 3, 4])}


def archive(data_pkl, records=None, method=zipfile.ZIP_STORED, folder="archive", **more):
    """records: of data/; more: version, byteorder and whatever else lies beside data.pkl"""
    out = io.BytesIO()
    entries = [] if data_pkl is None else [("data.pkl", data_pkl)]
    entries += [("data/" + k, v) for k, v in ({"0": FOUR} if records is None else records).items()]
    entries += [(k.replace("_pkl", ".pkl"), v) for k, v in {"version": b"3\n", **more}.items() if v is not None]
    with zipfile.ZipFile(out, "w", method) as z:
        for path, data in entries:
            z.writestr(folder + "/" + path, data)
    return out.getvalue()


def twice():
    out = io.BytesIO(archive(ONE))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as z:
        warnings.simplefilter("ignore")
        z.writestr("archive/data/0", FOUR)
    return out.getvalue()


def overlapping():
    """Two records whose bytes are the same place of the file: together they are larger than it is."""
    out = io.BytesIO(archive(pickle(state_dict(
        ("v", tensor(storage("0", 4000))), ("w", tensor(storage("1", 4000))))), {"0": FOUR * 1000}))
    with zipfile.ZipFile(out, "a") as z:
        z.writestr("archive/byteorder", b"little")  # has the directory written again
        again = copy.copy(z.getinfo("archive/data/0"))
        again.filename = "archive/data/1"
        z.filelist.append(again)
    return out.getvalue()


def encrypted():
    """The flag alone, in the local header and the directory, of the first entry."""
    raw = bytearray(archive(ONE))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def call(module, attribute, *args):
    """What runs when Python unpickles it."""
    return name(module, attribute) + MARK + b"".join(map(text, args)) + TUPLE + REDUCE


def one(**tensor_args):
    return archive(pickle(state_dict(("w", tensor(**tensor_args)))))


def good_checkpoint():
    return EMPTY_DICT + text("epoch") + integer(3) + SETITEM + text("state_dict") + \
        state_dict(("w", tensor())) + SETITEM + text("steps") + EMPTY_LIST + SETITEM


RECIPES = {
    "good": lambda: archive(ONE),
    "good-byteorder": lambda: archive(ONE, byteorder=b"little"),
    "good-checkpoint": lambda: archive(pickle(good_checkpoint())),
    "good-shared": lambda: archive(pickle(state_dict(
        ("v", tensor()), ("w", tensor(offset=1, shape=(3, 1), stride=(1, 77)))))),
    "good-scalar": lambda: one(shape=(), stride=(), offset=3),
    "good-tied": lambda: archive(pickle(state_dict(
        ("v", tensor(storage(n=4000))), ("w", tensor(storage(n=4000))))), {"0": FOUR * 1000}),
    "good-empty-tensor": lambda: one(shape=(0, 3), stride=(77, 5), offset=4),
    "good-metadata": lambda: archive(pickle(
        ORDERED_DICT + text("w") + tensor() + SETITEM +
        EMPTY_DICT + text("_metadata") + ORDERED_DICT + SETITEM + BUILD)),
    "good-long-beside": lambda: archive(pickle(
        EMPTY_DICT + text("model") + state_dict(("w", tensor())) + SETITEM +
        text("step") + tensor(of=storage("1", 1, "LongStorage"), shape=(), stride=()) + SETITEM)),

    # what would run
    "os-system": lambda: archive(pickle(call("os", "system", "touch executed"))),
    "posix-system": lambda: archive(pickle(call("posix", "system", "touch executed"))),
    "eval": lambda: archive(pickle(call("builtins", "eval", "open('executed', 'w')"))),
    "getattr": lambda: archive(pickle(name("torch", "FloatStorage.__init__"))),
    "whole-model": lambda: archive(pickle(name("__main__", "NICE"))),
    "escape": lambda: archive(pickle(name("os", "\x1b[2Jsystem"))),
    "inst": lambda: archive(PROTO + MARK + text("touch executed") + b"ios\nsystem\n" + STOP),
    "stack-global": lambda: archive(PROTO + text("os") + text("system") + b"\x93" + STOP),
    "newobj": lambda: archive(pickle(name("torch", "FloatStorage") + EMPTY_TUPLE + b"\x81")),
    "ext1": lambda: archive(PROTO + b"\x82\x01" + STOP),
    "protocol-4": lambda: archive(b"\x80\x04" + EMPTY_DICT + STOP),
    "reduce-storage-type": lambda: archive(pickle(name("torch", "FloatStorage") + EMPTY_TUPLE + REDUCE)),
    "reduce-list": lambda: archive(pickle(name("collections", "OrderedDict") + EMPTY_LIST + REDUCE)),
    "ordered-dict-args": lambda: archive(pickle(
        name("collections", "OrderedDict") + EMPTY_LIST + TUPLE1 + REDUCE)),
    "build-attribute": lambda: archive(pickle(
        ORDERED_DICT + EMPTY_DICT + text("__class__") + integer(1) + SETITEM + BUILD)),
    "build-tensor": lambda: archive(pickle(tensor() + EMPTY_DICT + BUILD)),
    "setitem-list": lambda: archive(pickle(EMPTY_LIST + integer(0) + integer(1) + SETITEM)),
    "setitem-tensor": lambda: archive(pickle(tensor() + integer(0) + integer(1) + SETITEM)),
    "setitem-storage": lambda: archive(pickle(storage() + integer(0) + integer(1) + SETITEM)),
    "setitems-tuple": lambda: archive(pickle(EMPTY_TUPLE + MARK + integer(0) + integer(1) + SETITEMS)),
    "setitems-odd": lambda: archive(pickle(EMPTY_DICT + MARK + integer(0) + SETITEMS)),
    "append-dict": lambda: archive(pickle(EMPTY_DICT + integer(0) + b"a")),

    # a pickle that is broken
    "empty-pickle": lambda: archive(b""),
    "underflow": lambda: archive(pickle(b"")),
    "no-mark": lambda: archive(pickle(integer(1) + TUPLE)),
    "pop-mark": lambda: archive(pickle(EMPTY_DICT + MARK + SETITEM)),
    "no-stop": lambda: archive(PROTO + EMPTY_DICT),
    "after-stop": lambda: archive(ONE + b"N."),
    "left-over": lambda: archive(pickle(EMPTY_DICT + EMPTY_DICT)),
    "no-opcode": lambda: archive(PROTO + b"\xff" + STOP),
    "memo-unset": lambda: archive(pickle(b"h\x07")),
    "memo-gap": lambda: archive(pickle(EMPTY_DICT + b"q\x09h\x07")),
    "text-too-long": lambda: archive(PROTO + b"X\xff\xff\xff\xff" + STOP),
    "text-cut": lambda: archive(PROTO + b"X\x09\0\0\0abc"),
    "global-cut": lambda: archive(PROTO + b"cos\nsyst"),

    # bombs
    "deep-tuples": lambda: archive(pickle(EMPTY_TUPLE + TUPLE1 * 5000000)),
    "deep-dicts": lambda: archive(pickle(EMPTY_DICT + (text("") + EMPTY_DICT) * 60000 + SETITEM * 60000)),
    "stack": lambda: archive(PROTO + MARK * 1000000),
    "memo-index": lambda: archive(pickle(EMPTY_DICT + b"r\xff\xff\xff\xff")),
    "memo-doubling": lambda: archive(pickle(EMPTY_TUPLE + b"q\0" + b"h\0\x86q\0" * 60)),
    "itself": lambda: archive(pickle(EMPTY_DICT + b"q\0" + text("a") + b"h\0" + SETITEM)),

    # tensors that do not hold together
    "short-storage": lambda: archive(ONE, {"0": FOUR[:12]}),
    "long-storage": lambda: archive(ONE, {"0": FOUR + FOUR}),
    "beyond-storage": lambda: one(shape=(5,)),
    "offset": lambda: one(offset=1),
    "offset-wraps": lambda: one(  # offset + elements = 2^64
        offset=2 ** 63 - 1, shape=(3, (2 ** 63 + 1) // 3), stride=((2 ** 63 + 1) // 3, 1)),
    "offset-negative": lambda: one(offset=-1),
    "shape-negative": lambda: one(shape=(-4,)),
    "stride": lambda: one(shape=(2,), stride=(2,)),
    "stride-zero": lambda: one(shape=(1000000,), stride=(0,)),
    "stride-negative": lambda: one(stride=(-1,)),
    "strides-missing": lambda: one(shape=(2, 2), stride=(1,)),
    "transposed": lambda: one(shape=(2, 2), stride=(1, 2)),
    "shape-wraps": lambda: one(shape=(2 ** 32, 2 ** 32), stride=(2 ** 32, 1)),
    "rank-9": lambda: one(shape=(1,) * 9, stride=(1,) * 9),
    "numel-2-63": lambda: one(of=storage(n=2 ** 63)),
    "numel-2-62": lambda: one(of=storage(n=2 ** 62)),
    "numel-negative": lambda: one(of=storage(n=-4)),
    "storage-missing": lambda: one(of=storage("9")),
    "storage-path": lambda: one(of=storage("../data.pkl")),
    "storage-int-key": lambda: archive(pickle(
        MARK + text("storage") + name("torch", "FloatStorage") + integer(0) + text("cpu") + integer(4) +
        TUPLE + BINPERSID)),
    "persid-module": lambda: archive(pickle(
        MARK + text("module") + name("torch", "FloatStorage") + text("0") + text("cpu") + integer(4) +
        TUPLE + BINPERSID)),
    "long": lambda: one(of=storage(kind="LongStorage")),
    "tensor-args": lambda: archive(pickle(
        name("torch._utils", "_rebuild_tensor_v2") + integer(1) + TUPLE1 + REDUCE)),
    "name-twice": lambda: archive(pickle(state_dict(("w", tensor()), ("w", tensor())))),
    "name-nul": lambda: archive(pickle(state_dict(("w\0", tensor())))),
    "name-long": lambda: archive(pickle(state_dict(("w" * 5000, tensor())))),
    "name-not-utf-8": lambda: archive(pickle(state_dict((b"\xff", tensor())))),
    "name-metadata": lambda: archive(pickle(state_dict(("__metadata__", tensor())))),

    # checkpoints without one state dict
    "two": lambda: archive(pickle(
        EMPTY_DICT + text("model") + state_dict(("w", tensor())) + SETITEM +
        text("ema") + state_dict(("w", tensor())) + SETITEM)),
    "none": lambda: archive(pickle(EMPTY_DICT)),
    "mixed": lambda: archive(pickle(state_dict(("w", tensor()), ("epoch", integer(3))))),
    "list": lambda: archive(pickle(EMPTY_LIST)),

    # archives that torch.save does not write
    "compressed": lambda: archive(ONE, method=zipfile.ZIP_DEFLATED),
    "bomb": lambda: archive(ONE, {"0": bytes(50000000)}, method=zipfile.ZIP_DEFLATED),
    "encrypted": encrypted,
    "record-twice": twice,
    "overlapping-records": overlapping,
    "no-pickle": lambda: archive(None),
    "two-pickles": lambda: archive(ONE, **{"x/data_pkl": ONE}),
    "no-version": lambda: archive(ONE, version=None),
    "version-99": lambda: archive(ONE, version=b"99\n"),
    "big-endian": lambda: archive(ONE, byteorder=b"big"),
    "torchscript": lambda: archive(ONE, constants_pkl=b"", **{"code/x.py": b"pass"}),
    "checksum": lambda: archive(ONE).replace(FOUR, FOUR[::-1]),
    "empty-zip": lambda: b"PK\x05\x06" + bytes(18),
    "entries-claimed": lambda: b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2 ** 31, 0, 0),
}


def main():
    first, *recipes = sys.argv[1:]
    if first == "--list":
        print("\n".join(RECIPES))
    elif first == "--files":
        for recipe in recipes:
            with open(recipe + ".pt", "wb") as f:
                f.write(RECIPES[recipe]())
    else:
        sys.stdout.buffer.write(RECIPES[first]())


if __name__ == "__main__":
    main()
