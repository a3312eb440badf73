load helper

# The formulas and the rates are tested in tests/unit/martingale.c; here is what a user sees.

@test "nicedrift: a line for each p-value, the capital's logarithm" {
	printf '%s\n' 0.25 0.25 1 > p
	nicedrift --method power p > out
	awk '{ c += log(0.5 / sqrt($1)) / log(10); print c }' p > expected
	paste out expected | awk '{ d = $1 - $2 } d > 1e-5 || d < -1e-5 { bad = 1 } END { exit bad || NR != 3 }'
	printf '0.5\n' | nicedrift | cmp - <(echo 0)
	printf '0\n0.5\n' | nicedrift --method power | cmp - <(printf 'inf\ninf\n')
}

@test "nicedrift: the default is jumper:0.01" {
	seq 0 0.01 1 > p
	nicedrift p > default
	nicedrift --method jumper p | cmp - default
	nicedrift --method jumper:0.01 p | cmp - default
	nicedrift --method jumper:0.02 p > other
	run -1 cmp -s other default
	nicedrift --method mixture p | cmp - <(nicedrift --method mixture:0.01 p)
	nicedrift --method power p | cmp - <(nicedrift --method power:0.5 p)
}

@test "nicedrift: an alarm: its index, status 3, and no more is read" {
	{ repeat 100 0.25; echo rubbish; } > p
	nothing_but() { [ "$(cat out)" = "$1" ]; }
	ends 3 nicedrift --alarm 100 p
	silent
	index=$(cat out)
	nicedrift <(head -n 100 p) | awk -v i="$index" '$1 >= 2 && !first { first = NR } END { exit first - 1 != i }'
	ends 3 nicedrift --method power:0.3 --alarm 10 <(repeat 10 0.001)
	nothing_but 0
	ends 0 nicedrift --alarm 100 <(repeat 1000 0.5)
	silent
	nothing
	ends 1 nicedrift --alarm 1e300 p
	says 'nicedrift: p: line 101 (byte 500): *'
}

@test "nicedrift: what is no p-value is named, after what is right" {
	for bad in -0.1 1.5 nan inf; do
		printf '0.5\n%s\n' "$bad" > p
		ends 1 nicedrift p
		says "nicedrift: p: line 2: $bad is not a p-value (scores need -p SCORES)"
		[ "$(cat out)" = 0 ]
	done
}

@test "nicedrift: --fixed and -S require -p" {
	for option in --fixed '-S 1'; do
		# shellcheck disable=SC2086
		ends 2 nicedrift $option p
		misused 'nicedrift: --fixed and -S require -p'
	done
	ends 2 nicedrift -p - -
	misused 'nicedrift: *'
}

@test "nicedrift: scores: the p-values among the calibration and all before, the seed's ties" {
	printf '%s\n' 3 1 2 > scores
	printf '%s\n' 0 nan 9 2.5 > stream
	# without ties: p = (l + u) / (n + 1), and power:E of the product
	nicedrift -p scores --method power:0.5 stream > out
	nicedrift -p scores --fixed --method power:0.5 stream > fixed
	cmp <(head -n 1 out) <(head -n 1 fixed)
	run ! cmp out fixed
	# u is in (0, 1): each step's p lies between l / (n + 1) and (l + 1) / (n + 1)
	between() { # FILE  l n  l n ...
		awk -v ranks="$2" 'BEGIN { split(ranks, r) } {
			p = 0.25 / 10 ^ (2 * ($1 - before)); before = $1
			if (p <= r[2 * NR - 1] / (r[2 * NR] + 1) || p >= (r[2 * NR - 1] + 1) / (r[2 * NR] + 1)) { print NR, p; bad = 1 }
		} END { exit bad || NR != 4 }' "$1"
	}
	between out '0 3 0 4 5 5 4 6'
	between fixed '0 3 0 3 3 3 2 3'
	run ! cmp out <(nicedrift -p scores -S 1 --method power:0.5 stream)
	cmp out <(nicedrift -p scores -S 0 --method power:0.5 stream)
}

