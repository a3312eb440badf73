# shellcheck disable=SC2016 # what is quoted is for scripts
load helper
load cluster
load slurm

# examples/cluster as jobs of Slurm, on two nodes.

setup_file() {
	[ -z "$SANITIZER" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	lacks > why
	[ ! -s why ] || return 0
	make_example
	start_slurm
}

setup() {
	scripts_alone
	use_slurm
	copy_example
}

teardown() {
	rm -f stall
	[ -n "$SANITIZER" ] || [ -s "$BATS_FILE_TMPDIR/why" ] || scancel -u root
}

# jobs: submits them, and waits until none is left.
jobs_end() { [ -z "$(squeue -h)" ]; }
jobs() {
	bash run/slurm.sh "$@" 3>&-
	until_true jobs_end
}

@test "slurm: two nodes give the bytes of one process; a second run does nothing" {
	stand_in 'echo "$SLURMD_NODENAME" >> "$there/ran"'
	jobs
	whole
	[ "$(sort -u ran | tr '\n' ' ')" = 'alpha beta ' ]
	[ "$(wc -l < ran)" -eq 10 ]
	jobs
	whole
	[ "$(wc -l < ran)" -eq 10 ]
	rm run/out/verdicts run/out/verdicts-4
	jobs
	whole
	[ "$(wc -l < ran)" -eq 11 ]
}

@test "slurm: a data file that was cut is named, and what depends on it is cancelled" {
	cp run/data/normal-2.u8 whole.u8
	head -c -1 whole.u8 > run/data/normal-2.u8
	jobs
	grep -q 'niceflow: data/normal-2.u8: record 1499 (byte 1175216): unexpected end of input' run/out/log/nice-state-*
	[ -z "$(results)" ]
	cp whole.u8 run/data/normal-2.u8
	jobs
	whole
}

@test "slurm: a task that is killed half-way is named, and leaves nothing that looks whole" {
	stall '[[ "$*" == *"--shard 3/5"*kana* ]]'
	bash run/slurm.sh 3>&-
	until_true [ -s stalled ]
	scancel --signal=KILL --full "$(cat stalled)"
	until_true jobs_end
	rm stall
	[ ! -e run/out/verdicts-3 ]
	[ ! -e run/out/verdicts ]
	[ -e run/out/verdicts-5 ]
	jobs
	whole
}

@test "slurm: a node without the model is named; the other does its tasks" {
	mkdir run/model none
	cp run/data/nice.safetensors run/model
	set_to MODEL model/nice.safetensors
	die beta
	node beta "mount --bind '$PWD/none' '$PWD/run/model'"
	until_true is_idle beta
	jobs --nodelist=beta
	grep -q '^niceflow: model/nice.safetensors: cannot open: No such file or directory$' run/out/log/nice-state-*
	grep -q '^step.sh: out/state-1: failed on beta$' run/out/log/nice-state-*
	[ -z "$(results)" ]
	jobs --exclude=beta
	whole
	die beta
	node beta
}

@test "slurm: the tasks of a node that dies go to the other" {
	stall '[[ "$SLURMD_NODENAME" == beta && "$*" == *kana* ]]'
	bash run/slurm.sh 3>&-
	until_true [ -s stalled ]
	die beta
	until_true jobs_end
	whole
	[[ "$(sinfo -h -R -o '%E %N')" == 'Not responding'*beta ]]
	node beta
}
