# shellcheck disable=SC2016 # what is quoted is for scripts
# Loaded by cluster.bats and slurm.bats after helper.bash: a copy of examples/cluster in "run", and what happens to it.

make_example() {
	mkdir example
	cp "$ROOT/examples/cluster/"* example
	PATH=$B/bin:$PATH bash example/data.sh
}

# copy_example: with five shards, and programs of its own in "bin".
copy_example() {
	cp -r "$BATS_FILE_TMPDIR/example" run
	mkdir bin
	ln -s "$B/bin/"* bin
	set_to SHARDS 5
	set_to PATH "$PWD/bin:\$PATH"
}

# set_to VARIABLE VALUE: a setting of the run.
set_to() { printf '%s=%s\n' "$1" "$2" >> run/settings.sh; }

# whole: the results are those of one process, and nothing is there that was left.
whole() {
	niceflow -q -m run/data/nice.safetensors run/data/normal-?.u8 | nicestat --model run/data/nice.safetensors > calibration
	niceflow -q -m run/data/nice.safetensors run/data/digits.u8 run/data/kana.u8 | nicethresh -c calibration > verdicts
	cmp calibration run/out/calibration
	cmp verdicts run/out/verdicts
	[ -z "$(find run/out -name '*.part*')" ]
}

# results: the names of those that look whole, in a line.
results() { (cd run/out && find . -type f ! -name '*.part*' ! -path './log/*' | sed 's|./||' | sort | tr '\n' ' '); }

# stand_in LINE...: lines of a script that run before niceflow, wherever it is run; $* are its arguments.
stand_in() {
	rm bin/niceflow
	printf '%s\n' '#!/bin/bash' "there='$PWD'" "$@" "exec '$B/bin/niceflow' \"\$@\"" > bin/niceflow
	chmod +x bin/niceflow
}

# stall CONDITION: where it holds, niceflow writes two lines, leaves its process id, or its job of
# Slurm, in "stalled", and waits until there is no file "stall".
stall() {
	touch stall
	stand_in "if { $1; } && [ -e \"\$there/stall\" ]; then echo 1; echo 2; echo \${SLURM_JOB_ID:-\$\$} > \"\$there/stalled\"" \
		'while [ -e "$there/stall" ]; do sleep 0.05; done; fi'
}

# until_true COMMAND...: waits until it succeeds, a minute or so at most.
until_true() {
	local i
	for ((i = 0; i < 600; i++)); do
		! "$@" > /dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "a minute went by without: $*"
	return 1
}
