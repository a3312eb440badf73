#!/usr/bin/env python3
"""contract.py CHECK: every program through one row of the matrix of docs: what all of them do alike.

A check is one of the functions below that begin with a way (to run a program on good input), a program,
or nothing. It runs in a directory that tests/contract.bats has filled; programs are those of $B. Prints
what failed, for every program that failed it. Status 77: this cannot be tested here, and why.

CUTS=all cuts inputs at every byte, however long they are; SPARSE=all reads ten gigabytes to their end.
"""
import ctypes
import fcntl
import fnmatch
import inspect
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import time

B = os.environ["B"]
SANITIZED = "asan" in B
VALGRIND = "valgrind" in B
TRAIN = "--batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q"

# The ways: program, input, the status of an empty input, options. That status is 0, then with no output;
# 0+, with some; or 1. "none" stands for a way that reads no input. Those with "-o model" write that, and
# nothing to standard output. A program without a row fails the first check; a new one gets all by a row.
WAYS = """
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
    niceflow    none      -   -m m -n 5
    niceflow    none      -   -m m -i
    nicestat    ll        1
    nicestat    ll.f64    1   -b
    nicestat    ll        1   -q 0.5,0.01
    nicestat    ll        1   -d --json --method mad:3 --two-sided
    nicestat    ll        1   -H 3
    nicestat    ll        0+  -s
    nicestat    state     1   -m
    niceroc     ll        1   ll
    niceroc     ll        1   --curve ll
    niceroc     ll.f64    1   -b ll.f64
    nicethresh  ll        0   -t -14
    nicethresh  ll        0   -c calibration -i
    nicethresh  ll        0+  -t -14 -x normal
    nicethresh  ll.f64    0   -b -t -14
    nicethresh  ll        0   -t -14 -u -12 -p ll
    nicethresh  ll.f64    0   -b -p ll.f64 --alpha 0.3
    nicethresh  ll        0   -p ll --fdr 0.9 --two-sided
    nicethresh  ll        1   -t -14 --labels labels
    nicetrain   x.f32     1   -o model -d 6 TRAIN
    nicetrain   x.u8      1   -o model -t u8 -d 2x3 --mid 4 --epochs 2 --batch 2 --valid x.u8 -j 1 -q
    png2raw     x.png     1   -t u8
    pt2nice     x.pt      1
    pt2nice     m         1   -m 0
    raw2idx     x.u8      0+  -t u8 -d 2x3
    raw2idx     x.f32     0+  -1
    raw2png     x.u8      0+  -t u8 -d 2x3
    rawpick     x.u8      1   -t u8 -d 6 list
    rawpick     x.u8      1   -t u8 -d 6 -v list
"""

# Options that take a file: a good one, and the rest of a command that needs no more. "new" ones are
# written.
FILES = """
    idx2raw     -l            l.idx        -c 3 x.idx
    niceflow    -m            m            x.f32
    nicethresh  -c            calibration  ll
    nicethresh  -p            ll           -t -14 ll
    nicethresh  --labels      labels       -t -14 ll
    nicetrain   -o            new          -d 6 TRAIN x.f32
    nicetrain   --valid       x.f32        -d 6 TRAIN -o model x.f32
    nicetrain   --checkpoint  new          -d 6 TRAIN -o model x.f32
    nicetrain   --log         new          -d 6 TRAIN -o model x.f32
"""
FILE_NAMES = {"MODEL", "LABELS", "CALIBRATION", "SCORES", "FILE"}

