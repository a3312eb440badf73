#!/usr/bin/env python3
"""contract.py CHECK: every program through one row of the matrix of docs: what all of them do alike.

A check is one of the functions below that begin with a way (to run a program on good input), a program,
or nothing. It runs in a directory that tests/cli/contract.bash has filled; programs are those of $B. Prints
what failed, for every program that failed it. Status 77: this cannot be tested here, and why.

CUTS=all cuts inputs at every byte, however long they are; SPARSE=all reads ten gigabytes to their end.
"""
import ctypes
import fcntl
import fnmatch
import inspect
import os
import re
import resource
import shutil
import signal
import stat
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

B = os.environ["B"]
SANITIZED = os.environ.get("SANITIZER", "") != ""
VALGRIND = "valgrind" in B
REMADE = ("raw2idx", "raw2npy", "raw2png")
TRAIN = "--batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q"

# The ways: program, input, the status of an empty input, options. That status is 0, then with no output;
# 0+, with some; or 1. "none" stands for a way that reads no input. Those with "-o model" write that, and
# nothing to standard output. A program without a row fails the first check; a new one gets all by a row.
WAYS = """
    csv2raw     x.csv     1   -s s
    csv2raw     x.csv     1   -t f64 -m s.model
    csv2raw     x.csv     1   -w learnt
    idx2raw     x.idx     1   -t u8
    idx2raw     x.idx.gz  1   -n 3
    idx2raw     x.idx     1   -l l.idx -c 3
    idx2raw     x.idx     1   -i
    niceflow    x.f32     0   -m m
    niceflow    x.f32     0   -m m -b
    niceflow    x.f32     0   -m m -z
    niceflow    x.f32     0   -m m -x -B 2 -j 1
    niceflow    x.u8      0   -m m -t u8 -k 3
    niceflow    x.u8      0   -m m -t u8 -k 3 --weights
    niceflow    x.f32     0   -m m --attribute gradient -B 2
    niceflow    x.f32     0   -m m --attribute replace --baseline one
    niceflow    x.f32     0   -m m --attribute path --baseline one --steps 3 --check
    niceflow    none      -   -m m -n 5
    niceflow    none      -   -m m -i
    nicegame    game      1
    nicegame    game      1   --against 1/2,1/2,0
    nicedrift   p         0
    nicedrift   p.f64     0   -b --method mixture
    nicedrift   p         0   --method power:0.9
    nicedrift   ll        0   -p ll
    nicedrift   ll.f64    0   -b -p ll.f64 --fixed
    nicemax     ll        0   -n 2
    nicemax     ll        0   -l -n 2
    nicemax     ll.f64    0   -b -n 1
    nicestat    ll        1
    nicestat    ll.f64    1   -b
    nicestat    ll        1   -q 0.5,0.01
    nicestat    ll        1   --describe --json --method mad:3 --two-sided
    nicestat    ll        1   -H 3
    nicestat    ll        0+  -s
    nicestat    ll        0+  -s --shard 2/3
    nicestat    state     1   -m
    nicestat    ll        1   --model m --precision bf16
    nicestat    bound.state 1 -m --model m
    niceroc     ll        1   ll
    niceroc     ll        1   --curve ll
    niceroc     ll.f64    1   -b ll.f64
    niceroc     ll        0+  -s --shard 2/3 ll
    niceroc     sides     1   -m
    niceroc     sides     1   -m --curve
    nicethresh  ll        0   -t -14
    nicethresh  ll        0   -c calibration -i
    nicethresh  ll        0   -c bound -m m
    nicethresh  ll        0+  -t -14 -x normal
    nicethresh  ll.f64    0   -b -t -14
    nicethresh  ll        0   -t -14 -u -12 -p ll
    nicethresh  ll.f64    0   -b -p ll.f64 --alpha 0.3
    nicethresh  ll        0   -p ll --fdr 0.9 --two-sided
    nicethresh  ll        0   -p ll --fdr 0.9 --window 2
    nicethresh  ll        1   -t -14 --labels labels
    nicethresh  ll        0+  -t -14 -x anomalous -s
    nicethresh  ll        1   -t -14 --labels labels -s --shard 1/2
    nicethresh  counts    1   --merge
    nicethresh  ll        1   -t -14 --paste rows.csv --no-header
    nicetrain   x.f32     1   -o model -d 6 TRAIN
    nicetrain   x.f32     1   -o - -d 6 TRAIN
    nicetrain   x.f32     1   -o model -d 6 --no-map TRAIN
    nicetrain   x.u8      1   -o model -t u8 -d 2x3 --mid 4 --epochs 2 --batch 2 --valid x.u8 -j 1 -q
    nicetrain   x.f32     1   -o model -d 6 --kind vae TRAIN
    nicevae     x.f32     0   -m v -k 3 --spread
    nicevae     x.f32     0   -m v -x -B 2 -j 1
    nicevae     none      -   -m v -n 5
    nicevae     none      -   -m v -i --no-map
    nicedrift   ll        0   -p ll --state new
    nicewhy     x.f32     0   -d 6
    nicewhy     x.f32     0   -d 2x3 -n 1
    npy2raw     x.npy     1
    npy2raw     x.npy     1   -t f32
    npy2raw     x.npy     1   -i
    nicewhy     x.f32     0   -s schema
    png2raw     x.png     1   -t u8
    pt2nice     x.pt      1
    pt2nice     m         1   --mask-config 0
    raw2idx     x.u8      0+  -t u8 -d 2x3
    raw2idx     x.f32     0+  -1
    raw2npy     x.u8      0+  -t u8 -d 2x3
    raw2npy     x.f32     0+  -d 6
    raw2png     x.u8      0+  -t u8 -d 2x3
    raw2png     x.f32     0+  -d 2x3 --signed
    rawpick     x.u8      1   -t u8 -d 6 list
    rawpick     x.u8      1   -t u8 -d 6 -v list
    rawshift    x.u8      0   -t u8 -d 2x3
    rawshift    x.f32     0   -d 1x2x3 -n 2 --axis vertical
    rawsize     x.u8      0   -t u8 -d 2x3
    rawsize     x.f32     0   -d 6 -b
"""

