# shellcheck disable=SC2016 # what is quoted is for scripts
# Loaded by slurm.bats and srun.bats after cluster.bash: munged, slurmctld and two slurmd on this machine, with a
# configuration, keys and ports of their own. Each slurmd has namespaces of its own (processes, mounts, host name,
# shared memory), so that it is a machine for others, and all of it dies at once.

start_slurm() {
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

# use_slurm: for setup; skips the test where something is missing, and waits for both nodes.
use_slurm() {
	[ ! -s "$BATS_FILE_TMPDIR/why" ] || skip "$(cat "$BATS_FILE_TMPDIR/why")"
	export SLURM_CONF=$BATS_FILE_TMPDIR/slurm.conf
	until_true are_idle
}

# lacks: prints what is missing here, if something is.
lacks() {
	local program
	for program in munged slurmctld slurmd sbatch; do
		command -v "$program" > /dev/null || { echo "needs $program"; return; }
	done
	[ "$(id -u)" = 0 ] || { echo "needs root, for namespaces and daemons"; return; }
	unshare --pid --mount-proc --uts --ipc --fork --kill-child true 2> /dev/null || echo "needs namespaces, which are not allowed here (unshare)"
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
	mkdir state tmp-alpha tmp-beta
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
		KillWait=5
		SchedulerParameters=bf_interval=2
		TmpFS=$PWD/tmp-%n
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
own='mount -t tmpfs tmpfs /dev/shm; echo "$0" > /proc/sys/kernel/hostname'
node() {
	(
		cd "$BATS_FILE_TMPDIR" || exit
		unshare --pid --mount-proc --uts --ipc --fork --kill-child \
			sh -c "$own; ${2:-:}; exec slurmd -D -N $1" "$1" > "$1.out" 2>&1 3>&- &
		echo $! > "$1.pid"
		echo $! >> pids
	)
}

die() { kill -9 "$(cat "$BATS_FILE_TMPDIR/$1.pid")"; }
is_idle() { [ "$(sinfo -h -N -n "$1" -o %T)" = idle ]; }
are_idle() { is_idle alpha && is_idle beta; }
