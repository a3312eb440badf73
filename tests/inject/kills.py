#!/usr/bin/env python3
"""kills.py KILLS [EVERY] [SEED]: nicetrain, which writes more than one file by name, killed with SIGKILL

    KILLS times at random moments, and resumed each time until it ends;
    at each of its system calls that open, write, synchronise, rename or close (tests/inject/preload_faults.c), or
    each EVERY-th, and then run again: with files, and with links to files, which stay links; by one thread and two;
    and csv2raw -w, which writes a schema before its records, likewise.

After each kill the model is the old one or the new one, whole; in the end model and checkpoint are those
of a training that nobody disturbed, byte for byte, and the log has each epoch once. Temporaries of killed
runs may stay, as nothing can remove them; they must not stand in the way. Programs of $B. Prints what was
done and every failure; status 1 if there was one.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

B = os.environ["B"]
COMMAND = [os.path.join(B, "bin", "nicetrain"), "-d", "784", "-t", "u8", "--hidden", "1", "--batch", "50", "-q",
           "-o", "model", "--checkpoint", "state", "--log", "log", "--resume", "records"]
RANDOM = ["--mid", "64", "--epochs", "6", "-j", "2"]
SWEPT = ["--mid", "2", "--epochs", "2", "-j"]
OLD = b"nicetable 1\nold"  # which csv2raw -w may replace
TABLE = [os.path.join(B, "bin", "csv2raw"), "-w", "schema", "table"]
INPUTS = ("records", "table")
LINKS = {"model": "far/model", "state": "far/state", "schema": "far/schema"}
linked = False
CALLS = ("open", "write", "fsync", "rename", "close")
failures = []


def contents(name):
    try:
        return open(name, "rb").read()
    except FileNotFoundError:
        return None


def course():
    """The log without the columns of time."""
    return [line.split(b"\t")[:2] + line.split(b"\t")[4:] for line in contents("log").splitlines()]


def fresh():
    for name in os.listdir("."):
        if name == "far":
            shutil.rmtree(name)
        elif name not in INPUTS:
            os.remove(name)
    if linked:
        os.mkdir("far")
        for name, target in LINKS.items():
            os.symlink(target, name)
    for name in "model", "schema":
        open(name, "wb").write(OLD)


def check(right, what):
    if not right:
        failures.append(what)
        print("failed: " + what, flush=True)
    if len(failures) == 10:
        sys.exit("ten failures: no more is tried")
    return right


def undisturbed(options):
    fresh()
    begin = time.time()
    subprocess.run(COMMAND + options, check=True)
    return contents("model"), contents("state"), course(), time.time() - begin


def is_right(whole, what):
    check(contents("model") == whole[0], what + ": another model")
    check(contents("state") == whole[1], what + ": another checkpoint")
    check(course() == whole[2], what + ": another log")
    links_are_right(what)


def links_are_right(what):
    check(all(os.path.islink(name) == linked for name in LINKS if os.path.lexists(name)), what + ": a link is none any more")


def at_random(kills, seed):
    rng = random.Random(seed)
    whole = undisturbed(RANDOM)
    print("%d bytes of state, %.2f s undisturbed" % (len(whole[1]), whole[3]))
    done = finished = strays = 0
    fresh()
    while done < kills or contents("model") != whole[0]:
        p = subprocess.Popen(COMMAND + RANDOM, stderr=subprocess.PIPE)
        try:
            # none any more in the last round, which shall end
            _, messages = p.communicate(timeout=rng.uniform(0, whole[3]) if done < kills else None)
        except subprocess.TimeoutExpired:
            p.kill()
            _, messages = p.communicate()
        if p.returncode == -signal.SIGKILL:
            done += 1
            check(contents("model") in (OLD, whole[0]), "kill %d: a torn model" % done)
            continue
        if not check(p.returncode == 0, "after kill %d: status %s: %s" % (done, p.returncode, messages)):
            break
        is_right(whole, "after kill %d" % done)
        finished += 1
        strays += len(os.listdir(".")) - 6
        if done < kills:
            fresh()
    print("%d kills at random moments, %d trainings ended, %d temporaries were left" % (done, finished, strays))


def killed_at(command, call, n, out=None):
    """Whether the program came to its n-th call, and was killed there."""
    ours, theirs = os.pipe()
    env = dict(os.environ, LD_PRELOAD=os.path.join(B, "tests", "inject", "preload_faults.so"), FAULT="%s:-1:%d" % (call, n),
               FAULT_FD=str(theirs))
    p = subprocess.run(command, env=env, pass_fds=[theirs], stdout=out, stderr=subprocess.PIPE)
    os.close(theirs)
    happened = os.read(ours, 1) == b"!"
    os.close(ours)
    wanted = 137 if happened else 0
    check(p.returncode == wanted, "%s %d: status %d: %s" % (call, n, p.returncode, p.stderr))
    return happened


def at_calls(every, threads):
    swept = SWEPT + [threads]
    whole = undisturbed(swept)
    done = 0
    for call in CALLS:
        n = 1
        while True:
            fresh()
            if not killed_at(COMMAND + swept, call, n):
                break
            done += 1
            check(contents("model") in (OLD, whole[0]), "%s %d: a torn model" % (call, n))
            p = subprocess.run(COMMAND + swept, stderr=subprocess.PIPE)
            check(p.returncode == 0, "after %s %d: status %d: %s" % (call, n, p.returncode, p.stderr))
            is_right(whole, "after %s %d" % (call, n))
            n += every
    print("%d kills at system calls, %s threads%s" % (done, threads, ", with links" if linked else ""))
    check(done > 0, "no call was met")


def table_at_calls(every):
    fresh()
    records = subprocess.run(TABLE, stdout=subprocess.PIPE, check=True).stdout
    schema = contents("schema")
    done = 0
    for call in CALLS:
        n = 1
        while True:
            fresh()
            with tempfile.TemporaryFile() as out:
                if not killed_at(TABLE, call, n, out):
                    break
                out.seek(0)
                some = out.read()
            what = "csv2raw, %s %d" % (call, n)
            done += 1
            check(contents("schema") in (schema, OLD), what + ": a torn schema")
            check(records.startswith(some), what + ": other records")
            check(not some or contents("schema") == schema, what + ": records before their schema")
            p = subprocess.run(TABLE, stdout=subprocess.PIPE)
            check(p.returncode == 0 and p.stdout == records and contents("schema") == schema, "after " + what)
            links_are_right("after " + what)
            n += every
    print("%d kills of csv2raw%s" % (done, ", with links" if linked else ""))
    check(done > 0, "no call was met")


def main():
    kills, every, seed = (int(a) for a in (sys.argv[1:] + ["1", "1"][len(sys.argv) - 2:])[:3])
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        open("records", "wb").write(random.Random(1).randbytes(784 * 300))
        with open("table", "w") as f:
            f.write("a,b\n" + "".join("%d,%s\n" % (i, "xyz"[i % 3]) for i in range(8000)))
        at_random(kills, seed)
        global linked
        for linked in False, True:
            at_calls(every, "1")
            at_calls(every, "2")
            table_at_calls(every)
        os.chdir("/")
    print("%d failures" % len(failures))
    return len(failures) > 0


if __name__ == "__main__":
    sys.exit(main())