# Options that take a file: a good one, and the rest of a command that needs no more. "new" ones are
# written.
FILES = """
    csv2raw     -w            new          x.csv
    csv2raw     -s            s            x.csv
    csv2raw     -m            s.model      x.csv
    idx2raw     -l            l.idx        -c 3 x.idx
    niceflow    -m            m            x.f32
    niceflow    --baseline    one          -m m --attribute path x.f32
    nicedrift   -p            ll           ll
    nicestat    --model       m            ll
    niceroc     --normal      ll           --anomalous ll
    niceroc     --anomalous   ll           --normal ll
    nicethresh  -m            m            -c bound ll
    nicethresh  -c            calibration  ll
    nicethresh  -p            ll           -t -14 ll
    nicethresh  --labels      labels       -t -14 ll
    nicethresh  --paste       rows.csv     --no-header -t -14 ll
    nicevae     -m            v            x.f32
    nicetrain   --schema      s            TRAIN -o model x.f32
    nicewhy     -s            schema       x.f32
    nicetrain   -o            new          -d 6 TRAIN x.f32
    nicetrain   --valid       x.f32        -d 6 TRAIN -o model x.f32
    nicetrain   --checkpoint  new          -d 6 TRAIN -o model x.f32
    nicetrain   --log         new          -d 6 TRAIN -o model x.f32
    nicetrain   --init        m            -d 6 --mid 5 --hidden 2 --couplings 2 --batch 2 --epochs 1 --valid-share 0.4 --no-scale -q -o model x.f32
"""
FILE_NAMES = {"SCHEMA", "TABLE", "MODEL", "LABELS", "CALIBRATION", "SCORES", "FILE"}

# Values just outside of bounds, or wrong in a way of their own; _ stands for a space.
BOUNDS = """
    csv2raw     -F  ;;  a  9  .  +  -  "
    csv2raw     -t  u8  F32
    csv2raw     --missing  Fill  drop
    nicethresh  -F  ;;  a  9  .  +  -  "
    nicethresh  --only  normal  anomaly
    nicethresh  --precision  f16  F32
    nicestat    --precision  f16  F32
    idx2raw     -n  -1  4294967296
    idx2raw     -S  -1  18446744073709551616
    idx2raw     -r  1  2:1  -1:2  0:1:2  0:1x  0:18446744073709551616
    idx2raw     -c  3,  ,3  3,,4  256x  3;4
    idx2raw     -t  U8  f16  u8_
    niceflow    -n  -1
    niceflow    -k  0  65537
    niceflow    -j  0  1025
    niceflow    -B  0  1048577
    niceflow    -S  18446744073709551616
    niceflow    -T  inf  -nan
    nicegame    --against  1/2  1,1  -1,2  1,,0  1,  0.5;0.5  1/0  nan  1e401
    niceflow    --attribute  Path  gradients
    niceflow    --steps  0  65537
    nicedrift   -S  -1  18446744073709551616
    nicedrift   --alarm  1  0  -1  inf
    nicedrift   --method  jumper:  jumper:0  jumper:1  power:nan  mixture:-1  jumper:0.1:2  Jumper  :  :0.1
    nicemax     -n  0  -1  4294967296
    nicestat    -k  inf  -inf  3sigma
    nicestat    --method  sigma:  sigma:x  sigma:nan  sigma:inf  sigma:3:1  SIGMA:3  quantile:-0.1
    nicestat    --method  quantile:1.1  quantile:nan  mad:  mad:inf  conformal:0  conformal:1  conformal:-1
    nicestat    --method  conformal:nan  pot:0  pot:1  pot:  pot:0.1:  pot:0.1:2  pot:0.1:0  pot:0.1:nan  pot:0.1:0.2:3
    nicestat    --method  pot:nan  :  :3  what:1
    nicestat    -q  1.5  -0.1  nan  0.5,  ,0.5  0.5,,0.1  0.5;0.1  0.5,0.5  0,-0
    nicestat    --shard  0/1  2/1  1  1/  /1  1/0  1/4294967296  -1/2  1/2/3  0x1/2
    niceflow    --shard  0/1  2/1  1  1/  /1  1/0  1/4294967296
    nicevae     --shard  0/1  2/1  1/4294967296
    nicethresh  --shard  0/1  2/1  1  1/4294967296
    niceroc     --shard  0/1  2/1  1  1/4294967296
    nicestat    -H  0  -1  1000001  1e3
    nicethresh  -t  -inf  inf  1,5
    nicethresh  -u  inf  -inf
    nicethresh  --alpha  0  1  -0.1  1.1
    nicethresh  --fdr  0  1  -1
    nicethresh  --window  0  -1  1073741825
    nicethresh  -x  Normal  n  normal,anomalous
    nicetrain   -d  0  3x  x3  0x4  28X28  4294967296
    nicetrain   --epochs  0  1000001
    nicetrain   --lr  -1  inf
    nicetrain   --mid  0  1048577
    nicetrain   --hidden  -1  1001
    nicetrain   --kind  Vae  flow
    nicetrain   --latent  0  1048577
    nicetrain   --prior  Standard  normal
    nicetrain   --sigma  0  -1  inf  nan
    nicetrain   --estimator  Score  baseline
    nicetrain   --couplings  0  1001
    nicetrain   --batch  0  1048577
    nicetrain   --shuffle-window  0  63  4294967296
    nicetrain   --warmup  -1  4294967296
    nicetrain   --valid-share  -0.1  1.1
    nicetrain   --keep  Best  both
    nicetrain   --schedule  linear
    nicetrain   --beta1  1
    nicetrain   --beta2  1
    nicetrain   --ema  1
    nicetrain   --eps  0  2
    nicetrain   --clip  -1
    nicetrain   --noise  -1
    nicetrain   -p  f16  F32
    nicetrain   -j  0  1025
    nicevae     -n  -1
    nicevae     -k  0  65537
    nicevae     -j  0  1025
    nicevae     -B  0  1048577
    nicevae     -S  18446744073709551616
    nicewhy     -d  0  x3  4294967295x4294967295
    nicewhy     -n  0  -1  4294967296
    png2raw     -d  0x3  3  3x  4294967296x1  1x1x1
    npy2raw     -t  u16  F32
    png2raw     -t  u16
    pt2nice     --mask-config  2  -1
    raw2idx     -d  0  4294967296  x  1x
    raw2npy     -d  0  4294967296  x  1x
    raw2png     -d  1x0  6  1x2x2  1x2x3x1
    raw2png     --range  1  0:  :1  1:0  0:0  0:nan  -inf:0  0:1:2  -1e308:1e308
    raw2png     -c  0  4294967296
    raw2png     -n  0
    raw2png     -g  -1  1001
    rawpick     -d  0  4294967295x4294967295
    rawshift    -d  0  6  1x0  1x2x3x4  4294967295x4294967295
    rawshift    -n  0  -1  4294967296
    rawshift    --axis  Both  x
    rawsize     -d  0  4294967295x4294967295
    rawsize     --codec  Png  zlib
"""


