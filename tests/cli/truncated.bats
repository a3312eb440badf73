load helper

# Files that somebody makes shorter after a program has mapped them (tests/inject/preload_truncate.c).

setup() {
	need_preload truncate
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	cp "$ROOT/tests/fixtures/tiny.pt" x.pt
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	mkfifo asked answered
	exec 8<> answered 9<> asked
}

# truncated FILE COMMAND...: it ends with status 1 and the reason.
truncated() {
	local file=$1
	shift
	{
		read -r -n 1 <&9
		: > "$file"
		echo >&8
	} &
	ends 1 preloaded truncate "$@"
	says "$1: cannot read a mapped file: it was truncated, or its disk failed"
	wait $!
}

@test "truncated: a model of niceflow and pt2nice" {
	truncated m niceflow -m m -t u8 x.u8
	nothing
	truncated x.pt pt2nice x.pt
	nothing
}

@test "truncated: an archive of npy2raw" {
	raw2npy -t u8 -d 2x3 x.u8 > x.npy
	python3 "$ROOT/tests/fixtures/make_npy.py" --npz a=x.npy > x.npz
	truncated x.npz npy2raw x.npz
	nothing
}

@test "truncated: data of nicetrain; the old model stays" {
	echo old > model
	truncated x.u8 nicetrain -q -t u8 -d 6 --mid 4 --epochs 1 --batch 2 --valid-share 0.4 -o model x.u8
	echo old | cmp - model
}

# unmapped COMMAND...: what it prints, when a file that it maps would be noticed.
unmapped() {
	local asked=0
	printf '\n\n\n\n\n\n\n\n' >&8
	preloaded truncate "$@"
	while read -r -t 0 <&9; do read -r -n 1 <&9 && asked=1; done
	while read -r -t 0 <&8; do read -r <&8; done
	[ "$asked" -eq 0 ]
}

@test "truncated: with --no-map no program maps a file, and does the same" {
	head -c 24 x.u8 | niceflow -m m -t u8 > ll
	nicestat --model m ll > c
	train() { nicetrain -q -t u8 -d 6 --mid 4 --batch 2 --valid x.u8 "$@"; }
	train --kind vae --epochs 1 -o v x.u8
	printf 'a,b\n1,2\n3,5\n4,7\n5,6\n7,9\n' > rows.csv
	csv2raw -w s rows.csv > rows.f32
	nicetrain -q --schema s --mid 4 --batch 2 --epochs 1 --valid rows.f32 -o s.model rows.f32
	while read -r command; do
		run -1 unmapped $command # which is to be noticed
		unmapped $command --no-map > copied
		$command > mapped
		cmp mapped copied
	done <<- 'end'
		niceflow -q -m m -t u8 x.u8
		nicevae -q -m v -t u8 x.u8
		nicestat --model m ll
		nicethresh -c c -m m ll
		csv2raw -m s.model rows.csv
		pt2nice x.pt
	end
	run -1 unmapped train --epochs 1 -o x x.u8
	unmapped train --no-map --epochs 1 --checkpoint state -o one x.u8 x.u8
	unmapped train --no-map --init one --epochs 1 -o copied x.u8 x.u8
	train --init one --epochs 1 -o mapped x.u8 x.u8
	cmp mapped copied
	unmapped train --no-map --epochs 1 --checkpoint state --resume -o copied x.u8 x.u8
	cmp one copied
	# what is wrong is told as before
	head -c 20 m > short
	for program in "niceflow -m" "nicevae -m" pt2nice; do
		ends 1 $program short
		mv err before
		ends 1 $program short --no-map
		cmp before err
	done
	head -c 1000000 /dev/zero > zeros
	ends 1 niceflow -m zeros --no-map x.u8
	says "niceflow: zeros: neither safetensors nor a PyTorch file: it starts with the byte 0x00"
}

# handled PID: waits until the program has set its handler of SIGBUS, after which it ignores SIGXFSZ; a sanitizer
# has one of its own before.
handled() {
	local ignored=0
	until (( 0x0$ignored & 0x1000000 )); do ignored=$(sed -n 's/^SigIgn:\s*//p' "/proc/$1/status"); done
}

# Only what a mapped file brings about is told like that.
@test "truncated: SIGBUS that somebody sends ends a program by SIGBUS" {
	local status=0
	nicestat <&8 &
	handled $!
	kill -BUS $!
	wait $! || status=$?
	[ "$(kill -l $status)" = BUS ]
}

@test "truncated: SIGBUS that the parent ignores is ignored, as is its truncation not" {
	! grep -qaE '__asan_init' "$B/bin/nicestat" || skip "the sanitizer has its own handler, whatever the parent ignores"
	mkfifo numbers
	(trap '' BUS; exec nicestat < numbers > out) &
	exec 7> numbers
	echo 1 >&7
	handled $!
	for _ in {1..20}; do kill -BUS $!; done
	echo 3 >&7
	exec 7>&-
	wait $!
	grep -qx 'n	2' out
	trap '' BUS
	truncated x.pt pt2nice x.pt
}
