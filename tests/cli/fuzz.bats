load helper

# What `make fuzz` looks for by the hour, in seconds: the seeds, what was once found, and the same few
# thousand mutations of them every time. INPUTS=: for each reader; a sanitizer takes its time.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	case $SANITIZER in asan) : "${INPUTS:=500}" ;; *) : "${INPUTS:=4000}" ;; esac
	export INPUTS
	python3 "$ROOT/tests/fuzz/seeds.py" "$B/bin" seeds calibration checkpoint drift gzip idx labels matrix numbers pickle png \
		safetensors selection sides state counts zip csv schema npy npz
}

# hostile READER: each seed, and mutations to make INPUTS of them.
hostile() {
	leaks 1
	local files=("$BATS_FILE_TMPDIR/seeds/$1"/*)
	run -0 "$B/tests/fuzz/fuzz_$1" -m $((INPUTS / ${#files[@]} + 1)) "${files[@]}"
	echo "$output inputs"
	[ "$output" -ge "$INPUTS" ]
}

@test "fuzz: IDX" { hostile idx; }
@test "fuzz: gzip" { hostile gzip; }
@test "fuzz: NumPy arrays" { hostile npy; }
@test "fuzz: archives of NumPy arrays" { hostile npz; }
@test "fuzz: safetensors" { hostile safetensors; }
@test "fuzz: a pickle" { hostile pickle; }
@test "fuzz: PyTorch's zip archive" { hostile zip; }
@test "fuzz: checkpoints" { hostile checkpoint; }
@test "fuzz: PNG" { hostile png; }
@test "fuzz: numbers" { hostile numbers; }
@test "fuzz: calibrations" { hostile calibration; }
@test "fuzz: states" { hostile state; }
@test "fuzz: states of niceroc" { hostile sides; }
@test "fuzz: states of nicethresh" { hostile counts; }
@test "fuzz: states of nicedrift" { hostile drift; }
@test "fuzz: labels" { hostile labels; }
@test "fuzz: payoff matrices" { hostile matrix; }
@test "fuzz: tables" { hostile csv; }
@test "fuzz: schemas of tables" { hostile schema; }
@test "fuzz: record selection" { hostile selection; }

@test "fuzz: every reader has a harness that is run here" {
	for c in "$ROOT"/tests/fuzz/fuzz_*.c; do
		name=$(basename "$c" .c)
		grep -q "{ hostile ${name#fuzz_}; }" "$BATS_TEST_FILENAME"
		[ -x "$B/tests/fuzz/$name" ]
	done
}