def thin(list):
    """A sanitizer's programs take ten times as long to start, memcheck's a hundred: half of what is much, or
    an eighth."""
    return list[::8 if VALGRIND else 2 if SANITIZED else 1]


class Way:
    def __init__(self, number, line):
        self.number = number
        self.line = " ".join(line.split())
        self.program, self.input, self.empty, *self.options = line.replace("TRAIN", TRAIN).split()
        self.reads = self.input != "none"
        self.writes = "model" not in self.options  # to standard output
        self.names_another = not {"-w", "--state"}.isdisjoint(self.options)  # output, beside it
        self.operands = [self.input] if self.reads else []
        self.default = ["-"] if self.program == "niceroc" and "-m" not in self.options else []  # what stands for standard input
        self.header_alone = self.program in ("idx2raw", "npy2raw") and "-i" in self.options  # reads no more
        self.record = 4 if "-1" in self.options else {"x.u8": 6, "x.f32": 24, "ll.f64": 8, "p.f64": 8}.get(self.input)

    def expected(self):
        return open("expected.%d" % self.number, "rb").read()


class Broken(Exception):
    pass


class Got:
    """What came of a run: status, product (the output, or the model), lines of messages."""
    def __init__(self, command, status, product, messages):
        self.command, self.status, self.product = command, status, product
        # a sanitizer warns where malloc gives NULL
        self.messages = [m for m in messages.decode(errors="replace").splitlines() if "failed to allocate" not in m]

    def broken(self, what):
        raise Broken("%s: %s; status %s, messages %s" % (" ".join(map(str, self.command)), what, self.status, self.messages))

    def ends(self, status):
        if self.status != status:
            self.broken("status is to be %s" % status)
        return self

    def silent(self):
        if self.messages:
            self.broken("it is to be silent")
        return self

    def says(self, pattern, hint=0):
        if len(self.messages) != 1 + hint or not fnmatch.fnmatchcase(self.messages[0], pattern):
            self.broken("it is to say '%s'" % pattern)
        return self

    def misused(self, pattern):
        self.ends(2).says(pattern, 1).gives(b"")
        if self.messages[1] != "Try '%s --help'." % pattern.split(":")[0]:
            self.broken("it is to give a hint")
        return self

    def gives(self, product):
        if self.product != product:
            self.broken("%d bytes, not the %d right ones" % (len(self.product), len(product)))
        return self

    def gives_beginning(self, product):
        if not product.startswith(self.product):
            self.broken("output is no beginning of the right one")
        return self


def remove(*names):
    for name in names:
        if os.path.lexists(name):
            os.remove(name)


def several(value):
    return value if isinstance(value, tuple) else (value,)


def run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, close=None, ulimit=None, **how):
    """close: a descriptor, or several, that the program starts without; ulimit: what that command of the shell
    is told, once or several times: a shell starts in a fifth of the time that a preexec_fn costs."""
    remove("model", "new")
    if isinstance(stdin, str):
        stdin = open(stdin, "rb")  # closed by the collector
    if close is not None:
        closing = " ".join("%d>&-" % fd for fd in several(close))
        command = ["sh", "-c", 'exec "$@" ' + closing, "sh", *command]
    if ulimit is not None:
        limiting = "".join("ulimit %s && " % limit for limit in several(ulimit))
        command = ["sh", "-c", limiting + 'exec "$@"', "sh", *command]
    try:
        p = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=120, **how)
    except subprocess.TimeoutExpired as e:
        raise Broken("%s: it does not end" % " ".join(command)) from e
    model = os.path.join(how.get("cwd", "."), "model")
    product = open(model, "rb").read() if os.path.exists(model) else p.stdout or b""
    return Got(command, p.returncode, product, p.stderr)


