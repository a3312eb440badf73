"""warm.py RECORD_BYTES BATCH N COMMAND...: records/s of `niceflow -b` over N records, after a first batch has been answered."""
import subprocess
import sys
import threading
import time

record_bytes, batch, n = map(int, sys.argv[1:4])
flow = subprocess.Popen(sys.argv[4:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def write(count):
    block = bytes(record_bytes * max(1, min(count, (1 << 20) // record_bytes)))
    while count > 0:
        piece = min(count, len(block) // record_bytes)
        flow.stdin.write(block[:piece * record_bytes])
        count -= piece
    flow.stdin.flush()


def answer(count):
    writer = threading.Thread(target=write, args=(count,))
    writer.start()
    if len(flow.stdout.read(8 * count)) != 8 * count:
        sys.exit("warm.py: too few likelihoods")
    writer.join()


answer(2 * batch)
begin = time.perf_counter()
answer(n)
print(n / (time.perf_counter() - begin))
flow.stdin.close()
sys.exit(flow.wait())
