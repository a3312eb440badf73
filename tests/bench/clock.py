"""clock.py seconds|processor|both|kilobytes|beside COMMAND [PROCESS]: what a shell command takes, its standard
output thrown away; both: seconds of the clock and of processors; beside: seconds of the clock, and of
processors that a process has taken meanwhile."""
import os
import resource
import subprocess
import sys
import time


def used_by(process):
    fields = open("/proc/%s/stat" % process).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def used_by_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# A script that has become this process by exec may have had children, too.
children = used_by_children()
before = used_by(sys.argv[3]) if sys.argv[1] == "beside" else 0
begin = time.perf_counter()
status = subprocess.run(sys.argv[2], shell=True, stdout=subprocess.DEVNULL).returncode
end = time.perf_counter()
if status != 0:
    sys.exit("clock.py: status %d: %s" % (status, sys.argv[2]))
if sys.argv[1] == "seconds":
    print("%.6f" % (end - begin))
elif sys.argv[1] == "processor":
    print("%.6f" % (used_by_children() - children))
elif sys.argv[1] == "beside":
    print("%.6f %.6f" % (end - begin, used_by(sys.argv[3]) - before))
elif sys.argv[1] == "both":
    print("%.6f %.6f" % (end - begin, used_by_children() - children))
else:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
