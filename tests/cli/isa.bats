load helper

# held_to NAME: oneDNN uses an instruction set and nothing above it in what this test runs from here on (both
# spellings of the variable). Skips the test where that cannot be had: a variable without effect would let it
# pass for nothing.
held_to() {
	local set
	export DNNL_MAX_CPU_ISA=$1 ONEDNN_MAX_CPU_ISA=$1
	set=$("$B/tests/inject/isa")
	[ "$set" = "$1" ] || skip "needs oneDNN with $1, which computes with $set here"
}

# units NAME...: shows what fails.
units() {
	local unit
	for unit; do
		run "$B/tests/unit/$unit"
		echo "$output" | grep -v '^ok' || :
		[ "$status" -eq 0 ]
	done
}

# programs FILTER FILE: those tests of a file.
programs() {
	run bats -f "$1" "$ROOT/tests/cli/$2"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '^ok' <<< "$output"
}

train_and_score() {
	[ -z "$SANITIZER" ] || skip "the units do, and training takes minutes"
	programs 'rises|same seed|number of threads|what the table says' nicetrain.bats
	programs 'float64|threads|batch' niceflow.bats
}

@test "isa: units with SSE4.1 alone" { held_to SSE41 && units linear nice_gradient nice pixel_bound; }
@test "isa: units with AVX2" { held_to AVX2 && units linear nice_gradient nice pixel_bound; }
@test "isa: units with AVX-512" { held_to AVX512_CORE && units linear nice_gradient; }
@test "isa: nicetrain and niceflow with SSE4.1 alone" { held_to SSE41 && train_and_score; }
@test "isa: nicetrain and niceflow with AVX2" { held_to AVX2 && train_and_score; }

@test "isa: likelihoods in float32 have the same bits with AVX2 and AVX-512" {
	held_to AVX512_CORE
	python3 "$ROOT/tests/fixtures/make_model.py" 65 130 2 2 1 > m
	python3 -c 'import random; open("records", "wb").write(random.Random(1).randbytes(6500))'
	niceflow -b -t u8 -m m records > wide
	held_to AVX2
	niceflow -b -t u8 -m m records > narrow
	cmp wide narrow
}

@test "isa: a model trained in float32 has the same bits with AVX2 and AVX-512" {
	held_to AVX512_CORE
	python3 -c 'import random; open("records", "wb").write(random.Random(1).randbytes(32500))'
	train() { nicetrain -q -d 65 -t u8 --mid 130 --hidden 2 --couplings 2 --epochs 2 -o "$1" records; }
	train wide
	held_to AVX2
	train narrow
	cmp wide narrow
}
