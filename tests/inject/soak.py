#!/usr/bin/env python3
"""soak.py DIRECTORY [RECORDS]: a long stream through the pipe that is used,

    source | idx2raw | niceflow | tee(1) | nicethresh, and of tee nicestat

of records (default: ten million) of 64 elements. Each second the memory of each process goes into
DIRECTORY/memory.tsv (in KB; soak.gp draws it). Status 1 unless every count is exact, and no process has
in the second half of the time more memory than in the first, but for a page here and there: one bit a
record would be more.

The source repeats 10007 records, so that what is to come out is known from those. Programs of $B.
"""
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time

B = os.environ["B"]
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
NAMES = ("idx2raw", "niceflow", "nicestat", "nicethresh")
D, BLOCK = 64, 10007
LONG = 10**6  # records: fewer are gone before memory has settled, unless the machine is slow
SLACK_KB = 256


def tool(name, *arguments, **how):
    return subprocess.run([os.path.join(B, "bin", name), *arguments], check=True, stdout=subprocess.PIPE, **how).stdout


def header(nrecords):
    return struct.pack(">BBBBII", 0, 0, 8, 2, nrecords, D)


def prepare(nrecords):
    """The block, the model, a threshold with a tenth below it; and how many of all records are below."""
    block = random.Random(1).randbytes(D * BLOCK)
    with open("model", "wb") as f:
        subprocess.run([sys.executable, os.path.join(FIXTURES, "make_model.py"), str(D), "32", "1", "2", "1"], stdout=f, check=True)
    likelihoods = tool("niceflow", "-m", "model", input=tool("idx2raw", input=header(BLOCK) + block)).decode().split()
    threshold = sorted(map(float, likelihoods))[BLOCK // 10]
    below = [float(v) < threshold for v in likelihoods]
    whole, rest = divmod(nrecords, BLOCK)
    return block, repr(threshold), whole * sum(below) + sum(below[:rest])


def feed(pipe, block, nrecords):
    pipe.write(header(nrecords))
    whole, rest = divmod(nrecords, BLOCK)
    for _ in range(whole):
        pipe.write(block)
    pipe.write(block[:rest * D])
    pipe.close()


def start(threshold):
    """The processes of the pipe, by name; the first one's input is ours to write."""
    def popen(name, *arguments, stdin, stdout):
        return subprocess.Popen([os.path.join(B, "bin", name), *arguments], stdin=stdin, stdout=stdout)
    pipe = subprocess.PIPE
    p = {"idx2raw": popen("idx2raw", stdin=pipe, stdout=pipe)}
    p["niceflow"] = popen("niceflow", "-q", "-m", "model", "-j", "1", stdin=p["idx2raw"].stdout, stdout=pipe)
    p["nicestat"] = popen("nicestat", stdin=pipe, stdout=open("calibration", "wb"))
    tee = subprocess.Popen(["tee", "/dev/fd/%d" % p["nicestat"].stdin.fileno()], stdin=p["niceflow"].stdout, stdout=pipe,
                           pass_fds=[p["nicestat"].stdin.fileno()])
    p["nicethresh"] = popen("nicethresh", "-t", threshold, "-x", "normal", stdin=tee.stdout, stdout=open("errors", "wb"))
    for read in (p["idx2raw"].stdout, p["niceflow"].stdout, p["nicestat"].stdin, tee.stdout):
        read.close()
    return p, tee


def memory(process):
    """Resident KB; 0 of a process that has ended."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", open("/proc/%d/status" % process.pid).read())
        return int(found[1]) if found else 0
    except FileNotFoundError:
        return 0


def watch(processes):
    """Samples, until the first of them ends."""
    samples, begin = [], time.time()
    with open("memory.tsv", "w") as f:
        f.write("seconds\t%s\n" % "\t".join(NAMES))
        while all(p.poll() is None for p in processes.values()):
            row = [memory(processes[name]) for name in NAMES]
            if 0 not in row:
                samples.append(row)
                f.write("%.1f\t%s\n" % (time.time() - begin, "\t".join(map(str, row))))
                f.flush()
            time.sleep(1)
    return samples, time.time() - begin


def grown(samples):
    """Names of those whose second half is larger."""
    half = len(samples) // 2
    found = []
    for i, name in enumerate(NAMES):
        first, second = max(row[i] for row in samples[:half]), max(row[i] for row in samples[half:])
        print("%s: at the most %d KB in the first half, %d KB in the second" % (name, first, second))
        if second > first + SLACK_KB:
            found.append(name)
    return found


def main():
    nrecords = int(sys.argv[2]) if len(sys.argv) > 2 else 10 * 10**6
    os.makedirs(sys.argv[1], exist_ok=True)
    os.chdir(sys.argv[1])
    block, threshold, nbelow = prepare(nrecords)
    processes, tee = start(threshold)
    threading.Thread(target=feed, args=(processes["idx2raw"].stdin, block, nrecords), daemon=True).start()
    samples, seconds = watch(processes)
    failed = [name for name, p in processes.items() if p.wait() != 0]
    tee.wait()
    print("%d records in %.0f s, %.0f a second" % (nrecords, seconds, nrecords / seconds))
    errors, n = open("errors").readline().strip(), re.search(r"^n\t(\d+)$", open("calibration").read(), re.M)
    for wanted, got in (("%d type I errors among %d data" % (nbelow, nrecords), errors), (str(nrecords), n and n[1])):
        print("%s: %s" % (got, "exact" if wanted == got else "not " + wanted))
        if wanted != got:
            failed.append("count")
    if nrecords >= LONG:
        failed += grown(samples)
    print("failed: %s" % ", ".join(failed) if failed else "all is well: %d samples of memory" % len(samples))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