def go(way, *operands, **how):
    return run([way.program, *way.options, *operands], **how)


def programs():
    return sorted(os.listdir(os.path.join(B, "bin")))


def ways():
    there, met = programs(), set()
    all = [way for way in (Way(i, line) for i, line in enumerate(WAYS.strip().splitlines()))
           if way.program in there or not VALGRIND]
    for way in all:
        way.first = way.program not in met
        met.add(way.program)
    return all


def rows(table):
    for line in table.strip().splitlines():
        yield line.replace("TRAIN", TRAIN).split()


def values(program):
    """The options of --help that take a value: short or else long, long, the value's name."""
    for line in run([program, "--help"]).product.decode().splitlines():
        m = re.match(r"  (?:(-.), |    )(--[a-z0-9-]+) (\S+) ", line)
        if m:
            yield m[1] or m[2], m[2], m[3]


# ---- programs ----

def complete():
    if programs() != sorted({way.program for way in ways()}):
        raise Broken("programs %s, rows %s" % (programs(), {way.program for way in ways()}))


def help_and_version(program):
    text = run([program, "--help"]).ends(0).silent().product
    if not text.startswith(b"usage: %s" % program.encode()):
        raise Broken("--help begins with %s" % text[:40])
    run([program, "-h"]).ends(0).silent().gives(text)
    version = run([program, "--version"]).ends(0).silent().product
    form = r"%s \(nicetools\) %s\nsandbox: (seccomp|none|refused by the kernel)\n"
    if not re.fullmatch(form % (program, re.escape(os.environ["VERSION"])), version.decode()):
        raise Broken("--version is %s" % version)
    run([program, "-V"]).ends(0).silent().gives(version)
    run([program, "--help", "--nonsense"]).ends(0)  # the first one counts


def unknown_option(program):
    run([program, "--nonsense"]).misused(program + ": *nonsense*")
    run([program, "-@"]).misused(program + ": *@*")
    run([program, "--help=yes"]).misused(program + ": *")


def bad_values(program):
    for short, long, name in values(program):
        if name in FILE_NAMES or name in ("NAMES", "STATE"):
            continue
        for value in thin(["1x", "", "nan", "x", "1e999", " 1", "-", "1 ", "0x10"]):
            run([program, short, value]).misused("%s: %s: '%s' is n* *" % (program, short, value))
        run([program, long + "=1x"]).misused("%s: %s: '1x' is n* *" % (program, short))
        run([program, short]).misused(program + ": *")


def bounds(row):
    program, option, *wrong = row
    for value in thin(wrong):
        value = value.replace("_", " ")
        got = run([program, option, value]).misused("%s: %s: *" % (program, option))
        if not re.search("'[^']*'", got.messages[0]):
            got.broken("the value is not named")


def files():
    named = set()
    for program, option, file, *rest in rows(FILES):
        named.add((program, option))
        run([program, option, file, *rest]).ends(0)
        run([program, option, "no/where", *rest]).ends(1).gives(b"").says(
            program + ": *no/where: cannot *: No such file or directory")
        run([program, option, ".", *rest]).ends(1).gives(b"").says(program + ": *.: *")
        if file != "new":
            run([program, option, "empty", *rest]).ends(1).gives(b"").says(program + ": *empty: *")
            open("cut", "wb").write(open(file, "rb").read()[:-1 if file in ("m", "l.idx", "x.f32") else 1])
            got = run([program, option, "cut", *rest])
            if file in ("ll", "labels"):
                got.ends(1 if file == "ll" else got.status)
            else:
                got.ends(1).says(program + ": *cut: *")
    there = {(p, short) for p in programs() for short, _, name in values(p) if name in FILE_NAMES}
    if named != there:
        raise Broken("in the table: %s; in --help: %s" % (sorted(named), sorted(there)))


# ---- inputs ----

def expected(way):
    """What all other checks compare with, kept in files."""
    got = go(way, *way.operands).ends(0).silent()
    if not got.product:
        got.broken("it is to write something")
    open("expected.%d" % way.number, "wb").write(got.product)


def reading_operands(way):
    if re.search(rb"\[file[.a-z]* \.\.\.\]", run([way.program, "--help"]).product) or (way.program == "niceroc" and not way.default):
        alone = {"--labels", "--paste"} & set(way.options)  # these are as long as the input is
        go(way, way.input, "/dev/null" if alone else way.input).ends(0)
    else:
        go(way, way.input, "another").misused(way.program + ": *")


def reading_no_file(way):
    go(way, "no/where").ends(1).gives(b"").says(way.program + ": no/where: cannot open: No such file or directory")
    got = go(way, ".").ends(1).says(way.program + ": .: cannot read: Is a directory")
    if way.empty != "0+":
        got.gives(b"")
    directory = os.open(".", os.O_RDONLY)
    go(way, *way.default, stdin=directory).ends(1).says(way.program + ": standard input: cannot read: Is a directory")
    os.close(directory)


def reading_failing(way):
    if not os.path.exists("/proc/self/mem"):
        cannot("needs /proc")
    go(way, "/proc/self/mem").ends(1).says(way.program + ": /proc/self/mem: *cannot read: Input/output error")


def reading_standard_input(way):
    data = open(way.input, "rb").read()
    go(way, *way.default, stdin=way.input).ends(0).silent().gives(way.expected())
    go(way, "-", stdin=None, input=data).ends(0).silent().gives(way.expected())  # a pipe: no seeking
    go(way, "--", way.input, close=0).ends(0).silent().gives(way.expected())


