# shellcheck disable=SC2016 # what is quoted is for scripts
load helper
load cluster

# examples/cluster as jobs of Slurm: munged, slurmctld and two slurmd on this machine, with a configuration, keys and
# ports of their own. Each slurmd has namespaces of its own (processes, mounts), so that all of a node dies at once.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	lacks > why
	[ ! -s why ] || return 0
	make_example
	configure
	munged --foreground --force --num-threads=2 --key-file="$PWD/munge.key" --socket="$PWD/munge.socket" \
		--pid-file="$PWD/munged.pid" --log-file="$PWD/munged.log" --seed-file="$PWD/munge.seed" > munged.out 2>&1 3>&- &
	echo $! > pids
	slurmctld -D > slurmctld.out 2>&1 3>&- &
	echo $! >> pids
	node alpha
	node beta
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR" || return
	[ ! -e pids ] || while read -r pid; do kill -9 "$pid" || true; wait "$pid" || true; done < pids 2> /dev/null
}

# lacks: prints what is missing here, if something is.
lacks() {
	local program
	for program in munged slurmctld slurmd sbatch; do
		command -v "$program" > /dev/null || { echo "needs $program"; return; }
	done
	[ "$(id -u)" = 0 ] || { echo "needs root, for namespaces and daemons"; return; }
	unshare --pid --mount-proc --fork --kill-child true 2> /dev/null || echo "needs namespaces, which are not allowed here (unshare)"
}

configure() {
	local ports host
	read -r -a ports < <(python3 -c 'import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
	host=$(uname -n)
	head -c 1024 /dev/urandom > munge.key
	chmod 600 munge.key
	mkdir state
	cat > slurm.conf <<-END_OF_CONFIG
		ClusterName=nice
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=${ports[0]}
		SlurmUser=root
		SlurmdUser=root
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$PWD/munge.socket,cred_expire=5
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		SwitchType=switch/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		SlurmdParameters=config_overrides
		ReturnToService=2
		SlurmdTimeout=5
		StateSaveLocation=$PWD/state
		SlurmdSpoolDir=$PWD/spool-%n
		SlurmctldPidFile=$PWD/slurmctld.pid
		SlurmdPidFile=$PWD/slurmd-%n.pid
		SlurmctldLogFile=$PWD/slurmctld.log
		SlurmdLogFile=$PWD/slurmd-%n.log
		NodeName=alpha NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=2 RealMemory=1024
		NodeName=beta NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=2 RealMemory=1024
		PartitionName=all Nodes=alpha,beta Default=YES State=UP
	END_OF_CONFIG
	export SLURM_CONF=$PWD/slurm.conf
}

# node NAME [COMMAND]: starts its slurmd, in the folder of the file; the command is run before, in its mounts.
node() {
	(
		cd "$BATS_FILE_TMPDIR" || exit
		unshare --pid --mount-proc --fork --kill-child sh -c "${2:-:}; exec slurmd -D -N $1" > "$1.out" 2>&1 3>&- &
		echo $! > "$1.pid"
		echo $! >> pids
	)
}

die() { kill -9 "$(cat "$BATS_FILE_TMPDIR/$1.pid")"; }
is_idle() { [ "$(sinfo -h -N -n "$1" -o %T)" = idle ]; }
are_idle() { is_idle alpha && is_idle beta; }

setup() {
	[ ! -s "$BATS_FILE_TMPDIR/why" ] || skip "$(cat "$BATS_FILE_TMPDIR/why")"
	export SLURM_CONF=$BATS_FILE_TMPDIR/slurm.conf
	until_true are_idle
	copy_example
}

teardown() {
	rm -f stall
	[ -s "$BATS_FILE_TMPDIR/why" ] || scancel -u root
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
	until_true [ -e stalled ]
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
	until_true [ -e stalled ]
	die beta
	until_true jobs_end
	whole
	[[ "$(sinfo -h -R -o '%E %N')" == 'Not responding'*beta ]]
	node beta
}
