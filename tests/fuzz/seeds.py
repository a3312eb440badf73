#!/usr/bin/env python3
"""Inputs for the fuzzers, each from a readable recipe: what the project's programs write, what the
tests' makers make, and what once broke a reader.

    seeds.py BIN DIRECTORY READER...  writes DIRECTORY/READER/NAME; BIN holds the programs
"""
import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_model  # noqa: E402
import make_npy  # noqa: E402
import make_pt  # noqa: E402
import png  # noqa: E402

MAX_BYTES = 1 << 16  # larger ones take long and say nothing more


def run(program, *args, stdin=b""):
    return subprocess.run([os.path.join(BIN, program), *args], input=stdin, check=True,
                          stdout=subprocess.PIPE).stdout


def idx(code=8, dims=(3, 2, 2), data=None):
    n = {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}[code]
    for d in dims:
        n *= d
    return struct.pack(">HBB%dI" % len(dims), 0, code, len(dims), *dims) + (bytes(range(n)) if data is None else data)


def member(data, level=9, **fields):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=level, mtime=0, **fields) as f:
        f.write(data)
    return out.getvalue()


def idx_seeds():
    for code in 8, 9, 11, 12, 13, 14:
        yield "type-%d" % code, idx(code)
    plain = idx(8, (20, 5), bytes(i * i % 256 for i in range(100)))
    yield "rank-1", idx(8, (7,))
    yield "empty", idx(8, (0, 28, 28))
    yield "gzip", member(plain)
    yield "members", member(plain[:9], 0) + member(plain[9:]) + member(b"")
    yield "cut", plain[:-1]
    yield "cut-gzip", member(plain)[:-9]
    yield "trailing", plain + b"x"
    yield "trailing-gzip", member(plain) + b"x"
    yield "checksum", member(plain)[:-8] + bytes(8)
    yield "huge", struct.pack(">HBB3I", 0, 8, 3, 2 ** 32 - 1, 2 ** 31, 1) + b"x"
    yield "wraps", struct.pack(">HBB3I", 0, 14, 3, *[2 ** 32 - 1] * 3)
    yield "no-elements", idx(8, (3, 0), b"")
    yield "rank-255", idx(8, (1,) * 255)


def npy_seeds():
    header, npy = make_npy.header, make_npy.npy
    for descr in "|b1 |i1 |u1 <i2 >i2 <u4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8".split():
        n = 6 * int(descr[2])
        yield "type-" + descr[1:] + ("-big" if descr[0] == ">" else ""), npy(header(descr), bytes(range(n)))
    for version in 2, 3, 4:
        yield "version-%d" % version, npy(header(), bytes(24), version)
    yield "rank-1", npy(header("|u1", "(7,)"), bytes(7))
    yield "rank-5", npy(header("|u1", "(1, 2, 1, 3, 1)"), bytes(6))
    yield "rank-65", npy(header("|u1", "(%s)" % ("1, " * 65)), bytes(1))
    yield "empty", npy(header("|u1", "(0, 28)"))
    yield "scalar", npy(header("|u1", "()"), bytes(1))
    yield "fortran", npy(header(fortran="True"), bytes(24))
    yield "fortran-rank-4", npy(header("|u1", "(2, 3, 1, 4)", "True"), bytes(range(24)))
    yield "fortran-cut", npy(header(fortran="True"), bytes(23))
    yield "gzip", member(npy(header("|u1", "(20, 5)"), bytes(i * i % 256 for i in range(100))))
    yield "cut", npy(header(), bytes(23))
    yield "trailing", npy(header(), bytes(25))
    yield "huge", npy(header(shape="(%d, %d)" % (2 ** 63, 2 ** 31)))
    yield "wraps", npy(header(shape="(%d,)" % 2 ** 64))
    yield "inexact", npy(header("<i8", "(2,)"), struct.pack("<2q", 5, 2 ** 53 + 1))
    yield "object", npy(header("|O"), b"cos\nsystem\n.")
    yield "structure", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", bytes(8))
    yield "code", npy("{'descr': __import__('os').system('false'), 'fortran_order': False, 'shape': (2,), }")
    yield "python-2", npy('{"shape": (2L, 3L), "fortran_order": False, "descr": "<f4"}', bytes(24))