def reading_own_output(way):
    """It would read what it writes, for ever, or write over what it has yet to read."""
    data = open(way.input, "rb").read()
    for shell in 'exec "$@" copy >> copy', 'exec "$@" - < copy >> copy', 'exec "$@" ./copy 1<> copy':
        open("copy", "wb").write(data)
        run(["sh", "-c", shell, "sh", way.program, *way.options]).misused("%s: *the same file" % way.program)
        if open("copy", "rb").read() != data:
            raise Broken("the input is another")


def reading_byte_by_byte(way):
    """A pipe would join the bytes again; a socket of packets does not."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    remove("model")
    command = [way.program, *way.options, *way.default]
    p = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    theirs.close()
    try:
        for byte in open(way.input, "rb").read():
            ours.send(bytes([byte]))
    except BrokenPipeError:
        pass  # it has stopped reading: its status tells why
    ours.close()
    out, err = p.communicate()
    product = out if way.writes else open("model", "rb").read()
    Got(command, p.returncode, product, err).ends(0).silent().gives(way.expected())


def reading_nothing(way):
    for operands, stdin in (["empty"], None), (["/dev/null"], None), (["-"], "empty"):
        got = go(way, *operands, stdin=stdin or subprocess.DEVNULL).ends(int(way.empty[0]))
        if way.empty == "1":
            got.gives(b"").says(way.program + ": *")
        elif (way.empty == "0+") != bool(got.silent().product):
            got.broken("output is to be %s" % way.empty)


cut_already = set()


def cuts(way, data):
    """Where to cut: everywhere the first time that a program meets an input (records repeat after the
    first), if that is short; else at both ends and here and there; and three places for the other ways."""
    n = len(data)
    first = (way.program, way.input) not in cut_already
    cut_already.add((way.program, way.input))
    if os.environ.get("CUTS") == "all":
        return range(1, n)
    if way.record:
        n = min(n, way.record + 2)
    if not first:
        return [n // 2] if VALGRIND else [1, n // 2, len(data) - 1]
    if n <= 100:
        return thin(range(1, n))
    return thin(sorted({*range(1, 8), *range(8, n - 8, n // 24), *range(n - 8, n)}))


def reading_cut(way):
    """Raw records may end after any of them, a text after any newline; all else is whole or an error. What
    was right is written; those in REMADE make a whole file of it."""
    data = open(way.input, "rb").read()
    header = {"x.idx": 16, "x.npy": 128}[way.input] if way.header_alone else len(data)
    for n in cuts(way, data):
        open("cut", "wb").write(data[:n])
        got = go(way, "cut")
        may_be_whole = n >= header or (way.input in ("ll", "p", "game", "x.csv") and data[:n][-1:] in (b"", b"\n")) or (way.record and n % way.record == 0)
        if got.status == 0 and not may_be_whole and way.input == "x.csv":
            got.says("csv2raw: cut: the last row has no line end; it may have been cut")  # RFC 4180 permits it
        elif got.status == 0 and not may_be_whole:
            got.broken("of %d bytes: an error is to be told" % n)
        elif got.status == 0:
            got.silent()
        else:
            got.ends(1).says(way.program + (": *: *" if {"--labels", "--paste"} & set(way.options) else ": cut: *"))
        if way.record and n % way.record == 0 and way.empty.startswith("0"):
            got.ends(0)
        if got.status == 1 and way.program not in REMADE:
            got.gives_beginning(way.expected())
    last = go(way, *way.default, stdin="cut")
    if last.status == 1:
        last.says(way.program + (": *: *" if {"--labels", "--paste"} & set(way.options) else ": standard input: *"))


def reading_too_much(way):
    if way.header_alone:
        return
    open("long", "wb").write(open(way.input, "rb").read() + b"x")
    go(way, "long").ends(1).says(way.program + ": long: *")


# ---- outputs ----

NO_SPACE = ": standard output: cannot write: No space left on device"
CLOSED = ": standard output: cannot write: Bad file descriptor"


def writing_full_disk(way):
    if not os.path.exists("/dev/full"):
        cannot("needs /dev/full")
    with open("/dev/full", "wb") as full:
        go(way, *way.operands, stdout=full).ends(1).says(way.program + NO_SPACE)


def lost_help(program):
    for option in "--help", "-V":
        with open("/dev/full", "wb") as full:
            run([program, option], stdout=full).ends(1).says(program + NO_SPACE)
        run([program, option], close=1).ends(1).says(program + CLOSED)


def writing_closed_output(way):
    go(way, *way.operands, close=1).ends(1).says(way.program + CLOSED)


def closed_error_usage(program):
    run([program, "--nonsense"], close=2).ends(2).gives(b"")


CLOSED_TOGETHER = (), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)


def closed_streams(way):
    """All that can be closed together (under a sanitizer for a program's first way alone); for that way, also
    where there is no /dev/null that could stand in for it. No file of the program's takes the place."""
    bare = dict(os.environ, LD_PRELOAD=os.path.join(B, "tests", "inject", "preload_no_device.so"))
    without = way.first and os.path.exists(bare["LD_PRELOAD"]) and not SANITIZED and not VALGRIND
    for env in (None, bare) if without else (None,):
        for closed in CLOSED_TOGETHER if way.first or not SANITIZED else CLOSED_TOGETHER[-1:]:
            got = go(way, *way.operands, close=closed, env=env)
            if 1 in closed and way.writes:
                got.ends(1)
            else:
                got.ends(0).gives(way.expected())
        if way.reads:
            for operands in (way.default, ["-"]):
                go(way, *operands, close=0, env=env).ends(1).says(
                    way.program + ": standard input: *cannot read: Bad file descriptor")


def writing_to_nobody(way):
    """The first write to a pipe that nobody reads ends the program."""
    theirs, ours = os.pipe()
    os.close(theirs)
    go(way, *way.operands, stdout=ours).ends(-signal.SIGPIPE).silent()
    # restore_signals: Python ignores SIGPIPE
    go(way, *way.operands, stdout=ours, restore_signals=False).ends(1).says(
        way.program + ": standard output: cannot write: Broken pipe")
    os.close(ours)


def pipe_of_others():
    """The ends of a pipe that is full, and whose writing end is non-blocking, as another program may leave it."""
    theirs, ours = os.pipe()
    os.set_blocking(ours, False)
    filling = 0
    try:
        while True:
            filling += os.write(ours, bytes(4096))
    except BlockingIOError:
        return theirs, ours, filling


def asleep(pid):
    """Whether it waits, and goes on waiting; true as well if that cannot be seen."""
    for _ in range(3):
        try:
            if open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] not in "SZ":
                return False
        except OSError:
            return True
        time.sleep(0.01)
    return True


