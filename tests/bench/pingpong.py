"""pingpong.py RECORD_BYTES FILE COMMAND ...: the median of the milliseconds between writing a record to
the command and reading its line, after a hundred records of warming up."""
import os
import statistics
import subprocess
import sys
import time

size, path, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
records = open(path, "rb").read()
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
into, out = child.stdin.fileno(), child.stdout.fileno()
times = []
for i in range(0, len(records) - size + 1, size):
    begin = time.perf_counter()
    os.write(into, records[i:i + size])
    answer = b""
    while not answer.endswith(b"\n"):
        piece = os.read(out, 4096)
        if not piece:
            sys.exit("pingpong.py: no answer to record %d" % (i // size))
        answer += piece
    times.append(time.perf_counter() - begin)
child.stdin.close()
if child.wait() != 0:
    sys.exit("pingpong.py: status %d" % child.returncode)
print("%.4f" % (1e3 * statistics.median(times[100:] or times)))
