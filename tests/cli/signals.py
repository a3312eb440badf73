#!/usr/bin/env python3
"""signals.py CHECK [NICETRAIN]: nicetrain of $B and signals. A check is one of the functions below; it runs in an
empty directory, prints what failed, and ends with status 1 then.

Nothing depends on the speed of the machine: a signal is sent when a file, or what is left in a pipe, tells
that the program has come to that point.
"""
import fcntl
import itertools
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import termios
import time

NICETRAIN = os.path.join(os.environ["B"], "bin", "nicetrain")
ENDS = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
# A state of some megabytes is written in a moment that is long enough to be met.
LARGE = "-t u8 -d 784 --mid 128 --hidden 1 --batch 50 --epochs 5 -q".split()
SMALL = "-t u8 -d 6 --mid 4 --batch 8 --epochs 1 -j 1 -q".split()
failures = []


def check(right, what):
    if not right:
        failures.append(what)
        print("failed: " + what)
    return right


def records(name, nbytes):
    open(name, "wb").write(random.Random(1).randbytes(nbytes))
    return name


def contents(name):
    return open(name, "rb").read() if os.path.exists(name) else None


def remove(*names):
    for name in names:
        if os.path.exists(name):
            os.remove(name)


def started(options, ignored=(), **how):
    """With signals as at a login: a shell in the background ignores some, and that is handed on."""
    def dispositions():
        for number in (*ENDS, signal.SIGUSR1, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    return subprocess.Popen([NICETRAIN, *options], preexec_fn=dispositions, stderr=subprocess.PIPE, **how)


def undisturbed(options):
    subprocess.run([NICETRAIN, *options, "-o", "whole"], check=True)
    return contents("whole")


def until(p, condition):
    """False if the program has ended before."""
    while not condition():
        if p.poll() is not None:
            return False
        time.sleep(0.0005)
    return True


def ended(p, wanted, what):
    messages = p.communicate()[1].decode()
    return check(p.returncode == wanted, "%s: status %s, not %s: %s" % (what, p.returncode, wanted, messages))


def saving():
    return os.path.exists("state") and any(name.startswith("state.") for name in os.listdir("."))


def save_and_end():
    """SIGTERM, SIGINT, SIGHUP, during a save: the state is there, the status is the signal's, and a resumed
    training ends as if nothing had been."""
    options = [*LARGE, records("records", 784 * 600)]
    whole = undisturbed(options)
    for number in ENDS:
        for _ in range(50):  # one that ends before it is met is made again
            remove("state", "model")
            p = started([*options, "--checkpoint", "state", "-o", "model"])
            if until(p, saving):
                p.send_signal(number)
            if p.wait() != 0:
                break
        ended(p, -number, number.name)
        check(not os.path.exists("model"), number.name + ": a model")
        ended(started([*options, "--checkpoint", "state", "--resume", "-o", "model"]), 0, "resumed")
        check(contents("model") == whole, number.name + ": another model after the resume")


def stay_ignored():
    """What the parent ignores has no effect."""
    options = [*LARGE, records("records", 784 * 600)]
    whole = undisturbed(options)
    for number in ENDS:
        remove("state", "model")
        p = started([*options, "--checkpoint", "state", "-o", "model"], ignored=[number])
        until(p, lambda: os.path.exists("state"))
        p.send_signal(number)
        ended(p, 0, number.name + ", ignored")
        check(contents("model") == whole, number.name + ", ignored: another model")


def half_read(options, data):
    """Started, with half of its input read, and waiting for the rest."""
    theirs, ours = os.pipe()
    p = started(options, stdin=theirs)
    os.write(ours, data[:60000])
    until(p, lambda: struct.unpack("i", fcntl.ioctl(theirs, termios.FIONREAD, bytes(4)))[0] == 0)
    os.close(theirs)
    return p, os.fdopen(ours, "wb")


def end_while_reading():
    data = random.Random(1).randbytes(120000)
    for number in ENDS:
        p, rest = half_read([*SMALL, "--checkpoint", "state", "-o", "model"], data)
        p.send_signal(number)
        ended(p, -number, number.name + " while it reads")
        rest.close()
        check(os.listdir(".") == [], "%s: there is %s" % (number.name, os.listdir(".")))


def note(name, key):
    data = contents(name)
    size, = struct.unpack_from("<Q", data)
    return json.loads(data[8:8 + size])["__metadata__"].get(key)


def save_at_usr1():
    """SIGUSR1 before the first step: it does not kill, and the state within the epoch is saved. Nothing but it
    saves before the end of the only epoch, which has so many steps that it is not over before it is looked at."""
    data = random.Random(1).randbytes(1200000)
    open("records", "wb").write(data)
    whole = undisturbed([*SMALL, "records"])
    p, rest = half_read([*SMALL, "--checkpoint", "state", "-o", "model"], data)
    p.send_signal(signal.SIGUSR1)
    rest.write(data[60000:])
    rest.close()
    if check(until(p, lambda: os.path.exists("state")), "it ends without a state, status %s" % p.poll()):
        p.kill()
        p.wait()
        check(note("state", "state: epoch") == "0" and note("state", "state: step") == "1",
              "saved at epoch %s, step %s" % (note("state", "state: epoch"), note("state", "state: step")))
        remove("model")
        ended(started([*SMALL, "--checkpoint", "state", "--resume", "-o", "model", "records"]), 0, "resumed")
        check(contents("model") == whole, "another model after the resume")


def storm():
    """A signal each millisecond while narrow and wide products are computed, on one thread and two. Under a
    sanitizer the widest would take as long as all others."""
    shapes = ["-t u8 -d 6 --mid 100 --epochs 2", "-t u8 -d 6 --mid 257 --batch 1 --epochs 1 --hidden 2 --couplings 2",
              "-t u8 -d 784 --batch 64 --epochs 1 --hidden 2 --couplings 2"]
    for shape in shapes[:2] if os.environ.get("SANITIZER") else shapes:
        data = random.Random(1).randbytes(784 * 130 if "784" in shape else 600 if "--batch 1 " in shape else 60000)
        open("records", "wb").write(data)
        for threads in "1", "2":
            options = [*shape.split(), "-q", "-j", threads]
            whole = undisturbed([*options, "records"])
            p, rest = half_read([*options, "-o", "model"], data)
            rest.write(data[60000:])
            rest.close()
            for sent in itertools.count():
                if p.poll() is not None:
                    break
                p.send_signal(signal.SIGUSR1)
                time.sleep(0.001)
            if ended(p, 0, "%s, -j %s, %d signals" % (shape, threads, sent)):
                check(contents("model") == whole, shape + ": another model")
            remove("model")


def message_after_line():
    """A state that cannot be saved on SIGUSR1: told on a line of its own, and the model is written, status 1."""
    os.mkdir("folder")
    data = random.Random(1).randbytes(120000)
    p, rest = half_read([*SMALL[:-1], "--progress", "--checkpoint", "folder/state", "-o", "model"], data)
    os.rmdir("folder")
    p.send_signal(signal.SIGUSR1)
    rest.write(data[60000:])
    rest.close()
    text = p.communicate()[1].decode()
    check(p.returncode == 1 and os.path.exists("model"), "status %s, %s" % (p.returncode, text))
    starts = [m.start() for m in re.finditer("nicetrain: ", text)]
    check(len(starts) == 2, "%d messages: %r" % (len(starts), text))
    for at in starts:
        check(text[:at].endswith(("\n", "\r\033[K")), "behind the line: %r" % text[max(0, at - 40):at + 40])


def main():
    globals()[sys.argv[1]]()
    return len(failures) > 0


if __name__ == "__main__":
    sys.exit(main())
