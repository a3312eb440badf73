#!/usr/bin/env python3
"""faults.py [--every N] [PROGRAM...]: lets each system call and each allocation of the programs fail, in
turn (tests/inject/preload_faults.c), or each N-th; and sees that

    a program ends by itself, with status 0 or 1, and soon;
    status 0 goes with the output of an untroubled run, whatever has failed;
    status 1 goes with a message, and what was written is what an untroubled run writes first;
    a short read or write changes nothing; an interruption, which no program sees that has no handler for
    signals of its own, may also be told as an error;
    no temporary file stays, and a named file is the old one or the new one, whole; a link stays one, and what it
    leads to is written; what is read from a FIFO is told like an output.

Prints what was injected, and every failure; status 1 if there was one. The programs are those of $B.
"""
import errno
import os
import stat
import struct
import subprocess
import sys
import tempfile

B = os.environ["B"]
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
TRAIN = "nicetrain -q -o model -d 6 --mid 4 --hidden 2 --couplings 2 --epochs 1 --batch 2 --valid-share 0.4 -j 1 "

OLD = "nicetable 1\nold" # which csv2raw -w may replace

# Input, and the command behind it; what is named "model" is a file that is there before.
RUNS = [
    "csv2raw -w model x.csv", "csv2raw -s s x.csv",
    "idx2raw x.idx", "idx2raw x.idx.gz", "idx2raw -l l.idx -c 3 x.idx", "idx2raw -n 2 x.idx",
    "raw2idx -t u8 -d 2x3 x.u8", "raw2npy -t u8 -d 2x3 x.u8", "npy2raw x.npy", "npy2raw x.npz:a",
    "png2raw -t u8 x.png", "raw2png -t u8 -d 2x3 x.u8",
    "rawpick -t u8 -d 6 list x.u8", "rawshift -t u8 -d 2x3 x.u8", "rawsize -t u8 -d 2x3 x.u8", "rawsize -d 6 x.f32", "pt2nice x.pt", "pt2nice m",
    "niceflow -m m -j 1 x.f32", "niceflow -m m -j 2 many.f32", "niceflow -m m -j 1 -n 3", "niceflow -m x.pt -i",
    "niceflow -m m -j 1 --attribute gradient x.f32", "niceflow -m m -j 1 --attribute replace --baseline one x.f32",
    "nicevae -m v -j 1 -k 2 x.f32", "nicevae -m v -j 1 -n 3", TRAIN.replace("--couplings 2", "--kind vae") + "x.f32",
    "nicemax -n 2 ll", "nicemax -l ll ll", "nicestat ll", "nicestat -q 0.5 ll", "nicestat -s ll", "nicestat -m state", "nicestat -s --shard 1/2 ll", "nicestat -m -s shard",
    "nicestat --model m ll",
    "nicegame game", "nicegame --against 1,0 game",
    "nicethresh -t -14 ll", "nicethresh -c calibration -x normal ll", "nicethresh -c bound -m m ll", "niceroc ll ll", "niceroc --curve ll ll",
    "niceroc -s ll ll", "niceroc -m sides", "niceroc --normal ll --anomalous ll", "nicethresh -s -t -14 -x normal ll", "nicethresh --merge counts",
    "nicethresh -t -14 --paste x.csv ll", TRAIN.replace("-d 6", "--schema s") + "x.f32",
    "nicewhy -d 6 x.f32", "nicedrift -p ll ll", "nicedrift -p ll --alarm 2 ll", "nicedrift -p ll --state drift ll", "nicethresh -p ll --fdr 0.9 --window 2 ll",
    TRAIN + "x.f32", TRAIN + "--checkpoint state2 x.f32", TRAIN.replace("-j 1", "-j 2") + "x.f32",
    TRAIN.replace("model", "link") + "--checkpoint link2 x.f32", TRAIN.replace("model", "fifo") + "x.f32",
    "csv2raw -w link x.csv", "csv2raw -w fifo x.csv",
]

# These make a whole file, with a header, of the records before an error.
REMADE = ("raw2idx", "raw2npy", "raw2png")

EINTR, SHORT = errno.EINTR, 0
FAULTS = [
    ("read", [errno.EIO, EINTR, SHORT]), ("write", [errno.ENOSPC, errno.EIO, EINTR, SHORT]),
    ("open", [errno.EMFILE]), ("fsync", [errno.EIO]), ("rename", [errno.EACCES]), ("mmap", [errno.ENOMEM]),
    ("close", [errno.EIO]), ("seek", [errno.EIO]), ("malloc", [errno.ENOMEM]),
]
NAMES = {SHORT: "short", EINTR: "EINTR"}