@test "nicedrift: scores that have not changed raise no alarm, others do" {
	python3 -c 'import random
random.seed(1)
def write(name, xs): open(name, "w").write("".join("%r\n" % x for x in xs))
write("scores", [random.gauss(0, 1) for _ in range(1000)])
same = [random.gauss(0, 1) for _ in range(2000)]
write("same", same)
write("lower", same[:1000] + [x - 1 for x in same[1000:]])
write("higher", same[:1000] + [x + 1 for x in same[1000:]])'
	for method in jumper mixture; do
		ends 0 nicedrift -p scores --method $method --alarm 1000 same
		nothing
		for changed in lower higher; do
			ends 3 nicedrift -p scores --method $method --alarm 1000 $changed
			echo "$method $changed: $(cat out)"
			[ "$(cat out)" -ge 1000 ]
			[ "$(cat out)" -lt 1100 ]
		done
	done
}

@test "nicedrift: raw in, raw out" {
	printf '%s\n' 0.5 0.25 0.125 > p
	python3 -c 'import struct
def raw(name): return b"".join(struct.pack("<d", float(v)) for v in open(name))
open("p.f64", "wb").write(raw("p"))'
	nicedrift p > expected
	nicedrift -b p.f64 > out
	python3 -c 'import struct
assert open("out", "rb").read() == b"".join(struct.pack("<d", float(v)) for v in open("expected"))'
}

# numbers N SEED SHIFT: normal ones, of which the second half is shifted.
numbers() {
	python3 -c 'import random, sys
n, seed, shift = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
random.seed(seed)
for i in range(n): print("%r" % (random.gauss(0, 1) + shift * (2 * i >= n)) if i % 50 else "nan" if i % 100 else "0")' "$@"
}

@test "nicedrift --state: saved and resumed, anywhere and often, it prints the bytes of one run" {
	numbers 200 1 0 > scores
	numbers 600 2 1 > stream
	seq 0 0.003 1 > p
	local cut
	for how in 'stream -p scores' 'stream -p scores --fixed -S 5' 'stream -p scores --method mixture' \
		'stream -b -p scores.f64' 'p --method jumper:0.1' 'p --method power:0.25' 'p --method mixture'; do
		# shellcheck disable=SC2086
		set -- $how
		local file=$1 unit=lines
		shift
		case $how in *-b*) unit=bytes ;; esac
		python3 -c 'import struct
for name in "scores", "stream":
    open(name + ".f64", "wb").write(b"".join(struct.pack("<d", float(v)) for v in open(name)))'
		[ $unit = lines ] || file=stream.f64
		nicedrift "$@" $file > whole
		for cut in 0 1 77 240; do
			rm -f state state.whole
			[ $unit = lines ] || cut=$((8 * cut))
			piece() { if [ $unit = lines ]; then head -n $(($1 + $2)) $file | tail -n +$(($1 + 1)); else head -c $(($1 + $2)) $file | tail -c +$(($1 + 1)); fi; }
			for from in 0 $cut; do
				piece $from $((from ? 1000000 : cut)) | nicedrift "$@" --state state
				[ $cut -gt 0 ] || break
			done > pieces
			[ $cut -gt 0 ] || nicedrift "$@" --state state $file > pieces
			cmp pieces whole
			nicedrift "$@" --state state.whole $file | cmp - whole
			cmp state state.whole
		done
	done
	rm state
	while IFS= read -r line; do
		echo "$line" | nicedrift -p scores --state state
	done < <(head -n 40 stream) | cmp - <(head -n 40 stream | nicedrift -p scores)
}

@test "nicedrift --state: the index of an alarm counts from the first run" {
	numbers 200 1 0 > scores
	numbers 600 2 1 > stream
	ends 3 nicedrift -p scores --alarm 1000 stream
	cp out whole
	ends 0 nicedrift -p scores --alarm 1000 --state state <(head -n 310 stream)
	nothing
	ends 3 nicedrift -p scores --alarm 1000 --state state <(tail -n +311 stream)
	cmp out whole
	[ "$(awk '$1 == "n" { print $2 }' state)" -eq $(($(cat whole) + 1)) ]
}

