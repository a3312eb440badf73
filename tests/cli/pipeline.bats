load helper

# The whole way as a user types it: characters become records, likelihoods, a calibration, verdicts and
# pictures. What single programs do is tested elsewhere; here, that they fit together.

# Digits to train, calibrate and test with, and kana among them; a small flow; likelihoods, once.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export PATH=$B/bin:$B/examples:$PATH
	glyphs digits 1500 1 > train.u8
	glyphs digits 400 2 | raw2idx -t u8 -d 28x28 | gzip -n > valid.gz
	glyphs digits 400 3 | raw2idx -t u8 -d 28x28 | gzip -n > test.gz
	glyphs kana 300 4 | raw2idx -t u8 -d 28x28 > kana.idx
	nicetrain -q -t u8 -d 28x28 --mid 64 --hidden 1 --epochs 8 --batch 50 --lr 0.003 --noise 12 \
		-o nice.safetensors train.u8
	idx2raw -t u8 valid.gz | niceflow -m nice.safetensors > valid.ll
	idx2raw -t u8 test.gz | niceflow -m nice.safetensors > test.ll
	idx2raw -t u8 kana.idx | niceflow -m nice.safetensors > kana.ll
	nicestat valid.ll > calibration
	idx2raw -t u8 test.gz > test.u8
}

