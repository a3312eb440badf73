load helper
load mpi

# nicetrain-mpi under each mpirun that is here: the bytes of nicetrain, and what becomes of a team whose
# processes differ or die.

# Parameters enough that three processes have a slice of them.
SMALL=(-q -j 1 -d 16 -t u8 --mid 96 --hidden 2 --batch 48 --micro-batch 6 --epochs 3 --warmup 5)

setup_file() {
	[ -z "$SANITIZER" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	make_kinds
	make_records
	nicetrain "${SMALL[@]}" -o whole records
}

setup() {
	[ -z "$SANITIZER" ] || skip "MPI's libraries are not for sanitizers"
	KINDS=$(cd "$BATS_FILE_TMPDIR" && ls -d openmpi mpich 2> /dev/null || true)
	[ -n "$KINDS" ] || skip "needs Open MPI or MPICH: mpicc.openmpi and mpirun.openmpi, or those of mpich"
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
	export OMPI_MCA_hwloc_base_binding_policy=none HYDRA_TOPO_DEBUG=0
	RECORDS=$BATS_FILE_TMPDIR/records WHOLE=$BATS_FILE_TMPDIR/whole
}

# team KIND N [options]: that many processes.
team() {
	local kind=$1 n=$2
	shift 2
	mpirun.$kind -np "$n" "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" "${SMALL[@]}" "$@"
}

# of_two KIND "options of process 0" "options of process 1"
of_two() {
	local program=$BATS_FILE_TMPDIR/$1/bin/nicetrain-mpi
	# shellcheck disable=SC2086 # split they shall be
	mpirun.$1 -np 1 "$program" "${SMALL[@]}" $2 : -np 1 "$program" "${SMALL[@]}" $3
}

@test "mpi: the options are those of nicetrain" {
	for kind in $KINDS; do
		"$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" --help | sed '1,/^$/d' | diff - <(nicetrain --help | sed '1,/^$/d')
		run -2 --separate-stderr "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" -d 16 -o m
		[[ $stderr == *"none can be standard input"* ]]
		run -2 "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" -d 16 --valid - -o m "$RECORDS"
	done
}

@test "mpi: 1, 2, 3, 4 and 8 processes make the model of one" {
	for kind in $KINDS; do
		for n in 1 2 3 4 8; do
			echo "$kind, $n"
			team $kind $n -o m "$RECORDS"
			cmp m "$WHOLE"
		done
	done
	team $kind 3 -j 2 -o m "$RECORDS"
	cmp m "$WHOLE"
}

@test "mpi: the default micro-batch is a divisor of the batch, and a flag of the model" {
	for kind in $KINDS; do
		mpirun.$kind -np 2 "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" -q -d 16 -t u8 --mid 8 --hidden 2 --batch 150 \
			--epochs 1 -o m "$RECORDS"
		niceflow -m m -i | grep -x 'micro-batch	50'
		nicetrain -q -d 16 -t u8 --mid 8 --hidden 2 --batch 150 --micro-batch 50 --epochs 1 -o alone "$RECORDS"
		cmp m alone
	done
}

@test "mpi: a VAE, several files, held-out records, windows, patience, a log: the same bytes" {
	head -c 3200 "$RECORDS" > a
	tail -c +3201 "$RECORDS" > b
	options=(--kind vae --latent 3 --estimator score-baseline --patience 2 --epochs 6 --valid a --shuffle-window 128)
	nicetrain "${SMALL[@]}" "${options[@]}" -o alone a b
	for kind in $KINDS; do
		team $kind 3 "${options[@]}" --log log -o m a b
		cmp m alone
		[ "$(wc -l < log)" -ge 3 ]
	done
}

@test "mpi: a training begun by three goes on with two, and with nicetrain" {
	nicetrain "${SMALL[@]}" --epochs 9 -o alone "$RECORDS"
	for kind in $KINDS; do
		rm -f state
		team $kind 3 --checkpoint state -o m "$RECORDS"
		cmp m "$WHOLE"
		team $kind 2 --checkpoint state --resume --epochs 6 -o m "$RECORDS"
		nicetrain "${SMALL[@]}" --checkpoint state --resume --epochs 9 -o m "$RECORDS"
		rm -f state
		nicetrain "${SMALL[@]}" --checkpoint state --epochs 3 -o one "$RECORDS"
		nicetrain "${SMALL[@]}" --checkpoint state --resume --epochs 6 -o one "$RECORDS"
		nicetrain "${SMALL[@]}" --checkpoint state --resume --epochs 9 -o one "$RECORDS"
		cmp m one
	done
}

@test "mpi: one process is killed: all end, and the checkpoint is whole" {
	nicetrain "${SMALL[@]}" --epochs 40 -o alone "$RECORDS"
	for kind in $KINDS; do
		rm -f state m
		team $kind 3 --epochs 100000 --checkpoint state -o m "$RECORDS" > said 2>&1 &
		for _ in $(seq 300); do [ ! -e state ] || break; sleep 0.1; done
		program=$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi
		pkill -KILL -n -f "^$program"
		run ! wait $!
		gone "^$program"
		cat said
		grep -qi 'killed\|bad termination' said # the latter where a process finds out first, and ends itself
		[ ! -e m ]
		niceflow -m "$WHOLE" -t u8 "$RECORDS" > /dev/null
		run -1 --separate-stderr team $kind 2 --epochs 2 --checkpoint state --resume -o m "$RECORDS"
		[[ $stderr == *"epochs is 100000 in the checkpoint, 2 now"* ]]
	done
}

@test "mpi: SIGTERM saves a checkpoint, from which any number of processes goes on" {
	for kind in $KINDS; do
		rm -f state m
		team $kind 3 --epochs 400 --checkpoint state -o m "$RECORDS" > said 2>&1 &
		for _ in $(seq 300); do [ ! -e state ] || break; sleep 0.1; done
		program=$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi
		pkill -TERM -o -f "^$program" # one of them alone
		run ! wait $!
		gone "^$program"
		cat said
		[ ! -e m ]
		head -c 8 state > /dev/null
		timeout 60 mpirun.$kind -np 1 "$program" "${SMALL[@]}" --epochs 400 --checkpoint state --resume --log log -o m "$RECORDS"
		[ "$(head -n 2 log | tail -n 1 | cut -f 1)" -gt 1 ]
	done
}

@test "mpi: processes that differ end at once, and say in what" {
	head -c 3200 "$RECORDS" > less
	for kind in $KINDS; do
		run ! --separate-stderr of_two $kind "-o m $RECORDS" "--lr 0.01 -o m $RECORDS"
		[[ $stderr == *"nicetrain-mpi[1@"*"]: this process would not train as process 0 does: lr is 0.01, there 0.001"* ]]
		run ! --separate-stderr of_two $kind "-o m $RECORDS" "--patience 3 -o m $RECORDS"
		[[ $stderr == *"patience is given here, not there"* ]]
		run ! --separate-stderr of_two $kind "-o m $RECORDS" "--checkpoint c -o m $RECORDS"
		[[ $stderr == *"program is "*"with a checkpoint"* ]]
		run ! --separate-stderr of_two $kind "-o m $RECORDS" "-o m less"
		[[ $stderr == *"nicetrain-mpi[1@"*"records is "* ]]
		run ! --separate-stderr of_two $kind "-o m $RECORDS" "-o m nowhere"
		[[ $stderr == *"nicetrain-mpi[1@"*"]: nowhere: cannot open: No such file or directory"* ]]
		run ! --separate-stderr of_two $kind "--init $WHOLE -o m $RECORDS" "-o m $RECORDS"
		[[ $stderr == *"is given "* || $stderr == *"initial model"* ]]
		run ! --separate-stderr team $kind 3 -o m nowhere
		[ "$(grep -c 'nowhere: cannot open' <<< "$stderr")" -eq 1 ]
		run ! --separate-stderr team $kind 3 -o nofolder/m "$RECORDS"
		[ "$(grep -c 'nofolder/m' <<< "$stderr")" -eq 1 ]
		[ ! -e m ]
	done
}

# The model is that of a step: a seed whose training diverges behind the first step of an epoch.
@test "mpi: a training that diverges is reported once, and the last good model is written" {
	records_that_overflow
	options=(-d 64 --no-scale --mid 64 --hidden 3 --batch 30 --micro-batch 15 --epochs 50 --valid valid --keep last -j 1 -q)
	for seed in $(seq 0 99); do
		run -1 --separate-stderr nicetrain "${options[@]}" -S "$seed" -o alone records
		[[ $stderr != *", step "*" was written"* ]] || break
	done
	[[ $stderr == *", step "*" was written"* ]]
	for kind in $KINDS; do
		run ! --separate-stderr mpirun.$kind -np 2 "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" "${options[@]}" -S "$seed" \
			-o m records
		[ "$(grep -c 'is not finite; a smaller learning rate' <<< "$stderr")" -eq 1 ]
		grep -q '^nicetrain-mpi\[0@[^]]*]: m: the model of epoch .* was written$' <<< "$stderr"
		cmp m alone
		rm m
	done
}

@test "mpi: more processes than micro-batches are named" {
	for kind in $KINDS; do
		team $kind 3 --micro-batch 24 -o m "$RECORDS" 2> said
		grep -q '1 of 3 processes compute no gradients, since a batch has 2 micro-batches' said
	done
}

# MPICH 4.0 waits for ever at the end, in one run of two or three, unless mpi_end prevents it.
@test "mpi: processes that are joined by TCP end" {
	for kind in $KINDS; do
		for _ in 1 2 3 4 5; do
			UCX_TLS=tcp,self OMPI_MCA_btl=tcp,self timeout 60 mpirun.$kind -np 3 "$BATS_FILE_TMPDIR/$kind/bin/nicetrain-mpi" \
				"${SMALL[@]}" --batch 240 --micro-batch 30 --epochs 2 -o m "$RECORDS"
			rm m
		done
	done
}

@test "mpi: processes that do not know of each other are refused" {
	[ "$KINDS" = $'mpich\nopenmpi' ] || skip "needs both Open MPI and MPICH"
	for kind in $KINDS; do
		other=openmpi
		[ $kind = mpich ] || other=mpich
		run ! --separate-stderr mpirun.$kind -np 2 "$BATS_FILE_TMPDIR/$other/bin/nicetrain-mpi" "${SMALL[@]}" -o m "$RECORDS"
		[[ $stderr == *"nicetrain-mpi: 2 processes were started, of which MPI knows this one alone: use the mpirun of "* ]]
		[ ! -e m ]
	done
	mpirun.mpich -np 1 "$BATS_FILE_TMPDIR/openmpi/bin/nicetrain-mpi" "${SMALL[@]}" -o m "$RECORDS"
	cmp m "$WHOLE"
}

@test "mpi: the page's examples" {
	for kind in $KINDS; do
		mkdir "$kind"
		printf '#!/bin/sh\nexec mpirun.%s "$@"\n' $kind > "$kind/mpirun"
		chmod +x "$kind/mpirun"
		ln -s mpirun "$kind/mpirun-of-a-test" # without it, examples.py passes over mpirun
		(cd "$kind" && PATH=$PWD:$BATS_FILE_TMPDIR/$kind/bin:$PATH python3 "$ROOT/tests/cli/examples.py" "$ROOT/man/nicetrain-mpi.1")
	done
}