@test "nicedrift --state: a damaged state is refused, and stays as it is" {
	printf '%s\n' 1 2 2 nan -0.5 > scores
	printf '%s\n' 3 1 > stream
	nicedrift -p scores --state state stream > whole
	cuts state cut
	damages state damaged
	mkdir before
	cp -r cut damaged before
	local bad n=0
	for bad in cut/* damaged/*; do
		ends 1 nicedrift -p scores --state "$bad" stream
		nothing
		says "nicedrift: $bad: *"
		n=$((n + 1))
	done
	diff -rq cut before/cut
	diff -rq damaged before/damaged
	echo "$n states"
	bad() { # SED MESSAGE
		sed "$1" state > bad
		refused 1 "nicedrift: bad: $2" nicedrift -p scores --state bad stream
	}
	bad '1s/1/2/' "unsupported state version '2', not 1"
	bad 's/^n.2/n\t3/' "line 19: expected a number, not less than the one before it"
	sed 's/^seed.0/seed\t1/' state > bad
	run -1 --separate-stderr nicedrift -p scores --state bad stream
	[ -z "$output" ]
	[[ $stderr == "nicedrift: bad: damaged: its checksum is "* ]]
	bad '$p' "line 20: expected the end"
	: > bad
	refused 1 "nicedrift: bad: line 1: unexpected end of input" nicedrift -p scores --state bad stream
}

@test "nicedrift --state: a state of another watch is refused with both" {
	printf '%s\n' 1 2 3 > scores
	printf '%s\n' 1 2 4 > others
	nicedrift -p scores --state state scores > whole
	cp state before
	refused 1 'nicedrift: state: the state has method jumper:0.01, the command line has power:0.5' \
	    nicedrift -p scores --method power --state state scores
	refused 1 'nicedrift: state: the state has input scores, the command line has fixed' \
	    nicedrift -p scores --fixed --state state scores
	refused 1 'nicedrift: state: the state has input scores, the command line has p-values' nicedrift --state state scores
	refused 1 'nicedrift: state: the state has seed 0, the command line has 2' nicedrift -p scores -S 2 --state state scores
	run -1 --separate-stderr nicedrift -p others --state state scores
	[[ $stderr == 'nicedrift: state: the state is of another calibration: 3 scores with checksum '* ]]
	cmp state before
	printf '%s\n' 3 1 2 > scores # in another order it is the same
	nicedrift -p scores --state state scores > whole
}

@test "nicedrift --state: a run that fails leaves the state of the one before" {
	printf '%s\n' 1 2 3 > scores
	nicedrift -p scores --state state scores > whole
	cp state before
	printf '5\nfive\n' > stream
	ends 1 nicedrift -p scores --state state stream
	cmp state before
	if [ -e /dev/full ]; then
		out=/dev/full ends 1 nicedrift -p scores --state state scores
		cmp state before
	fi
	run -1 bash -c 'ulimit -f 0; nicedrift -p scores --state state scores 2>&1 > /dev/null'
	[[ $output == 'nicedrift: state: '* ]]
	cmp state before
	[ "$(find . -newer before -name 'state?*' | wc -l)" -eq 0 ]
	ends 2 nicedrift -p scores --state scores stream
	misused 'nicedrift: *the same file'
	refused 1 'nicedrift: standard output: a state must be a regular file' nicedrift --state - stream
	refused 1 'nicedrift: /dev/null: a state must be a regular file' nicedrift --state /dev/null stream
}

@test "nicedrift --state: the file keeps its mode, and a link leads to it" {
	printf '%s\n' 1 2 3 > scores
	mkdir folder
	ln -s folder/state link
	nicedrift -p scores --state link scores > whole
	chmod 600 folder/state
	nicedrift -p scores --state link scores > whole
	[ -L link ]
	[ "$(ls -l folder/state | cut -c 1-10)" = -rw------- ]
	[ "$(ls folder)" = state ]
}

@test "nicedrift --state: a signal saves what has been answered, and ends the program" {
	numbers 200 1 0 > scores
	numbers 600 2 1 > stream
	nicedrift -p scores stream > whole
	local name
	for name in TERM INT HUP; do
		rm -f fifo state
		mkfifo fifo
		# a shell has children in the background ignore SIGINT, and nohup SIGHUP
		"$PYTHON" -S -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' nicedrift -p scores --state state fifo > first &
		exec 7> fifo
		head -n 250 stream >&7
		until [ "$(wc -l < first)" -eq 250 ]; do sleep 0.01; done
		kill -s $name $!
		got=0
		wait $! || got=$?
		[ $got -eq $((128 + $(kill -l $name))) ]
		exec 7>&-
		tail -n +251 stream | nicedrift -p scores --state state | cat first - | cmp - whole
	done
}

@test "nicedrift --state: a signal ends it though nobody reads, and no answer that is lost is counted" {
	python3 - <<-'END'
		import os, signal, subprocess, time
		r, w = os.pipe()
		p = subprocess.Popen(["nicedrift", "--state", "state"], stdin=subprocess.PIPE, stdout=w)
		os.set_blocking(p.stdin.fileno(), False)
		for _ in range(100): # far more answers than a pipe holds
		    try:
		        os.write(p.stdin.fileno(), b"0.5\n" * 10000)
		    except BlockingIOError:
		        time.sleep(0.01)
		p.send_signal(signal.SIGTERM)
		assert p.wait(timeout=60) == -signal.SIGTERM
		os.close(r), os.close(w)
		assert not os.path.exists("state")
		for leaves in False, True: # the reader, or reads nothing
		    r, w = os.pipe()
		    os.set_blocking(w, False)
		    try:
		        while True:
		            os.write(w, bytes(65536))
		    except BlockingIOError:
		        os.set_blocking(w, True)
		    p = subprocess.Popen(["nicedrift", "--state", "state"], stdin=subprocess.PIPE, stdout=w)
		    p.stdin.write(b"0.5\n" * 1000)
		    p.stdin.flush()
		    time.sleep(0.3)
		    p.send_signal(signal.SIGTERM)
		    time.sleep(0.3)
		    if leaves:
		        os.close(r), os.close(w)
		    p.wait(timeout=60)
		    assert not os.path.exists("state"), open("state").read()
	END
}

@test "nicedrift --state: killed at once, the state is that of the run before" {
	numbers 200 1 0 > scores
	numbers 600 2 1 > stream
	nicedrift -p scores --state state stream > whole
	cp state before
	mkfifo fifo
	nicedrift -p scores --state state fifo > first &
	exec 7> fifo
	head -n 250 stream >&7
	until [ "$(wc -l < first)" -eq 250 ]; do sleep 0.01; done
	kill -KILL $!
	wait $! || true
	exec 7>&-
	cmp state before
}

@test "nicedrift: without --state a signal ends it, and nothing is written" {
	mkfifo fifo
	nicedrift fifo > first &
	exec 7> fifo
	echo 0.5 >&7
	until [ "$(wc -l < first)" -eq 1 ]; do sleep 0.01; done
	kill -TERM $!
	got=0
	wait $! || got=$?
	[ $got -eq 143 ]
	exec 7>&-
}

@test "nicedrift: digits whose contrast falls: alarmed, where a threshold sees nothing" {
	need DATA MODEL
	idx2raw -t u8 -n 5000 -S 1 "$DATA/mnist/t10k-images-idx3-ubyte.gz" | niceflow -t u8 -m "$MODEL" > valid.ll
	idx2raw -t u8 -n 5000 -S 1 -v "$DATA/mnist/t10k-images-idx3-ubyte.gz" > half
	python3 -c 'import random, sys
data = open("half", "rb").read()
order = list(range(len(data) // 784))
random.Random(1).shuffle(order)
with open("same", "wb") as same, open("fading", "wb") as fading:
    for i, r in enumerate(order[:1600]):
        record, f = data[784 * r:784 * r + 784], 0.999 ** max(0, i - 1000)
        same.write(record)
        fading.write(bytes(round(v * f) for v in record))'
	for stream in same fading; do niceflow -t u8 -m "$MODEL" $stream > $stream.ll; done
	local method
	for method in jumper mixture; do
		ends 0 nicedrift -p valid.ll --method $method --alarm 100 same.ll
		nothing
		ends 3 nicedrift -p valid.ll --method $method --alarm 100 fading.ll
		echo "$method: $(cat out)"
		[ "$(cat out)" -gt 1100 ]
		[ "$(cat out)" -lt 1500 ]
	done
	# paler digits are more likely: fewer of them are flagged
	nicestat --method conformal:0.01 --model "$MODEL" valid.ll > calibration
	flagged() { tail -n +1201 $1.ll | nicethresh -c calibration -m "$MODEL" -i | wc -l; }
	[ "$(flagged fading)" -le "$(flagged same)" ]
}