def writing_nonblocking(way):
    theirs, ours, filling = pipe_of_others()
    command = [way.program, *way.options, *way.operands]
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=ours, stderr=subprocess.PIPE)
    os.close(ours)
    while not asleep(p.pid):
        time.sleep(0.01)
    out = b"".join(iter(lambda: os.read(theirs, 65536), b""))
    os.close(theirs)
    err = p.communicate()[1]
    Got(command, p.returncode, out[filling:], err).ends(0).silent().gives(way.expected())


def file_limit(way):
    """RLIMIT_FSIZE: no signal ends the program, and what it could write is there, or the old file."""
    before = set(os.listdir(".")) | {"limited"}
    right = way.expected()
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(right) - 1, len(right) - 1))
    with open("limited", "wb") as out:
        got = go(way, *way.operands, stdout=out, preexec_fn=limit).ends(1)
    got.says(way.program + (": *: cannot write*: File too large"))
    if way.writes and way.program not in REMADE:
        got.product = open("limited", "rb").read()
        got.gives_beginning(right)
    if set(os.listdir(".")) - before:
        got.broken("files are left: %s" % (set(os.listdir(".")) - before))


def waiting(fd):
    """Bytes that are in a pipe."""
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]


def reading_ended(way):
    """SIGTERM while it waits for more: it ends by that, says nothing, and leaves no file but a state."""
    if way.header_alone:
        return
    before = set(os.listdir("."))
    data = open(way.input, "rb").read()
    theirs, ours = os.pipe()
    command = [way.program, *way.options, *way.default]
    p = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(ours, data[:len(data) // 2])
    while waiting(theirs) > 0 and p.poll() is None:
        time.sleep(0.001)
    p.terminate()
    try:
        out, err = p.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
    os.close(ours)
    os.close(theirs)
    got = Got(command, p.returncode, out, err).ends(-signal.SIGTERM).silent()
    if way.program not in REMADE:
        got.gives_beginning(way.expected() if way.writes else b"")
    left = set(os.listdir(".")) - before - ({"new"} if "--state" in way.options else set())
    if left:
        got.broken("files are left: %s" % left)


# ---- named outputs: the rows of FILES whose file is "new" ----

class Output:
    def __init__(self, program, option, rest):
        self.line = "%s %s" % (program, option)
        self.program, self.option, self.rest = program, option, rest
        self.input = rest[-1]

    def old(self):
        """A file that it may replace, and is not what it writes."""
        return self.right[:64] + b"old"

    def run(self, path, more=(), **how):
        return run([self.program, self.option, path, *self.rest[:-1], *more, self.input], **how)

    def refused(self, path, pattern, **how):
        """Before the work: the input, which is not there either, has not been asked for."""
        got = run([self.program, self.option, path, *self.rest[:-1], "no/input"], **how)
        return got.ends(1).gives(b"").says("%s: %s" % (self.program, pattern))

    def whole(self, data):
        """Whether this is what is written; the times in a log differ."""
        return data.split(b"\n")[0] == self.right.split(b"\n")[0] and len(data) > 0.9 * len(self.right)


def outputs():
    for program, option, file, *rest in rows(FILES):
        if file == "new":
            output = Output(program, option, rest)
            output.run("new").ends(0)
            output.right = open("new", "rb").read()
            os.remove("new")
            yield output


def look(output, path, mode=None):
    st = os.stat(path)
    if not output.whole(open(path, "rb").read()):
        raise Broken("%s %s: %s is not what is to be written" % (output.program, output.option, path))
    if mode is not None and stat.S_IMODE(st.st_mode) != mode:
        raise Broken("%s %s: mode %o, not %o" % (output.program, output.option, stat.S_IMODE(st.st_mode), mode))


def named_mode(output):
    """As open(2) makes it; or that of the file that is replaced, and its owner."""
    mask = os.umask(0o027)
    output.run("fresh").ends(0)
    os.umask(mask)
    look(output, "fresh", 0o640)
    os.chmod("fresh", 0o600)
    if os.geteuid() == 0:
        os.chown("fresh", 1234, 5678)
    output.run("fresh").ends(0)
    look(output, "fresh", 0o600)
    st = os.stat("fresh")
    os.remove("fresh")
    if os.geteuid() == 0 and (st.st_uid, st.st_gid) != (1234, 5678):
        raise Broken("owner %d:%d, not that of the old file" % (st.st_uid, st.st_gid))


def named_link(output):
    os.makedirs("folder", exist_ok=True)
    open("folder/target", "wb").write(output.old())
    os.chmod("folder/target", 0o600)
    for name, target in ("link", "folder/target"), ("link2", "link"), ("dangling", "folder/new"):
        os.symlink(target, name)
    for name, target, mode in ("link2", "folder/target", 0o600), ("dangling", "folder/new", None):
        output.run(name).ends(0)
        if not os.path.islink(name):
            raise Broken("%s %s: the link is gone" % (output.program, output.option))
        look(output, target, mode)
    remove("link", "link2", "dangling", "folder/target", "folder/new")
    os.symlink("no/where", "dangling")
    output.refused("dangling", "dangling: cannot *: No such file or directory")
    os.remove("dangling")


def named_device(output):
    """Neither removed nor replaced: written into, or refused before the work."""
    try:
        os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.close(os.open("null", os.O_WRONLY))
    except PermissionError:
        remove("null")
        cannot("device nodes cannot be made here")
    got = output.run("null")
    kind = os.stat("null")
    os.remove("null")
    if got.status != 0:
        got.ends(1).says(output.program + ": null: *")
    if not stat.S_ISCHR(kind.st_mode) or kind.st_rdev != os.makedev(1, 3):
        got.broken("the device is gone")


def named_fifo(output):
    os.mkfifo("fifo")
    seen = []
    reader = threading.Thread(target=lambda: seen.append(open("fifo", "rb").read()))
    reader.start()
    got = output.run("fifo")
    kind = os.stat("fifo").st_mode
    if reader.is_alive() and stat.S_ISFIFO(kind):  # nobody has opened it
        os.close(os.open("fifo", os.O_WRONLY))
    reader.join(60)
    remove("fifo")
    if not stat.S_ISFIFO(kind):
        got.broken("the FIFO is gone")
    if got.status != 0:
        got.ends(1).says(output.program + ": fifo: *")
    elif not output.whole(seen[0]):
        got.broken("the FIFO got %d bytes" % len(seen[0]))


def named_nowhere(output):
    """A directory, a folder that is missing, one that may not be written to, a file that may not."""
    os.makedirs("shut", exist_ok=True)
    open("shut/file", "w").write("old")
    open("shut.file", "w").write("old")
    os.chmod("shut.file", 0o444)
    os.chmod("shut", 0o555)
    output.refused("shut", "shut: cannot write: Is a directory")
    output.refused("nowhere/new", "nowhere/new: cannot write: No such file or directory")
    output.refused("x.f32/new", "x.f32/new: cannot write: Not a directory")
    output.refused("", ": cannot write: No such file or directory")
    if subprocess.run(["sh", "-c", ": > shut/new"], stderr=subprocess.DEVNULL, preexec_fn=give_up_power).returncode != 0:
        for path in "shut/new", "shut/file", "shut.file":
            output.refused(path, path + ": cannot *: Permission denied", preexec_fn=give_up_power)
    os.chmod("shut", 0o755)
    left = os.listdir("shut"), open("shut.file").read()
    remove("shut/new", "shut/file", "shut.file")
    os.rmdir("shut")
    if left != (["file"], "old"):
        raise Broken("%s is left" % (left,))


def named_twice(output):
    """One file for two purposes, under whatever names."""
    data = open(output.input, "rb").read()
    os.link(output.input, "hard")
    os.symlink(output.input, "soft")
    for path in output.input, "./" + output.input, "hard", "soft":
        output.run(path).misused("%s: *the same file" % output.program)
        if open(output.input, "rb").read() != data:
            raise Broken("%s is gone" % output.input)
    run([output.program, output.option, output.input, *output.rest[:-1]], stdin=output.input).misused(
        "%s: *the same file" % output.program)
    remove("hard", "soft")
    os.symlink("both", "soft")
    for program, option, file, *_ in rows(FILES):
        if program == output.program and option != output.option:
            if file == "new":
                for path in "both", "./both", "soft":
                    output.run("both", more=[option, path]).misused("%s: *the same file" % output.program)
            else:
                open("both", "wb").write(data)
                output.run("both", more=[option, "soft"]).misused("%s: *the same file" % output.program)
                os.remove("both")
    os.remove("soft")


def named_limit(output):
    """A disk that fills: the old file stays, or what came first; nothing is left beside it."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
    before = set(os.listdir(".")) | {"model"}
    open("held", "wb").write(output.old())
    output.run("held", preexec_fn=limit).ends(1)
    left = set(os.listdir(".")) - before
    data = open("held", "rb").read()
    os.remove("held")
    if left != {"held"} or (data != output.old() and not output.right.startswith(data)):
        raise Broken("%s is left, and %s" % (left, data))


# ---- surroundings ----

def environment(way):
    """Decimal commas, threads, a oneDNN that talks and leaves files, time zone, terminal; and nothing at all."""
    odd = dict(os.environ, LC_ALL="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8", LOCPATH=os.getcwd(),
               OMP_NUM_THREADS="3", OMP_PROC_BIND="true", OMP_DYNAMIC="true", OMP_THREAD_LIMIT="1", OMP_WAIT_POLICY="active",
               ONEDNN_VERBOSE="2", DNNL_VERBOSE="2", ONEDNN_JIT_DUMP="1", DNNL_JIT_DUMP="1", TZ="Asia/Tokyo", COLUMNS="3", TERM="dumb", POSIXLY_CORRECT="1")
    go(way, *way.operands, env=odd).ends(0).silent().gives(way.expected())
    dumps = [name for name in os.listdir(".") if "dump" in name]
    if dumps:
        raise Broken("oneDNN left %s" % dumps)
    bare = {"PATH": os.environ["PATH"]}
    if "ASAN_OPTIONS" in os.environ:
        bare["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
    go(way, *way.operands, env=bare).ends(0).silent().gives(way.expected())


def small_stack(way):
    """256 KB are enough, of which the soft limit may be less; a harder limit is told."""
    if SANITIZED or VALGRIND:
        cannot("stacks are others here")
    for soft, hard in (256, 256), (64, 256), (64, 1024):
        go(way, *way.operands, ulimit=("-Ss %d" % soft, "-Hs %d" % hard)).ends(0).silent().gives(way.expected())
    got = go(way, *way.operands, ulimit="-s 128")
    got.ends(1).says("*: the stack is limited to 128 KB (ulimit -s); 256 KB are needed")


def few_descriptors(way):
    """The right output, or an error that is told; 4 are what the loader needs for libraries."""
    for n in thin([4, 5, 6, 7, 8]):
        got = go(way, *way.operands, ulimit="-n %d" % n)
        if got.status == 0:
            got.silent().gives(way.expected())
        else:
            got.ends(1).says(way.program + ": *Too many open files*")


def loader(way):
    """Started by the loader, which then is what /proc/self/exe names."""
    with open(shutil.which(way.program), "rb") as f:
        found = re.search(rb"/lib[^\0]*/ld[^\0]*", f.read())
    if not found or not os.path.exists(found[0]):
        cannot("no dynamic loader is named in the programs here")
    run([os.fsdecode(found[0]), shutil.which(way.program), *way.options, *way.operands]).ends(0).silent().gives(way.expected())


def give_up_power():
    """Root may write everywhere; without CAP_DAC_OVERRIDE (1), taken off the bounding set (24), it may not."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def read_only_directory(way):
    """Filters do not mind; who writes a file there says so and leaves none."""
    if not os.path.exists("locked"):
        os.mkdir("locked")
        for name in os.listdir("."):
            if os.path.isfile(name):
                open("locked/" + name, "wb").write(open(name, "rb").read())
        os.chmod("locked", 0o555)
    if subprocess.run(["sh", "-c", ": > locked/new"], stderr=subprocess.DEVNULL, preexec_fn=give_up_power).returncode == 0:
        os.remove("locked/new")
        cannot("root may write into read-only directories here")
    before = os.listdir("locked")
    got = go(way, *way.operands, cwd="locked", preexec_fn=give_up_power)
    if way.writes and not way.names_another:
        got.ends(0).silent().gives(way.expected())
    else:
        got.ends(1).gives(b"").says(way.program + ": *: cannot create temporary file: Permission denied")
    if os.listdir("locked") != before:
        got.broken("there are other files now")


# Those keep what they read, as their pages say.
KEEPING = ("nicetrain", "niceroc")
SPARSE_BYTES = 10 * 10**9


def reading_sparse(way):
    """Ten gigabytes, nearly all of them zeros: an error, or records at once and no more memory than for a few.
    It is given a third of a second, then ended."""
    if SANITIZED:
        cannot("the sanitizer takes memory of its own")
    if way.program in KEEPING or way.options[:1] == ["-q"]:
        return
    data = bytearray(open(way.input, "rb").read())
    if way.input == "x.idx":
        data[4:8] = struct.pack(">I", (SPARSE_BYTES - 16) // 6)
    with open("sparse", "wb") as f:
        f.write(data)
        f.truncate(SPARSE_BYTES if way.input != "x.idx" else SPARSE_BYTES - (SPARSE_BYTES - 16) % 6)
    command = [way.program, *way.options, "sparse"]
    with open("said", "w+b") as said:
        p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        if os.environ.get("SPARSE") != "all":
            try:
                p.wait(0.3)
            except subprocess.TimeoutExpired:
                p.terminate()
        status, usage = (p.returncode, None) if p.returncode is not None else os.wait4(p.pid, 0)[1:]
        said.seek(0)
        got = Got(command, status if usage is None else os.waitstatus_to_exitcode(status), b"", said.read())
    p.returncode = got.status
    os.remove("sparse")
    if got.status == 1:
        got.says(way.program + ": sparse: *")
    elif got.status not in (0, -signal.SIGTERM):
        got.broken("it is to end well")
    if usage and usage.ru_maxrss > 250000:
        got.broken("%d KB of memory" % usage.ru_maxrss)


# ---- all of them ----

def cannot(why):
    print(why)
    sys.exit(77)


def each(check):
    """The arguments that the check is called with, in turn."""
    wanted = next(iter(inspect.signature(check).parameters), None)
    if wanted is None:
        return [()]
    if wanted == "row":
        return [(row,) for row in rows(BOUNDS)]
    if wanted == "output":
        return [(o,) for o in outputs()]
    if wanted == "program":
        return [(p,) for p in programs()]
    name = check.__name__
    return [(w,) for w in ways() if (w.reads or not name.startswith("reading_")) and
            (w.writes or not name.startswith("writing_"))]


def main():
    check = globals()[sys.argv[1]]
    # Good input, and three ways for it to end in an error.
    leaks = check in (expected, reading_nothing, reading_too_much, writing_full_disk)
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=%d" % leaks
    os.environ["PATH"] = os.path.join(B, "bin") + ":" + os.environ["PATH"]
    failed = 0
    for arguments in each(check):
        try:
            check(*arguments)
        except Broken as e:
            failed += 1
            print("%s\n    %s" % (getattr(arguments[0], "line", arguments[0]) if arguments else "", e))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
