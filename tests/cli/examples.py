#!/usr/bin/env python3
"""Runs the examples of manual pages: examples.py page ...

In the literal displays of a page, a line that starts with '$ ' is a command for the shell, and the
lines behind it are what it prints, errors included. Displays of other commands are left alone. All
examples of a page run in one directory, the current one, in turn. Reports every difference;
status 1 if there was one, or no example at all. Commands of GNU parallel and of MPI, which not every
machine has, are passed over where those are missing.
"""
import re
import shutil
import subprocess
import sys


# What a command needs that may be missing.
OPTIONAL = {"parallel": "parallel", "mpirun": "mpirun-of-a-test"}


def examples(page):
    """Pairs of a command and the text that must come of it."""
    text = open(page, encoding="utf-8").read()
    for display in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S):
        display = display.replace(r"\e", "\\").replace(r"\-", "-").replace(r"\&", "")
        for example in re.split(r"^\$ ", display, flags=re.M)[1:]:
            lines = example.splitlines(keepends=True)
            ncommand = 1
            while lines[ncommand - 1].endswith(("\\\n", "|\n")):
                ncommand += 1
            yield "".join(lines[:ncommand]), "".join(lines[ncommand:])


def main():
    failed = nrun = 0
    for page in sys.argv[1:]:
        for command, expected in examples(page):
            nrun += 1
            needed = OPTIONAL.get(command.split()[0])
            if needed and not shutil.which(needed):
                continue
            got = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, timeout=60).stdout
            if got != expected:
                failed += 1
                print("%s: $ %s--- expected\n%s--- got\n%s" % (page, command, expected, got))
    if not nrun:
        print("no example in", *sys.argv[1:])
    return 1 if failed or not nrun else 0


if __name__ == "__main__":
    sys.exit(main())
