#!/usr/bin/env python3
"""drip.py FILE COMMAND...: the command's standard input gives FILE, one byte to each read.

A pipe would join the bytes again; a socket of packets does not.
"""
import socket
import subprocess
import sys

ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
data = open(sys.argv[1], "rb").read()
child = subprocess.Popen(sys.argv[2:], stdin=theirs)
theirs.close()
try:
    for i in range(len(data)):
        ours.send(data[i:i + 1])
except BrokenPipeError:
    pass  # it has stopped reading: its status tells why
ours.close()
sys.exit(child.wait())