setup() {
	ln -s "$BATS_FILE_TMPDIR"/* .
}

# threshold K: mean - K stdev of valid.ll, by Python.
threshold() {
	python3 -c 'import statistics, sys
v = [float(line) for line in open("valid.ll")]
print(repr(statistics.mean(v) - float(sys.argv[1]) * statistics.stdev(v)))' "$1"
}

# below FILE THRESHOLD: how many numbers of the file are.
below() { awk -v t="$2" '$1 < t' "$1" | wc -l; }

# quiet COMMAND: a shell command under pipefail that must end soon and say nothing: sets status, output.
quiet() {
	run --separate-stderr timeout 60 bash -o pipefail -c "$1"
	[ -z "$stderr" ] || { echo "$stderr"; return 1; }
}

@test "pipeline: decode, score, calibrate, decide, count" {
	quiet 'idx2raw -t u8 valid.gz | niceflow -m nice.safetensors | nicestat > c
		idx2raw -t u8 test.gz | niceflow -m nice.safetensors | nicethresh -c c -x normal'
	[ "$status" -eq 0 ]
	cmp c calibration
	low=$(below test.ll "$(threshold 3)")
	[ "${lines[0]}" = "$low type I errors among 400 data" ]
	[ "$low" -gt 0 ]
	quiet 'idx2raw -t u8 kana.idx | niceflow -m nice.safetensors | nicethresh -c calibration -x anomalous'
	[ "$status" -eq 0 ]
	missed=$((300 - $(below kana.ll "$(threshold 3)")))
	[ "${lines[0]}" = "$missed type II errors among 300 data" ]
	[ "$low" -lt 40 ] && [ "$missed" -lt 90 ] # the flow has learnt what digits are
	quiet 'niceroc test.ll kana.ll'
	awk '$1 == "auroc" && $2 > 0.95 { found = 1 } END { exit !found }' <<< "$output"
}

@test "pipeline: another threshold needs neither records nor model" {
	mkdir only
	cp valid.ll kana.ll only
	cd only
	last=-1
	for k in 0 2.5 6; do
		quiet "nicestat -k $k valid.ll | nicethresh -c - -x anomalous kana.ll"
		missed=$((300 - $(below kana.ll "$(threshold $k)")))
		[ "${lines[0]}" = "$missed type II errors among 300 data" ]
		[ "$missed" -ge "$last" ]
		last=$missed
	done
	[ "$last" -gt 0 ]
}

@test "pipeline: the records that were flagged, as a contact sheet" {
	nicethresh -c calibration -i test.ll > flagged
	awk -v t="$(threshold 3)" '$1 < t { print NR - 1 }' test.ll | cmp - flagged
	quiet 'idx2raw -t u8 test.gz | rawpick -t u8 -d 28x28 flagged | raw2png -t u8 -d 28x28 -c 1 -g 0 > sheet.png'
	[ "$status" -eq 0 ]
	while read -r i; do
		dd if=test.u8 bs=784 skip="$i" count=1 status=none
	done < flagged > expected
	[ -s expected ]
	png2raw -t u8 sheet.png | cmp - expected
	# from likelihoods to pictures without a file between
	quiet 'idx2raw -t u8 test.gz | niceflow -m nice.safetensors | nicethresh -c calibration -i |
		rawpick -t u8 -d 28x28 - test.u8 | raw2png -t u8 -d 28x28 -c 1 -g 0 | cmp - sheet.png'
	[ "$status" -eq 0 ]
	quiet 'rawpick -t u8 -d 28x28 flagged test.u8 | niceflow -t u8 -m nice.safetensors | nicethresh -c calibration |
		cut -f 2 | sort -u'
	[ "$output" = anomaly ]
}

@test "pipeline: head has enough, and all before it end at once, quietly" {
	quiet 'head -c 7840 test.u8 | niceflow -t u8 -m nice.safetensors | nicethresh -c calibration | head -n 1'
	[[ $status -eq 0 || $status -eq 141 ]]
	[ "$output" = "$(nicethresh -c calibration test.ll | head -n 1)" ]
	# a producer without end
	quiet 'while cat test.u8; do :; done 2> /dev/null | niceflow -t u8 -m nice.safetensors |
		nicethresh -c calibration | head -n 1; echo "${PIPESTATUS[@]:1}"'
	[ "${lines[0]}" = "$(nicethresh -c calibration test.ll | head -n 1)" ]
	[ "${lines[1]}" = "141 141 0" ]
	quiet 'niceflow -m nice.safetensors -n 18446744073709551615 | niceflow -t f32 -m nice.safetensors | head -n 1 | wc -l'
	[ "$output" -eq 1 ]
}

# Each picture is sent only after the verdict on the one before has come.
@test "pipeline: a slow producer sees one verdict at a time" {
	raw2idx -t u8 -d 28x28 test.u8 > test.idx
	nicethresh -c calibration test.ll > expected
	mkfifo in out
	idx2raw -t u8 < in | niceflow -m nice.safetensors | nicethresh -c calibration > out &
	exec 5> in 6< out
	head -c 16 test.idx >&5
	for i in 0 1 2; do
		dd if=test.u8 bs=784 skip="$i" count=1 status=none >&5
		read -r -t 60 verdict <&6
		[ "$verdict" = "$(sed -n "$((i + 1))p" expected)" ]
	done
	# then the rest at once
	tail -c +2353 test.u8 >&5
	exec 5>&-
	tail -n +4 expected > rest
	cmp rest - <&6
	wait
}

@test "pipeline: a broken upstream is told, and its whole records have been dealt with" {
	head -c 20000 test.gz > broken.gz
	run --separate-stderr bash -o pipefail -c 'idx2raw -t u8 broken.gz | niceflow -m nice.safetensors > part.ll'
	[ "$status" -eq 1 ]
	[[ $stderr == "idx2raw: broken.gz: "* ]]
	[ "$(wc -l <<< "$stderr")" -eq 1 ]
	n=$(wc -l < part.ll)
	[ "$n" -gt 10 ]
	head -n "$n" test.ll | cmp - part.ll
	# cut within a record by something that cannot tell: niceflow tells
	run --separate-stderr bash -o pipefail -c 'head -c 2000 test.u8 | niceflow -t u8 -m nice.safetensors | nicethresh -c calibration'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == "niceflow: standard input: record 2 (byte 1568): unexpected end of input after 432 of 784 bytes"* ]]
	# killed between two records: only the status can tell, hence pipefail
	run --separate-stderr bash -o pipefail -c '{ bash -c "head -c 1568 test.u8; kill -9 \$\$"; } | niceflow -t u8 -m nice.safetensors | wc -l'
	[ "$status" -eq 137 ]
	[ "$output" -eq 2 ]
	# nothing at all: no calibration is made of it
	run --separate-stderr bash -o pipefail -c 'idx2raw -t u8 no/where | niceflow -m nice.safetensors | nicestat'
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *"idx2raw: no/where: cannot open: No such file or directory"* ]]
}

@test "pipeline: GNU parallel gives the bytes of one process" {
	parallel --version 2> /dev/null | grep '^GNU parallel' || skip "needs GNU parallel"
	export PARALLEL_HOME=$PWD/parallel # no will to cite is asked for, nothing written elsewhere
	niceflow -t u8 -m nice.safetensors test.u8 > expected
	idx2raw -t u8 test.gz | niceflow -m nice.safetensors | cmp - expected
	parallel -k -j 3 --pipepart -a test.u8 --recend '' --block $((784 * 150)) \
		niceflow -j 1 -t u8 -m nice.safetensors | cmp - expected
	parallel -k -j 3 --pipe --recend '' --block $((784 * 150)) \
		niceflow -j 1 -t u8 -m nice.safetensors < test.u8 | cmp - expected
	niceflow -t u8 -m nice.safetensors -k 3 test.u8 > expected
	# shellcheck disable=SC2016 # for the shell that parallel starts
	parallel -k -j 3 --pipepart -a test.u8 --recend '' --block $((784 * 150)) \
		'niceflow -j 1 -t u8 -k 3 --first $((({#} - 1) * 150)) -m nice.safetensors' | cmp - expected
}

@test "pipeline: shards, each to a state, merge to the calibration of the whole" {
	idx2raw -t u8 valid.gz | split -b $((784 * 90)) - shard.
	[ "$(find . -name 'shard.*' | wc -l)" -eq 5 ]
	: > shard.empty
	for s in shard.*; do
		niceflow -t u8 -m nice.safetensors "$s" | nicestat -s > "$s.state"
	done
	nicestat -m shard.*.state | cmp - calibration
	cat shard.a?.state | nicestat -m | cmp - calibration
	nicestat -m -s shard.a[ab].state > left
	nicestat -m left shard.a[cde].state | cmp - calibration
}

# The commands of README.md as they stand there, and what they print.
@test "pipeline: the published experiment" {
	need DATA MODEL
	rm -f ./*
	ln -s "$MODEL" nice.pt
	sed -n '/^    \$ idx2raw/,/^$/{ s/^    //p; }' "$ROOT/README.md" > session
	grep -v '^\$ ' session > expected
	grep -qx '87 type I errors among 5000 data' expected
	grep -qx '24 type II errors among 10000 data' expected
	sed -n 's/^\$ //p' session | bash -e -o pipefail > out
	diff expected out
}
