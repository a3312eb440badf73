"""clock.py seconds|processor|both|kilobytes COMMAND: what a shell command takes, its standard output thrown away; both:
seconds of the clock and of processors."""
import resource
import subprocess
import sys
import time

begin = time.perf_counter()
status = subprocess.run(sys.argv[2], shell=True, stdout=subprocess.DEVNULL).returncode
end = time.perf_counter()
if status != 0:
    sys.exit("clock.py: status %d: %s" % (status, sys.argv[2]))
if sys.argv[1] == "seconds":
    print("%.6f" % (end - begin))
elif sys.argv[1] == "processor":
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("%.6f" % (used.ru_utime + used.ru_stime))
elif sys.argv[1] == "both":
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("%.6f %.6f" % (end - begin, used.ru_utime + used.ru_stime))
else:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