def npz_seeds():
    npy = make_npy.npy(make_npy.header("|u1", "(20, 5)"), bytes(i * i % 256 for i in range(100)))
    for name, make in ("stored", make_npy.npz), ("deflated", make_npy.npz_deflated):
        yield name, make([("a", npy)])
        yield name + "-two", make([("a", npy), ("b", npy[:-1])])
        yield name + "-long", make([("a", npy + b"x")])
        yield name + "-none", make([])
    small = make_npy.npz_deflated([("a", npy + bytes(3000))])
    yield "bomb", small.replace(struct.pack("<I", len(npy) + 3000), struct.pack("<I", len(npy)))


def gzip_seeds():
    text = b"a line that is there twice\n" * 9
    yield "empty", b""
    yield "plain", text
    yield "stored", member(text, 0)
    yield "fixed", member(b"abc")
    yield "dynamic", member(bytes(i * i * 7 % 256 for i in range(2000)))
    yield "named", member(text, filename="name")
    yield "two", member(text) + member(text, 0)
    for flags in 2, 4, 8, 16, 30, 255:  # header CRC, extra, name, comment, all, reserved ones
        m = bytearray(member(text))
        m[3] = flags
        yield "flags-%d" % flags, bytes(m[:10]) + b"\x02\0xy" + b"n\0c\0" + bytes(m[10:])
    yield "checksum", member(text)[:-8] + bytes(8)
    yield "length", member(text)[:-4] + bytes(4)
    yield "trailing", member(text) + b"\0"
    yield "half-magic", member(text) + b"\x1f"


def safetensors_seeds():
    def st(header, data=b""):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def entry(dtype, shape, begin, end):
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    for dtype, size in ("F16", 2), ("BF16", 2), ("F32", 4), ("F64", 8):
        yield dtype, st({"a": entry(dtype, [2, 3], 0, 6 * size)}, bytes(range(6 * size)))
    for dtype in "F32", "BF16":
        yield "model-" + dtype, run_maker("make_model.py", "4", "2", "2", "2", "1", "--dtype", dtype)
    vae = [("encoder.0.weight", [3, 2]), ("encoder.0.bias", [3]), ("encoder.1.weight", [2, 3]), ("encoder.1.bias", [2]),
           ("decoder.0.weight", [2, 1]), ("decoder.0.bias", [2]), ("decoder.log_sigma", [1]), ("prior.mean", [1]),
           ("prior.log_variance", [1]), ("records.mean", [2]), ("records.stdev", [2])]
    header, at = {"__metadata__": {"kind": "vae"}}, 0
    for name, shape in vae:
        end = at + 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = entry("F32", shape, at, end)
        at = end
    yield "vae", st(header, bytes(at))
    yield "none", st({})
    yield "notes", st({"__metadata__": {"a": "1", "b": "\x1b[2J", "c\u20ac": "\U0001f600"}})
    yield "scalar", st({"a": entry("F32", [], 0, 4)}, b"abcd")
    yield "no-elements", st({"a": entry("F32", [0, 7], 0, 0), "b": entry("F64", [0], 0, 0)})
    yield "order", st({"b": entry("F32", [1], 4, 8), "a": entry("F32", [1], 0, 4)}, bytes(8))
    yield "overlap", st({"b": entry("F32", [1], 2, 6), "a": entry("F32", [1], 0, 4)}, bytes(6))
    yield "hole", st({"a": entry("F32", [1], 4, 8)}, bytes(8))
    yield "wraps", st({"a": entry("F64", [2 ** 32, 2 ** 32], 0, 0)})
    yield "beyond", st({"a": entry("F64", [2 ** 60], 0, 2 ** 63 - 1)})
    yield "negative", st({"a": entry("F32", [-1], 0, 4)}, bytes(4))
    yield "rank-9", st({"a": entry("F32", [1] * 9, 0, 4)}, bytes(4))
    yield "dtype", st({"a": entry("I64", [1], 0, 8)}, bytes(8))
    yield "deep", st(b'{"a":' + b"[" * 3000)
    yield "twice", st(b'{"a":{},"a":{}}')
    yield "not-utf-8", st(b'{"\xff":{}}')
    yield "nul", st(b'{"a\\u0000b":{}}')
    yield "length", struct.pack("<Q", 2 ** 64 - 1) + b"{}"


