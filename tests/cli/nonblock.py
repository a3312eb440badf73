#!/usr/bin/env python3
"""nonblock.py FILE COMMAND...: the command's standard input is a pipe that another program has made
non-blocking, and that gives FILE in two pieces, each after the command has found nothing there.
"""
import os
import subprocess
import sys
import time

data = open(sys.argv[1], "rb").read()
ours, theirs = os.pipe()
os.set_blocking(ours, False)
child = subprocess.Popen(sys.argv[2:], stdin=ours)
os.close(ours)
try:
    for piece in data[:len(data) // 2], data[len(data) // 2:]:
        time.sleep(0.2)
        os.write(theirs, piece)
except BrokenPipeError:
    pass  # it has stopped reading: its status tells why
os.close(theirs)
sys.exit(child.wait())
