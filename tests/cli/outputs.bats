load helper

# What every named output does alike is in tests/cli/contract.py; here is what is special to some, and to
# standard output.

SMALL=(-t u8 -d 6 --mid 4 --batch 8 --epochs 2 -j 1)
small() { nicetrain "${SMALL[@]}" "$@"; }
records() { python3 -c 'import random; open("records", "wb").write(random.Random(1).randbytes(600))'; }

# The folder goes away once the checkpoint has been tried, which is before the records are opened.
@test "outputs: a checkpoint that cannot be written costs the status, not the model" {
	records
	small -q -o whole records
	mkdir folder
	mkfifo fifo
	{ rmdir folder; cat records; } > fifo &
	ends 1 small -q -o m --checkpoint folder/state fifo
	wait
	grep -q '^nicetrain: folder/state: cannot create temporary file: No such file' err
	cmp m whole
}

@test "outputs: a log in a pipe has its header, and is not read back by a resume" {
	records
	head=$'epoch\trecords\tseconds\trate\ttrain\theld_out\tstdev\tskewness\tmin\tbits'
	small -q -o m --checkpoint state --log >(cat > got) records
	for _ in $(seq 200); do [ -s got ] && [ "$(wc -l < got)" -eq 3 ] && break; sleep 0.05; done
	[ "$(head -n 1 got)" = "$head" ]
	[ "$(wc -l < got)" -eq 3 ]
	mkfifo fifo
	cat fifo > got &
	timeout 60 nicetrain "${SMALL[@]}" -q -o m --checkpoint state --resume --log fifo records
	wait
	[ "$(cat got)" = "$head" ]
}

@test "outputs: a log on a device, and a resume" {
	{ mknod null c 1 3 && : > null; } 2> /dev/null || skip "needs leave to make a device"
	records
	small -q -o m --checkpoint state --log null records
	timeout 60 nicetrain "${SMALL[@]}" -q -o m --checkpoint state --resume --log null records
	[ -c null ]
}

# More than one buffer, and another thread's errno.
@test "outputs: a full disk is told by its name with threads, too" {
	[ -e /dev/full ] || skip "needs /dev/full"
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	head -c 240000 /dev/zero > many
	for _ in 1 2 3 4 5 6; do
		out=/dev/full ends 1 niceflow -m m -z -j 2 many
		says 'niceflow: standard output: cannot write: No space left on device'
	done
}

@test "outputs: more tensors than a file may have are refused before the work" {
	ends 1 nicetrain -d 6 --hidden 100 --couplings 400 -o m no/input
	says 'nicetrain: the model would have 80801 tensors, but a file can have at most 65536'
	ends 1 nicetrain -d 6 --hidden 9 --couplings 1000 -o m --checkpoint state no/input
	says 'nicetrain: the checkpoint would have 100005 tensors, but a file can have at most 65536'
}

# One record of 100 is so large that products overflow; each epoch leaves 10 records out. With one seed of
# ten or so that is this one, in the first epoch, and the second one does not begin with it.
@test "outputs: --keep last names the step whose model it is, in message and notes" {
	records_that_overflow
	for seed in $(seq 0 99); do
		ends 1 nicetrain -d 64 --no-scale --mid 64 --hidden 3 --batch 30 --epochs 50 --valid valid --keep last -j 1 -S "$seed" -q \
			-o m records
		! grep -q ', step .* was written' err || break
	done
	[[ $(cat err) =~ epoch\ ([0-9]+),\ step\ ([0-9]+):\ the\ .*\ is\ not\ finite ]]
	epoch=${BASH_REMATCH[1]} steps=$((BASH_REMATCH[2] - 1))
	grep -q "m: the model of epoch $epoch, step $steps was written" err
	niceflow -m m -i > info
	grep -qx "epoch	$((epoch - 1))" info
	grep -qx "steps after it	$steps" info
	run ! grep -q 'held-out log-likelihood' info
}

@test "outputs: numbers beyond float32, and held-out records without a likelihood, are named" {
	python3 -c 'import random, struct
r = random.Random(1)
x = [r.random() for _ in range(600)]
open("records", "wb").write(struct.pack("<600d", *x))
x[13] = 1e300
open("huge", "wb").write(struct.pack("<600d", *x))'
	f64=(-t f64 -d 6 --mid 4 --batch 8 --epochs 1 -q -o m)
	ends 1 nicetrain "${f64[@]}" huge
	says 'nicetrain: huge: record 2 (byte 96): element 1 is 1e+300, out of range for float32; is the element type (-t, here f64) right?'
	ends 1 nicetrain "${f64[@]}" --valid huge records
	says 'nicetrain: huge: record 2 (byte 96): element 1 is 1e+300, out of range for float32; is the element type (-t, here f64) right?'
	[ ! -e m ]
}

@test "outputs: progress counts what is left of a redirected input" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	head -c 24000 /dev/zero > thousand
	{ dd bs=24 count=616 of=/dev/null 2> /dev/null; niceflow -m m --progress -B 384 -j 1 > out 2> err; } < thousand
	grep -q '384 records.* 100 %' err
}

# refuses_to_replace FILE COMMAND...: a file of the user's stays.
refuses_to_replace() {
	local file=$1
	shift
	cp "$file" before
	run -1 --separate-stderr "$@"
	[ -z "$output" ]
	[[ $stderr == "${1}: $file: is there, and is not a "*": choose another name, or remove it" ]]
	cmp "$file" before
}

@test "outputs: a schema, a log or a checkpoint replaces its like, and no other file" {
	records
	seq -f '%g,1' 30 > one.csv
	seq -f '%g,2' 30 > two.csv
	refuses_to_replace one.csv csv2raw --no-header -w one.csv two.csv # for -w SCHEMA *.csv
	refuses_to_replace one.csv nicetrain "${SMALL[@]}" -q -o m --log one.csv records
	refuses_to_replace one.csv nicetrain "${SMALL[@]}" -q -o m --checkpoint one.csv records
	[ ! -e m ]
	touch schema log state
	for _ in 1 2; do
		csv2raw --no-header -w schema two.csv > two
		small -q -o m --log log --checkpoint state records
		[ "$(wc -l < log)" -eq 3 ]
	done
	refuses_to_replace one.csv nicetrain "${SMALL[@]}" -q -o m --log one.csv --checkpoint state --resume records
}

@test "outputs: a name as long as the file system allows" {
	records
	for n in 248 249 255; do
		name=$(printf "%0${n}d" 0)
		small -q -o "$name" records
		[ -s "$name" ]
	done
	[ "$(find . -name '0*' | wc -l)" -eq 3 ]
}