def run_maker(script, *args):
    path = os.path.join(os.path.dirname(make_model.__file__), script)
    return subprocess.run([sys.executable, "-S", path, *args], check=True, stdout=subprocess.PIPE).stdout


def zip_seeds():
    for name, recipe in make_pt.RECIPES.items():
        if name not in ("bomb", "deep-tuples", "deep-dicts", "stack"):  # large, and tried by pt2nice.bats
            yield name, recipe()


def pickle_seeds():
    for name, data in zip_seeds():
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as z:
                yield name, z.read("archive/data.pkl")
        except (KeyError, RuntimeError, zipfile.BadZipFile):
            pass
    yield "two-records", make_pt.pickle(make_pt.state_dict(
        ("v", make_pt.tensor()), ("w", make_pt.tensor(make_pt.storage("1", 16), 3, (2, 6), (6, 1)))))


def checkpoint_seeds():
    """The options and records are those of fuzz_checkpoint.c."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "checkpoint")
        run("nicetrain", "-q", "-j1", "-d2", "-tu8", "-o", os.path.join(folder, "model"), "--checkpoint", path,
            "--mid=2", "--hidden=1", "--couplings=2", "--epochs=3", "--batch=4", "--warmup=2", "--ema=0.9",
            "--valid-share=0.25", stdin=bytes(37 * i % 256 for i in range(24)))
        with open(path, "rb") as f:
            done = f.read()
    n, = struct.unpack_from("<Q", done)
    header, data = json.loads(done[8:8 + n]), done[8 + n:]

    def changed(tensors=data, **notes):
        """After the first of three epochs, of two steps each, but for the notes given."""
        other = json.loads(json.dumps(header))
        for key, value in dict(dict(epoch="1", step="0", update="2", best_epoch="1"), **notes).items():
            other["__metadata__"][key if key == "seed" else "state: " + key.replace("_", " ")] = value
        text = json.dumps(other).encode()
        return struct.pack("<Q", len(text)) + text + tensors

    yield "done", done
    yield "start", changed(epoch="0", update="0", best_epoch="0", best_mean="-inf")
    yield "middle", changed(step="1", update="3")
    yield "last-step", changed(epoch="2", step="1", update="5", best_epoch="0", best_mean="-inf")
    yield "last-step-negative", changed(struct.pack("<f", -3) * (len(data) // 4), epoch="2", step="1", update="5",
                                        best_epoch="0", best_mean="-inf")
    yield "beyond", changed(epoch="4", update="8")
    yield "step-beyond", changed(step="2", update="4")
    yield "nan", changed(sum="nan", best_mean="nan", last_mean="nan")
    yield "not-finite", changed(struct.pack("<f", float("nan")) * (len(data) // 4))
    yield "negative", changed(struct.pack("<f", -3) * (len(data) // 4))
    yield "other", changed(seed="1")
    yield "regression-updates-wrap", changed(update=str(2 ** 64 - 1))
    yield "regression-best-epoch-to-come", changed(best_epoch="2")


def png_seeds():
    for name, picture in png.PICTURES.items():
        if name != "ramp16":
            yield name, picture.png()
    for name, (data, _) in png.hostile().items():
        yield "hostile-" + name, data
    yield "ours", run("raw2png", "-d", "3x4", "-t", "u8", stdin=bytes(range(24)))


NUMBERS = b"-1850.25\n0\n-0\n1e300\r\n4.9e-324\ninf\n-inf\nnan\n.5\n5.\n1E+5\n+7\n2.2250738585072014e-308\n" \
          b"9007199254740993\n0.1\n123456789012345678901234567890\n1.7976931348623157e308"


def numbers_seeds():
    yield "all", NUMBERS
    yield "finite", run("nicestat", stdin=b"1\n2\n3\n") + NUMBERS
    yield "halfway", b"9007199254740993.0000000000000000000000000001\n1.00000000000000011102230246251565404\n"
    yield "long", b"0" * 1199 + b"\n" + b"0" * 1199 + b"\r\n" + b"0" * 1200 + b"\n"
    yield "digits", b"".join(b"%d\n" % 10 ** i for i in range(40))
    yield "powers", b"".join(b"1e%d\n" % i for i in range(-330, 320, 13))
    yield "bad", b"1\n0x1p3\n"
    yield "empty-line", b"1\n\n2\n"
    yield "escape", b"1\n\x1b[2J\xff\xc2\x9b\n"
    yield "nul", b"1\n1\0002\n"
    yield "doubles", struct.pack("<8d", 0, -0.0, 1, float("nan"), float("inf"), 5e-324, 1e308, 0.1)


def calibration_seeds():
    numbers = b"".join(b"%d\n" % (i * i % 1009) for i in range(2000))
    for method in "sigma:3", "quantile:0.01", "mad:3", "conformal:0.1", "pot:0.01":
        yield method.replace(":", "-"), run("nicestat", "--method", method, stdin=numbers)
    scorer = b"model\t%s\nprecision\tf32\n" % (b"0123456789abcdef" * 4)
    yield "model", scorer + b"threshold\t1\n"
    yield "model-short", scorer.replace(b"f\n", b"\n", 1) + b"threshold\t1\n"
    yield "model-alone", scorer.splitlines(True)[0] + b"threshold\t1\n"
    yield "crlf", b"threshold\t1\r\nupper\t2\r\n"
    yield "mixture", b"threshold\t1\nmixed_low\t1\nmixed_high\t2\nmixed_share\t0.5\n"
    yield "out-of-range", b"threshold\t3\nupper\t2\npromised\t1.5\n"
    yield "twice", b"threshold\t3\nthreshold\t3\n"
    yield "cut", b"threshold\t3"
    yield "nothing", b"n\t3\n"
    yield "infinite", b"threshold\tinf\n"
    yield "long", b"method\t" + b"x" * 64 + b"\nthreshold\t1\n"
    yield "escape", b"method\t\xc2\x9b2J\nthreshold\t1\n"


def state_text(n, low, high, total, squares):
    return b"nicestat-state\t1\nn\t%d\nmin\t%s\nmax\t%s\nsum\t%s\nsquares\t%s\n" % (n, low, high, total, squares)


def state_seeds():
    def state(*options, numbers=b"1\n2\n-3.5\n1e300\n5e-324\n"):
        return run("nicestat", "-s", *options, stdin=numbers)

    yield "sums", state()
    yield "kept", state("-q", "0.5")
    yield "none", state(numbers=b"")
    yield "one", state(numbers=b"7\n")
    yield "same", state("-q", "0.5", numbers=b"-0\n" * 5)
    yield "two", state() + state(numbers=b"-1e-5\n2e5\n")
    yield "two-kept", state("-q", "0.5") + state("-q", "0.5", numbers=b"1\n1\n")
    yield "cut", state()[:-1]
    scorer = b"model\t%s\nprecision\tf32\n" % (b"0123456789abcdef" * 4)
    scored = [state(*options).replace(b"%d\n" % v, b"%d\n%s" % (v + 2, scorer), 1)
              for v, options in ((1, ()), (2, ("-q", "0.5")))]
    yield "scored", scored[0]
    yield "scored-kept", scored[1] * 2
    yield "scored-by-another", scored[0] + scored[0].replace(b"f32", b"bf16")
    yield "scored-and-not", scored[0] + state()
    yield "scored-and-none", state(numbers=b"") + scored[0]
    yield "shard", state("--shard", "3/10")
    yield "shards", state("-q", "0.5", "--shard", "1/4294967295") + state("-q", "0.5", "--shard", "3/4294967295", numbers=b"")
    yield "shard-twice", state("--shard", "2/3") * 2
    yield "shards-of-two", state("--shard", "2/3") + state("--shard", "1/4") + state()
    yield "shards-scored", scored[0].replace(b"\t3\n", b"\t7\n", 1).replace(b"f32\n", b"f32\nshards\t9\nshard\t1-3\nshard\t5\n")
    yield "shards-joined", state("--shard", "1/9").replace(b"shard\t1\n", b"shard\t1\nshard\t2\n")
    yield "shards-whole", state("--shard", "1/9").replace(b"shard\t1\n", b"shard\t1-9\n")
    yield "most", state_text(2 ** 64 - 1, b"0", b"0", b"0x0p0", b"0x0p0")
    yield "too-many", state_text(2 ** 63, b"0", b"0", b"0x0p0", b"0x0p0") * 2
    yield "not-ascending", state_text(2, b"1", b"2", b"0x3p0", b"0x5p0").replace(b"\t1\n", b"\t2\n", 1) + b"2\n1\n"
    yield "version", b"nicestat-state\t\x1b[2J\n"


def sides_seeds():
    def state(*options, normal=b"1\n2\nnan\n-0\n", anomalous=b"-inf\n1e-300\n2\n"):
        with tempfile.TemporaryDirectory() as folder:
            names = [os.path.join(folder, name) for name in ("normal", "anomalous")]
            for name, numbers in zip(names, (normal, anomalous)):
                open(name, "wb").write(numbers)
            return run("niceroc", "-s", *options, *names)
    yield "both", state()
    yield "none", state(normal=b"", anomalous=b"")
    yield "normal", state(anomalous=b"")
    yield "two", state() + state(normal=b"inf\n")
    yield "cut", state()[:-1]
    yield "short", state()[:-2]
    yield "more", state() + b"3\n"
    yield "shards", state("--shard", "3/10") + state("--shard", "1/10") + state(normal=b"", anomalous=b"")
    yield "shard-twice", state("--shard", "2/3") * 2
    yield "shards-of-two", state("--shard", "2/3") + state("--shard", "1/4")
    yield "shard-and-none", state("--shard", "2/3") + state()
    yield "many", b"niceroc-state\t1\nnormal\t%d\nanomalous\t%d\n1\n" % (2 ** 64 - 1, 2 ** 64 - 1)
    yield "not-ascending", b"niceroc-state\t1\nnormal\t2\nanomalous\t0\n1\n0\n"
    yield "version", b"niceroc-state\t\x1b[2J\n"


def counts_text(kind, *counts, rule=b"threshold 1 upper inf"):
    names = b"nan", b"true_positives", b"false_positives", b"true_negatives", b"false_negatives"
    return b"nicethresh-state\t1\ndata\t%s\nrule\t%s\npromised\tnan\n" % (kind, rule) + b"".join(
        b"%s\t%d\n" % line for line in zip(names, counts))


def counts_seeds():
    def state(*options, numbers=b"1\n2\nnan\n-0\n"):
        return run("nicethresh", "-s", *options, stdin=numbers)
    normal = "-t", "1", "-x", "normal"
    for kind in "normal", "anomalous":
        yield kind, state("-t", "1", "-u", "5", "-x", kind)
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "file")
        open(name, "wb").write(b"1\n0\n1\n0\n")
        yield "labels", state("-t", "1", "--labels", name)
        yield "scores", state("-p", name, "--alpha", "0.5", "-x", "normal")
    yield "none", state(*normal, numbers=b"")
    yield "two", state(*normal) * 2
    yield "cut", state(*normal)[:-1]
    yield "shards", state(*normal, "--shard", "3/10") + state(*normal, "--shard", "1/10")
    yield "shard-twice", state(*normal, "--shard", "2/3") * 2
    yield "shards-of-two", state(*normal, "--shard", "2/3") + state(*normal, "--shard", "1/4")
    yield "shard-and-none", state(*normal, "--shard", "2/3") + state(*normal)
    yield "kinds", state(*normal) + state("-t", "1", "-x", "anomalous")
    yield "rules", state(*normal) + state("-t", "2", "-x", "normal")
    yield "most", counts_text(b"labels", 1, 1, 2 ** 62, 2 ** 62, 2 ** 63 - 2)
    yield "too-many", counts_text(b"labels", 1, 2 ** 63, 2 ** 63, 0, 0)
    yield "too-many-merged", counts_text(b"labels", 0, 2 ** 63, 0, 0, 0) * 2
    yield "nan", counts_text(b"labels", 5, 2, 2, 9, 9)
    yield "not-normal", counts_text(b"normal", 0, 1, 2, 9, 9)
    yield "control", counts_text(b"labels", 5, 2, 2, 9, 9, rule=b"\x1b[2J")
    yield "long", counts_text(b"labels", 5, 2, 2, 9, 9, rule=b"x" * 400)
    yield "version", b"nicethresh-state\t\x1b[2J\n"


def drift_text(method=b"jumper:0.01", kind=b"p-values", calibration=b"0", crc=b"00000000", n=b"0", exponent=b"0",
               capital=(b"1", b"0", b"0"), values=b""):
    text = b"".join(b"%s\t%s\n" % line for line in (
        (b"nicedrift-state", b"1"), (b"method", method), (b"input", kind), (b"seed", b"0"),
        (b"calibration", calibration), (b"calibration_crc32", crc), (b"n", n), (b"exponent", exponent),
        *((b"capital", c) for c in capital))) + values
    return text + b"crc32\t%08x\n" % zlib.crc32(text)


def drift_seeds():
    def state(*options, numbers):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "state")
            scores = os.path.join(folder, "scores")
            open(scores, "wb").write(b"1\n2\nnan\n-0\n2\n")
            run("nicedrift", "--state", name, *[scores if o == "SCORES" else o for o in options], stdin=numbers)
            return open(name, "rb").read()
    for method in "jumper", "power:0.25", "mixture:0.5":
        yield method.replace(":", "-"), state("--method", method, numbers=b"0.5\n0.001\n" * 100)
    yield "infinite", state("--method", "power", numbers=b"0\n")
    yield "none", state(numbers=b"")
    scores = state("-p", "SCORES", "-S", "7", numbers=b"3\n-inf\nnan\n1e-300\n2\n")
    yield "scores", scores
    yield "fixed", state("-p", "SCORES", "--fixed", numbers=b"3\n-1\n")
    yield "cut", scores[:-1]
    yield "damaged", scores.replace(b"1e-300", b"1e-301")
    yield "more", scores + b"\n"
    yield "many", drift_text(kind=b"scores", calibration=b"%d" % (2 ** 63 - 1), n=b"%d" % (2 ** 63 - 1))
    yield "extreme", drift_text(method=b"mixture:0.01", n=b"%d" % (2 ** 63 - 1), exponent=b"-%d" % (2 ** 62 - 1),
                                capital=(b"inf", b"5e-324", b"1.7976931348623157e308"))
    yield "far", drift_text(exponent=b"%d" % (2 ** 62 - 1), capital=(b"0", b"0", b"0"))
    yield "not-ascending", drift_text(kind=b"scores", calibration=b"1", n=b"1", values=b"2\n1\n")
    yield "no-calibration", drift_text(kind=b"fixed")
    yield "nan", drift_text(capital=(b"nan", b"1", b"1"))
    yield "version", b"nicedrift-state\t\x1b[2J\n"


def labels_seeds():
    yield "good", b"0\n1\n1\n0\n"
    yield "forms", b"0.0\n1e0\r\n-0\n+1\n10e-1"
    yield "two", b"0\n2\n"
    yield "nan", b"nan\n"
    yield "none", b""
    yield "words", b"anomaly\n"


def matrix_seeds():
    yield "rock-paper-scissors", b"0 -1 1\n1 0 -1\n-1 1 0\n"
    yield "forms", b"1/3, -0.25\t+1e-3,.5\n 5. -7/21 0e400 -0\n"
    yield "saddle", b"1 2\n0 3\n"
    yield "ties", b"0 0 0\n0 0 0\n"
    yield "strategy", b"1/3 2/3\n0.5 0.25\n"
    yield "pennies", b"1 -1\n-1 1\n1 -1\n"
    yield "long", b"1" * 1000 + b" 2\n3 " + b"7" * 1000 + b"/" + b"9" * 999 + b"\n"
    yield "exponents", b"1e400 1e-400\n1e-400 1e401\n"
    yield "denominator", b"1/0\n"
    yield "comma", b"1,2,\n,1\n"
    yield "ragged", b"1 2\n3\n"
    yield "cut", b"1 2\n3 4"
    yield "empty-line", b"1\n\n1\n"
    yield "words", b"nan inf\n"


def csv_seeds():
    yield "plain", b"a,b,c\n1,2.5,x\n-3,,1e5\n"
    yield "quotes", b'"a","b ""c""",\n"1\n2","3,4"," 5 "\n'
    yield "crlf", b'\xef\xbb\xbfa,"b"\r\n1,"2"\r\n\r\n3,"4"'
    yield "unclosed", b'a\n"b\nc,""d'
    yield "after-quote", b'"a"b\n'
    yield "inside", b'a"b\n'
    yield "nul", b"a\0,b\n"
    yield "misspelt", b"1e400,0x10,1_000,inf,nan,NA\n" + b"1" * 40 + b"," + b"." * 20 + b"\n"
    yield "columns", b"," * 70000
    yield "cr", b'"a"\rb\n'