# Values just outside of bounds, or wrong in a way of their own; _ stands for a space.
BOUNDS = """
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
    nicestat    -k  inf  -inf  3sigma
    nicestat    --method  sigma:  sigma:x  sigma:nan  sigma:inf  sigma:3:1  SIGMA:3  quantile:-0.1
    nicestat    --method  quantile:1.1  quantile:nan  mad:  mad:inf  conformal:0  conformal:1  conformal:-1
    nicestat    --method  conformal:nan  pot:0  pot:1  pot:  pot:0.1:  pot:0.1:2  pot:0.1:0  pot:0.1:nan  pot:0.1:0.2:3
    nicestat    --method  pot:nan  :  :3  what:1
    nicestat    -q  1.5  -0.1  nan  0.5,  ,0.5  0.5,,0.1  0.5;0.1  0.5,0.5  0,-0
    nicestat    -H  0  -1  1000001  1e3
    nicethresh  -t  -inf  inf  1,5
    nicethresh  -u  inf  -inf
    nicethresh  --alpha  0  1  -0.1  1.1
    nicethresh  --fdr  0  1  -1
    nicethresh  -x  Normal  n  normal,anomalous
    nicetrain   -d  0  3x  x3  0x4  28X28  4294967296
    nicetrain   --epochs  0  1000001
    nicetrain   --lr  -1  inf
    nicetrain   --mid  0  1048577
    nicetrain   --hidden  0  1001
    nicetrain   --couplings  0  1001
    nicetrain   --batch  0  1048577
    nicetrain   --warmup  -1  4294967296
    nicetrain   --valid-share  -0.1  1.1
    nicetrain   --keep  Best  both
    nicetrain   --schedule  linear
    nicetrain   --beta1  1
    nicetrain   --beta2  1
    nicetrain   --ema  1
    nicetrain   --eps  2
    nicetrain   --clip  -1
    nicetrain   --noise  -1
    nicetrain   -p  f16  F32
    nicetrain   -j  0  1025
    png2raw     -d  0x3  3  3x  4294967296x1  1x1x1
    png2raw     -t  u16
    pt2nice     -m  2  -1
    raw2idx     -d  0  4294967296  x  1x
    raw2png     -d  1x0  6  1x2x3
    raw2png     -c  0  4294967296
    raw2png     -n  0
    raw2png     -g  -1  1001
    rawpick     -d  0  4294967295x4294967295
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
        self.operands = [self.input] if self.reads else []
        self.default = ["-"] if self.program == "niceroc" else []  # what stands for standard input
        self.header_alone = self.program == "idx2raw" and "-i" in self.options  # reads no more
        self.record = 4 if "-1" in self.options else {"x.u8": 6, "x.f32": 24, "ll.f64": 8}.get(self.input)

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
        if os.path.exists(name):
            os.remove(name)


def run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, close=None, **how):
    """close: a descriptor that the program starts without."""
    remove("model", "new")
    if isinstance(stdin, str):
        stdin = open(stdin, "rb")  # closed by the collector
    if close is not None:
        command = ["sh", "-c", 'exec "$@" %d>&-' % close, "sh", *command]
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
    there = programs()
    return [way for way in (Way(i, line) for i, line in enumerate(WAYS.strip().splitlines()))
            if way.program in there or not VALGRIND]


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


def no_leak_check():
    """It takes as long as the rest of a program that only reads its options."""
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"


def bad_values(program):
    no_leak_check()
    for short, long, name in values(program):
        if name in FILE_NAMES:
            continue
        for value in thin(["1x", "", "nan", "x", "1e999", " 1", "-", "1 ", "0x10"]):
            run([program, short, value]).misused("%s: %s: '%s' is n* *" % (program, short, value))
        run([program, long + "=1x"]).misused("%s: %s: '1x' is n* *" % (program, short))
        run([program, short]).misused(program + ": *")


def bounds(row):
    program, option, *wrong = row
    no_leak_check()
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
    if re.search(rb"\[file[.a-z]* \.\.\.\]", run([way.program, "--help"]).product):
        go(way, way.input, way.input).ends(0)
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


def reading_closed_input(way):
    for operands in (way.default, ["-"]):
        go(way, *operands, close=0).ends(1).says(way.program + ": standard input: *cannot read: Bad file descriptor")


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
    """Raw records may end after any of them, a text after any digit; all else is whole or an error. What
    was right is written; raw2idx and raw2png make a whole file of it."""
    data = open(way.input, "rb").read()
    header = 16 if way.header_alone else len(data)
    for n in cuts(way, data):
        open("cut", "wb").write(data[:n])
        got = go(way, "cut")
        may_be_whole = n >= header or way.input == "ll" or (way.record and n % way.record == 0)
        if got.status == 0 and not may_be_whole:
            got.broken("of %d bytes: an error is to be told" % n)
        if got.status == 0:
            got.silent()
        else:
            got.ends(1).says(way.program + (": *: *" if "--labels" in way.options else ": cut: *"))
        if way.record and n % way.record == 0 and way.empty.startswith("0"):
            got.ends(0)
        if got.status == 1 and way.program not in ("raw2idx", "raw2png"):
            got.gives_beginning(way.expected())
    last = go(way, *way.default, stdin="cut")
    if last.status == 1:
        last.says(way.program + (": *: *" if "--labels" in way.options else ": standard input: *"))


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


def closed_error(way):
    go(way, *way.operands, close=2).ends(0).gives(way.expected())


def closed_error_usage(program):
    run([program, "--nonsense"], close=2).ends(2).gives(b"")


def writing_to_nobody(way):
    """The first write to a pipe that nobody reads ends the program."""
    theirs, ours = os.pipe()
    os.close(theirs)
    go(way, *way.operands, stdout=ours).ends(-signal.SIGPIPE).silent()
    # restore_signals: Python ignores SIGPIPE
    go(way, *way.operands, stdout=ours, restore_signals=False).ends(1).says(
        way.program + ": standard output: cannot write: Broken pipe")
    os.close(ours)


def waiting(fd):
    """Bytes that are in a pipe."""
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]


def reading_ended(way):
    """SIGTERM while it waits for more: it ends by that, says nothing, and leaves no file."""
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
    if way.program not in ("raw2idx", "raw2png"):
        got.gives_beginning(way.expected() if way.writes else b"")
    if set(os.listdir(".")) - before:
        got.broken("files are left: %s" % (set(os.listdir(".")) - before))


# ---- surroundings ----

def environment(way):
    """Decimal commas, threads, time zone, terminal; and nothing at all."""
    odd = dict(os.environ, LC_ALL="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8", LOCPATH=os.getcwd(), OMP_NUM_THREADS="3",
               TZ="Asia/Tokyo", COLUMNS="3", TERM="dumb", POSIXLY_CORRECT="1")
    go(way, *way.operands, env=odd).ends(0).silent().gives(way.expected())
    bare = {"PATH": os.environ["PATH"]}
    if "ASAN_OPTIONS" in os.environ:
        bare["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
    go(way, *way.operands, env=bare).ends(0).silent().gives(way.expected())


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
    if way.writes:
        got.ends(0).silent().gives(way.expected())
    else:
        got.ends(1).gives(b"").says(way.program + ": model: cannot create a file beside it: Permission denied")
    if os.listdir("locked") != before:
        got.broken("there are other files now")


# Those keep what they read, as their pages say.
KEEPING = ("nicetrain", "niceroc")
SPARSE_BYTES = 10 * 10**9


def reading_sparse(way):
    """Ten gigabytes, nearly all of them zeros: an error, or records at once and no more memory than for a few.
    It is given a third of a second, then ended."""
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
    if usage and not SANITIZED and usage.ru_maxrss > 250000:
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
    if wanted == "program":
        return [(p,) for p in programs()]
    name = check.__name__
    return [(w,) for w in ways() if (w.reads or not name.startswith("reading_")) and
            (w.writes or not name.startswith("writing_"))]


def main():
    check = globals()[sys.argv[1]]
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
