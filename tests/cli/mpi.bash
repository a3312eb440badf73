# Loaded by mpi.bats and srun.bats after helper.bash: nicetrain-mpi of each MPI that is here, and what it trains on.

# make_kinds: the programs, linked from the library that is there, in folders openmpi and mpich.
make_kinds() {
	local kind copy
	for kind in openmpi mpich; do
		command -v mpicc.$kind > /dev/null && command -v mpirun.$kind > /dev/null || continue
		copy=$BATS_FILE_TMPDIR/$kind
		mkdir "$copy"
		cp -a "$B/cmd" "$B/lib" "$B/libnicetools.a" "$copy"
		MAKEFLAGS='' make -s -C "$ROOT" B="$copy" MPI=$kind "$copy/bin/nicetrain-mpi" || return 1
	done
}

# make_records: 700 records of 16 u8.
make_records() {
	python3 -c 'import random
r = random.Random(1)
open("records", "wb").write(bytes(min(255, int(16 * abs(r.gauss(i % 7, 2)))) for i in range(700 * 16)))'
}

# gone PATTERN: no such process is left within ten seconds.
gone() {
	for _ in $(seq 100); do
		pgrep -f "$1" > /dev/null || return 0
		sleep 0.1
	done
	return 1
}