def schema_seeds():
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "s")
        run("csv2raw", "-w", path, stdin=b'a,b,c,d\n1,2,x,\xe9\n3,,"y,""z",\n')
        good = open(path, "rb").read()
    yield "good", good
    yield "other", b"nicetable 1\ncategory\tc\tgaps\tother\nelements\t2\n"
    yield "cut", good[:-1]
    yield "levels", b"nicetable 1\ncategory\tc\tfull" + b"".join(b"\t%03d" % i for i in range(257)) + b"\n"
    yield "duplicate", b"nicetable 1\n" + b"number\ta\tfull\t1\t0\n" * 2 + b"elements\t2\n"
    yield "none", b"nicetable 1\nelements\t0\n"


def selection_seeds():
    labels = idx(8, (60,), bytes(i % 7 for i in range(60)))

    def wish(flags, first=0, last=0, npicks=0, classes=b"3,5", file=labels):
        return struct.pack("6B", flags, 50, first, last, npicks, 9) + classes + b"\0" + file

    yield "range", wish(0, 3, 20)
    yield "classes", wish(1 + 4, 3)
    yield "random", wish(2 + 4, 3, 0, 20)
    yield "random-classes", wish(1 + 2 + 4, 3, 0, 7)
    yield "too-many", wish(1 + 2 + 4, 3, 0, 200)
    yield "beyond", wish(0, 3, 200)
    yield "count", wish(1 + 4 + 8)
    yield "gzip", wish(1 + 4, file=member(labels))
    yield "negative", wish(1 + 4, classes=b"-1,0,127", file=idx(9, (5,)))
    yield "floats", wish(1 + 4, file=idx(13, (5,)))
    yield "cut", wish(1 + 4, file=labels[:-1])
    yield "huge-classes", wish(1 + 4, classes=b"-2147483649,9223372036854775808")
    yield "bad-classes", wish(1 + 4, classes=b"3,,5")
    yield "many-classes", wish(1 + 4, classes=b",".join(b"%d" % i for i in range(300)))


