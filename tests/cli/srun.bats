# shellcheck disable=SC2016 # what is quoted is for scripts
load helper
load cluster
load slurm
load mpi

# nicetrain-mpi under srun, on two nodes, by the library that each MPI that is here needs of Slurm; and the job of
# examples/cluster.

# The default micro-batch is 64 records.
SMALL=(-q -j 1 -d 16 -t u8 --mid 96 --hidden 2 --batch 256 --epochs 3 --warmup 5)

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	{ [ -z "$SANITIZER" ] || echo "MPI's libraries are not for sanitizers"; lacks; } > why
	[ ! -s why ] || return 0
	make_kinds
	make_records
	nicetrain "${SMALL[@]}" --micro-batch 64 -o whole records
	make_example
	start_slurm
}

setup() {
	use_slurm
	KINDS=$(cd "$BATS_FILE_TMPDIR" && ls -d openmpi mpich 2> /dev/null || true)
	[ -n "$KINDS" ] || skip "needs Open MPI or MPICH: mpicc.openmpi and mpirun.openmpi, or those of mpich"
	RECORDS=$BATS_FILE_TMPDIR/records WHOLE=$BATS_FILE_TMPDIR/whole
}

teardown() {
	[ -s "$BATS_FILE_TMPDIR/why" ] || scancel -u root
}

# plugin KIND: what srun --mpi is to be.
plugin() { [ "$1" = openmpi ] && echo pmix || echo pmi2; }

# team KIND N [options]: that many processes, two a node.
team() {
	local kind=$1 n=$2
	shift 2
	timeout 120 srun --mpi="$(plugin "$kind")" --input=none --kill-on-bad-exit -n "$n" \
		"$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" "${SMALL[@]}" "$@" 3>&-
}

@test "srun: 1, 2, 3 and 4 processes make the model of one" {
	for kind in $KINDS; do
		for n in 1 2 3 4; do
			echo "$kind, $n"
			team $kind $n -o m "$RECORDS"
			cmp m "$WHOLE"
			rm m
		done
	done
}

@test "srun: one process is killed: it is named, all end, and another number goes on to the same model" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$RECORDS"; done > many # so that it takes seconds
	nicetrain "${SMALL[@]}" --micro-batch 64 --epochs 120 -o alone many
	for kind in $KINDS; do
		rm -f state m
		team $kind 3 --epochs 120 --checkpoint state -o m many > said 2>&1 &
		until_true [ -e state ]
		program=$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi
		pkill -KILL -n -f "^$program"
		run ! wait $!
		gone "^$program"
		cat said
		grep -qE '^srun: error: (alpha|beta): task [012]: Killed$' said
		[ ! -e m ]
		team $kind 1 --epochs 120 --checkpoint state --resume --log log -o m many
		cmp m alone
		[ "$(sed -n '2s/\t.*//p' log)" -gt 1 ] # it did go on
	done
}

@test "srun: messages have the name of the node" {
	for kind in $KINDS; do
		run ! --separate-stderr team $kind 3 -o m nowhere
		[ "$(grep -c 'nowhere: cannot open' <<< "$stderr")" -eq 1 ]
		printf '#!/bin/sh\ncase $SLURMD_NODENAME in beta) set -- --lr 0.01 "$@" ;; esac\nexec "%s" "$@"\n' \
			"$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" > differs
		chmod +x differs
		run ! --separate-stderr timeout 60 srun --mpi="$(plugin "$kind")" --input=none -K -N 2 -n 2 ./differs "${SMALL[@]}" \
			-o m "$RECORDS"
		[[ $stderr == *"nicetrain-mpi[1@beta]: this process would not train as process 0 does: lr is 0.01, there 0.001"* ]]
		[ ! -e m ]
	done
}