def prepare():
    """The good input of all runs, in the current directory."""
    def tool(command, out):
        with open(out, "wb") as f:
            subprocess.run([os.path.join(B, "bin", command.split()[0])] + command.split()[1:], stdout=f, check=True)
    data = b"abcdefghijklmnopqrstuvwxyz0123"
    open("x.u8", "wb").write(data)
    open("x.idx", "wb").write(struct.pack(">BBBBIII", 0, 0, 8, 3, 5, 2, 3) + data)
    open("l.idx", "wb").write(struct.pack(">BBBBI", 0, 0, 8, 1, 5) + bytes([3, 1, 3, 0, 3]))
    import gzip
    open("x.idx.gz", "wb").write(gzip.compress(open("x.idx", "rb").read()))
    sys.path.insert(0, FIXTURES)
    import make_npy
    npy = make_npy.npy(make_npy.header("|u1", "(5, 2, 3)"), data)
    open("x.npy", "wb").write(npy)
    open("x.npz", "wb").write(make_npy.npz_deflated([("a", npy)]))
    open("ll", "w").write("-12.5\n-13.25\n-30\n-11\n")
    open("game", "w").write("1 -1\n-1/2 1\n")
    open("list", "w").write("0\n3\n")
    open("one", "wb").write(bytes(24))
    open("x.pt", "wb").write(open(os.path.join(FIXTURES, "tiny.pt"), "rb").read())
    with open("m", "wb") as f:
        subprocess.run([sys.executable, os.path.join(FIXTURES, "make_model.py"), "6", "5", "2", "2", "1"], stdout=f, check=True)
    tool("idx2raw x.idx", "x.f32")
    tool(TRAIN.replace("--couplings 2", "--kind vae").replace("-o model", "-o v") + "x.f32", "none")
    open("many.f32", "wb").write(open("x.f32", "rb").read() * 120) # a piece for each of two threads, and more
    tool("raw2png -t u8 -d 2x3 x.u8", "x.png")
    open("x.csv", "w").write("a,b,c\n1,2,x\n2,,x\n3,4,\"y\"\n4,5,x\n")
    tool("csv2raw -w s x.csv", "none")
    tool("nicestat -k 1 ll", "calibration")
    tool("nicestat -s ll", "state")
    tool("nicestat -s --shard 1/2 ll", "shard")
    tool("niceroc -s ll ll", "sides")
    tool("nicethresh -s -t -14 -x normal ll", "counts")
    tool("nicestat --model m ll", "bound")
    open("model", "w").write(OLD)
    open("far", "wb").write(open("m", "rb").read())


LINKS = {"link": "model", "link2": "far"}


def lay_out():
    """What is no regular file, as it is to be before a run."""
    for name, target in LINKS.items():
        if os.path.lexists(name):
            os.remove(name)
        os.symlink(target, name)
    if os.path.lexists("fifo"):
        os.remove("fifo")
    os.mkfifo("fifo")


def files():
    return {name: open(name, "rb").read() for name in os.listdir(".") if os.path.isfile(name)}


def run(command, fault=None):
    """Status, output, messages, whether the fault came to be, and the files that are new or changed."""
    lay_out()
    before = files()
    # both ends: no program waits for the other, and none is told that there is no reader
    fifo = os.open("fifo", os.O_RDWR | os.O_NONBLOCK)
    env = {"PATH": os.environ["PATH"]}
    ours, theirs = os.pipe()
    if fault:
        env.update(LD_PRELOAD=os.path.join(B, "tests", "inject", "preload_faults.so"), FAULT=fault, FAULT_FD=str(theirs))
    words = command.split()
    with tempfile.TemporaryFile() as out:
        try:
            p = subprocess.run([os.path.join(B, "bin", words[0])] + words[1:], env=env, stdin=subprocess.DEVNULL,
                               stdout=out, stderr=subprocess.PIPE, pass_fds=[theirs], timeout=60)
            status, messages = p.returncode, p.stderr
        except subprocess.TimeoutExpired:
            status, messages = "no end", b""
        out.seek(0)
        output = out.read()
    if "fifo" in words:
        try:
            output = os.read(fifo, 65536) + output  # which is written first
        except BlockingIOError:
            pass
    os.close(fifo)
    for name, target in LINKS.items():
        if status in (0, 1) and not (os.path.islink(name) and os.readlink(name) == target):
            status = "0 or 1, but %s is no link to %s" % (name, target)
    if not stat.S_ISFIFO(os.stat("fifo").st_mode):
        status = "0 or 1, but the FIFO is none"
    os.close(theirs)
    happened = os.read(ours, 1) == b"!"
    os.close(ours)
    after = files()
    changed = {name: data for name, data in after.items() if before.get(name) != data}
    for name in after.keys() - before.keys():
        os.remove(name)
    for name in before.keys() & changed.keys():
        open(name, "wb").write(before[name])
    return status, output, messages, happened, changed


def wrong(command, call, error, clean, got):
    """What a run with a fault did that it must not; None if nothing."""
    status, output, messages, _, changed = got
    if status not in (0, 1):
        return "status %s" % status
    if status == 0 and (output != clean[1] or changed != clean[4]):
        return "status 0, but other output"
    if status == 0:
        return None
    if error == SHORT:
        return "status 1 for what only delays"
    if not messages:
        return "status 1 without a message"
    if call != "write" and not command.startswith(REMADE) and not clean[1].startswith(output):
        return "output that is no beginning of the right one"
    for name, data in changed.items():
        if clean[4].get(name) != data:
            return "file %s is new, and is not right" % name
    return None


def sweep(command, every):
    clean = run(command)
    assert clean[0] == 0, (command, clean)
    injected = survived = 0
    for call, errors in FAULTS:
        for error in errors:
            n = 1
            while True:
                got = run(command, "%s:%d:%d" % (call, error, n))
                if not got[3]:
                    break
                injected += 1
                bad = wrong(command, call, error, clean, got)
                if bad:
                    print("%s: %s %s, number %d: %s; it says: %s" % (
                        command, call, NAMES.get(error, errno.errorcode.get(error)), n, bad,
                        got[2].decode(errors="replace")[:200].strip()))
                else:
                    survived += 1
                n += every
    return injected, survived


def main():
    arguments = sys.argv[1:]
    every = 1
    if arguments[:1] == ["--every"]:
        every = int(arguments[1])
        arguments = arguments[2:]
    total = [0, 0]
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        prepare()
        for command in RUNS:
            if arguments and command.split()[0] not in arguments:
                continue
            injected, survived = sweep(command, every)
            print("%d of %d faults survived: %s" % (survived, injected, command), flush=True)
            total = [total[0] + injected, total[1] + survived]
        os.chdir("/")
    print("%d faults injected, %d survived" % tuple(total))
    return total[0] == 0 or total[0] != total[1]


if __name__ == "__main__":
    sys.exit(main())