# What a fuzzer found, by reader and name. Each is refused, or read rightly, since it was found.
REGRESSIONS = {
    "calibration": {
        # The threshold was handed out with the refusal of it.
        "regression-refused": b"threshold\tinf\n",
    },
    "pickle": {
        # U+009B is ESC [ to a terminal, as is the byte in one of 8 bits.
        "regression-c1": make_pt.pickle(make_pt.name("os", "\u009b2Jsystem")),
        "regression-broken-utf-8": make_pt.PROTO + b"cos\n\x9b2J\xc0\xafsystem\n.",
    },
    "state": {
        "regression-mean-above-max": state_text(2, b"0", b"1", b"0x5p0", b"0x19p0"),
        # Which of both zeros a merged state had as its least number depended on the order.
        "regression-minus-zero": state_text(1, b"0", b"0", b"0x0p0", b"0x0p0") +
                                 state_text(1, b"-0e-5", b"-0", b"0x0p0", b"0x0p0"),
        "regression-stdev-of-equals": state_text(2, b"0", b"0", b"0x0p0", b"0x1p2"),
        "regression-c1": b"nicestat-state\t\xc2\x9b2J\n",
    },
}

SEEDS = {"idx": idx_seeds, "npy": npy_seeds, "npz": npz_seeds,
         "gzip": gzip_seeds, "safetensors": safetensors_seeds, "zip": zip_seeds,
         "pickle": pickle_seeds, "checkpoint": checkpoint_seeds, "png": png_seeds, "numbers": numbers_seeds,
         "calibration": calibration_seeds, "state": state_seeds, "sides": sides_seeds, "counts": counts_seeds, "labels": labels_seeds, "drift": drift_seeds,
         "csv": csv_seeds, "schema": schema_seeds,
         "selection": selection_seeds, "matrix": matrix_seeds}


def main():
    global BIN
    BIN, directory, *readers = sys.argv[1:]
    for reader in readers:
        folder = os.path.join(directory, reader)
        os.makedirs(folder, exist_ok=True)
        recipes = list(SEEDS[reader]()) + list(REGRESSIONS.get(reader, {}).items())
        for name, data in recipes:
            if len(data) <= MAX_BYTES:
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(data)


if __name__ == "__main__":
    main()