@test "srun: processes that do not know of each other are refused" {
	for kind in $KINDS; do
		for other in none pmi2 pmix; do
			[ "$(plugin "$kind")" != $other ] || continue
			run ! --separate-stderr timeout 60 srun --mpi=$other --input=none -n 2 "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" \
				"${SMALL[@]}" -o m "$RECORDS"
			[[ $stderr == *"srun"* ]] # Open MPI has a message of its own
			[ $kind = openmpi ] || [[ $stderr == *"2 processes were started, of which MPI knows this one alone: "*" --mpi=pmi2 with MPICH"* ]]
			[ ! -e m ]
		done
	done
}

# job_copy KIND: examples/cluster in "run", for a job of one thread on each node; reference: what nicetrain makes
# of its settings.
job_copy() {
	copy_example
	ln -sf "$BATS_FILE_TMPDIR/$1/bin/nicetrain-mpi" bin
	set_to MPI "$(plugin "$1")"
	rm run/data/nice.safetensors
}
submit() { (cd run && sbatch --parsable --cpus-per-task=1 "$@" train.sbatch 3>&-); }
reference() { (cd run && . ./settings.sh && nicetrain -q "${OPTIONS[@]}" "$@" "${TRAIN[@]}"); }
jobs_end() { [ -z "$(squeue -h)" ]; }

@test "srun: the job of examples/cluster makes the model of nicetrain, and goes on for more epochs" {
	for kind in $KINDS; do
		rm -rf run bin
		job_copy $kind
		submit --wait
		cat run/train-*
		reference --checkpoint ../state -o ../alone
		cmp alone run/data/nice.safetensors
		sed -i 's/--epochs 3/--epochs 4/' run/settings.sh
		rm run/out/training.log
		submit --wait
		[ "$(sed -n '2s/\t.*//p' run/out/training.log)" -eq 4 ]
		reference --checkpoint ../state --resume -o ../alone
		cmp alone run/data/nice.safetensors
		rm state
	done
}

# hold PROGRAM: two processes of it have begun, and keep SIGTERM for the end of a step.
hold() {
	local masks
	mapfile -t masks < <(find /proc/[0-9]*/exe -lname "$1" 2> /dev/null | sed 's/exe$/status/' |
		xargs -r sed -n 's/^SigBlk:.*\(....\)$/0x\1/p')
	[ "${#masks[@]}" -eq 2 ] && ((masks[0] & masks[1] & 0x4000))
}

# One long epoch: there is no checkpoint but that of the signal.
@test "srun: a job whose time is nearly over saves and ends, and goes on to the same model" {
	local kind=${KINDS%%[!a-z]*}
	job_copy $kind
	sed -i 's/--epochs 3/--epochs 1/' run/settings.sh
	set_to TRAIN "($(repeat 20 data/train.u8 | tr '\n' ' '))"
	submit > job
	until_true hold "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi"
	scancel --signal=TERM "$(cat job)" # as --signal=TERM@60 does
	until_true jobs_end
	cat run/train-*
	[ ! -e run/data/nice.safetensors ]
	[ "$(ls -A run/out | tr '\n' ' ')" = 'training training.log ' ]
	submit --wait
	reference -o ../alone
	cmp alone run/data/nice.safetensors
}

# Slurm queues the job again if it is the first to know, or it has failed since the other process knew.
@test "srun: a node dies: the job goes on to the same model" {
	job_copy "${KINDS%%[!a-z]*}"
	sed -i 's/--epochs 3/--epochs 24/' run/settings.sh
	submit
	until_true [ -e run/out/training ]
	die beta
	until_true is_down beta
	[ ! -e run/data/nice.safetensors ]
	rm run/out/training.log
	node beta
	until_true is_idle beta
	[ -n "$(squeue -h)" ] || submit
	until_true jobs_end
	cat run/train-*
	reference -o ../alone
	cmp alone run/data/nice.safetensors
	[ "$(sed -n '2s/\t.*//p' run/out/training.log)" -gt 1 ] # it did go on
}
is_down() { [[ $(sinfo -h -N -n "$1" -o %T) == down* ]]; }
