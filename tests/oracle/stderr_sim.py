"""stderr_sim.py [NICESTAT [RUNS]]: the standard errors of thresholds that nicestat --describe prints against the spread of
the thresholds over RUNS (default 200) samples of 3000 numbers, normal and Laplace. Not part of `make check`: a ratio
near 1 is what to see."""
import random
import statistics
import subprocess
import sys

nicestat = sys.argv[1] if len(sys.argv) > 1 else "nicestat"
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 200
r = random.Random(5)
laws = {"normal": lambda: r.gauss(0, 1), "laplace": lambda: r.expovariate(1) * r.choice((-1, 1))}


def threshold(method, draw):
    text = "".join("%r\n" % draw() for _ in range(3000))
    run = subprocess.run([nicestat, "-d", "--method", method], input=text, capture_output=True, text=True)
    if run.returncode:
        return None  # pot refuses a bad fit, of which there is one in a hundred
    lines = dict(line.split("\t") for line in run.stdout.splitlines())
    return float(lines["threshold"]), float(lines["threshold_stderr"])


print("law\tmethod\truns\tspread\tstderr\tratio")
for law, draw in laws.items():
    for method in ("sigma:3", "quantile:0.01", "mad:3", "conformal:0.01", "pot:0.001"):
        seen = [t for t in (threshold(method, draw) for _ in range(runs)) if t]
        spread = statistics.stdev(t for t, _ in seen)
        stderr = statistics.mean(e for _, e in seen)
        print("%s\t%s\t%d\t%.4g\t%.4g\t%.3f" % (law, method, len(seen), spread, stderr, stderr / spread))
