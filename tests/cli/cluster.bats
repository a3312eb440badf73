# shellcheck disable=SC2016 # what is quoted is for scripts
load helper
load cluster

# examples/cluster by GNU parallel: on this machine alone, and on two hosts, each an sshd in namespaces of its own
# (network, processes, mounts, name). Whatever is injected leaves nothing that looks whole, and the run after the
# repair ends with the bytes of one process. Then records that are cut by parallel itself.

setup_file() {
	[ -z "$SANITIZER" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	make_example
}

setup() {
	scripts_alone
	command -v parallel > /dev/null || skip "needs GNU parallel"
	export HOME=$PWD # of parallel's own files
	copy_example
}

teardown() {
	rm -f stall
	[ ! -e pids ] || while read -r pid; do kill -9 "$pid" || true; wait "$pid" || true; done < pids 2> /dev/null
	[ ! -e namespaces ] || while read -r name; do ip netns del "$name"; done < namespaces
}

example() { bash run/parallel.sh 2> err 3>&-; }

# network: a namespace to run parallel in, from which two hosts will be reached.
network() {
	[ "$(id -u)" = 0 ] || skip "needs root, for network namespaces"
	command -v sshd > /dev/null || skip "needs sshd"
	command -v ip > /dev/null || skip "needs ip"
	network=nice-$BASHPID
	ip netns add "$network" 2> err || skip "needs network namespaces, which are not allowed here (ip netns add)"
	echo "$network" > namespaces
	ssh-keygen -q -t ed25519 -N '' -f key
	ssh-keygen -q -t ed25519 -N '' -f host_key
	printf '%s\n' "HostKey $PWD/host_key" "AuthorizedKeysFile $PWD/key.pub" 'AuthenticationMethods publickey' \
		'PermitRootLogin yes' 'StrictModes no' 'UsePAM no' 'PidFile none' 'MaxStartups 100' > sshd_config
	printf '%s\n' "IdentityFile $PWD/key" "UserKnownHostsFile $PWD/known_hosts" 'StrictHostKeyChecking no' \
		'BatchMode yes' 'ConnectTimeout 2' 'ServerAliveInterval 1' 'ServerAliveCountMax 2' \
		'Host alpha' 'HostName 10.7.1.2' 'Host beta' 'HostName 10.7.2.2' > ssh_config
	export PARALLEL_SSH="ssh -F $PWD/ssh_config"
	set_to HOSTS 2/alpha,2/beta
}

# host NAME NUMBER [COMMAND]: starts it; the command is run there first, in its mounts.
host() {
	local space=$network-$1
	ip netns add "$space"
	echo "$space" >> namespaces
	ip -n "$network" link add "$1" type veth peer name eth0 netns "$space"
	ip -n "$network" addr add "10.7.$2.1/24" dev "$1"
	ip -n "$space" addr add "10.7.$2.2/24" dev eth0
	ip -n "$network" link set "$1" up
	ip -n "$space" link set eth0 up
	start "$@"
}

# start NAME NUMBER [COMMAND]: its sshd, whose shells read no .bashrc of this machine. When the first process of a
# process namespace dies, so do all.
start() {
	ip netns exec "$network-$1" unshare --uts --pid --mount-proc --fork --kill-child sh -ec \
		"hostname $1; mount -t tmpfs none /run; mkdir /run/sshd; [ ! -e ~root/.bashrc ] || mount --bind /dev/null ~root/.bashrc
		${3:-:}; exec $(command -v sshd) -D -e -f '$PWD/sshd_config'" \
		> "$1.log" 2>&1 3>&- &
	echo $! > "$1.pid"
	echo $! >> pids
	ip -n "$network" link set "$1" up
	until_true from_there ssh -F "$PWD/ssh_config" "$1" true
}

from_there() { ip netns exec "$network" "$@"; }
on_hosts() { from_there bash run/parallel.sh 2> err 3>&-; }

# die NAME: as by a power cut: no word to those that wait for it.
die() {
	ip -n "$network" link set "$1" down
	kill -9 "$(cat "$1.pid")"
	wait "$(cat "$1.pid")" || true
}

@test "cluster: one machine gives the bytes of one process; a second run does nothing" {
	example
	whole
	stand_in 'echo "niceflow was run" >&2; exit 1'
	example
	whole
}

@test "cluster: what is missing is made again, and nothing else" {
	example
	rm run/out/verdicts run/out/verdicts-2 run/out/verdicts-5
	stand_in 'echo "$*" >> "$there/ran"'
	example
	whole
	[ "$(wc -l < ran)" -eq 2 ]
	[ "$(grep -c -e '--shard [25]/5' ran)" -eq 2 ]
}

@test "cluster: a data file that was cut is named, and leaves nothing" {
	cp run/data/kana.u8 kana.u8
	head -c -1 kana.u8 > run/data/kana.u8
	run ! example
	grep -q 'niceflow: data/kana.u8: record 2999 (byte 2351216): unexpected end of input' err
	grep -q 'step.sh: out/verdicts-1: failed on ' err
	[ "$(results)" = 'calibration state-1 state-2 state-3 state-4 state-5 ' ]
	cp kana.u8 run/data/kana.u8
	example
	whole
}

@test "cluster: a result that was cut later is named" {
	example
	cp run/out/verdicts-3 verdicts-3
	rm run/out/verdicts
	head -n 100 verdicts-3 > run/out/verdicts-3
	run ! example
	grep -qx 'out/verdicts-3: not the 1200 lines of its shard; remove it, and run again' err
	[ ! -e run/out/verdicts ]
	rm run/out/verdicts-3
	example
	whole
	rm run/out/calibration
	head -c 30 run/out/state-2 > short
	cp short run/out/state-2
	run ! example
	grep -q '^nicestat: out/state-2: ' err
	[ ! -e run/out/calibration ]
	rm run/out/state-2
	example
	whole
}

@test "cluster: a run that is killed half-way leaves nothing that looks whole" {
	stall '[[ "$*" == *"--shard 3/5"*kana* ]]'
	setsid bash run/parallel.sh > said 2>&1 3>&- &
	group=$!
	until_true [ -s stalled ]
	kill -9 -- "-$group" "$(cat stalled)"
	wait "$group" || true
	until_true [ -e run/out/verdicts-2 ]
	rm stall
	[ ! -e run/out/verdicts-3 ]
	[ ! -e run/out/verdicts ]
	example
	whole
}

@test "cluster: a process that is killed is named, and its shard is tried once more" {
	stall '[[ "$*" == *"--shard 3/5"*kana* ]]'
	bash run/parallel.sh > said 2> err 3>&- &
	until_true [ -s stalled ]
	rm stall
	kill -9 "$(cat stalled)"
	wait $!
	whole
	grep -q "step.sh: out/verdicts-3: failed on $HOSTNAME" err
}

@test "cluster: two hosts give the bytes of one process" {
	network
	host alpha 1
	host beta 2
	stand_in 'hostname >> "$there/ran"'
	on_hosts
	whole
	[ "$(sort ran | uniq | tr '\n' ' ')" = 'alpha beta ' ]
}

@test "cluster: the shards of a host that dies go to the other" {
	network
	host alpha 1
	host beta 2
	stall '[ "$HOSTNAME" = beta ]'
	from_there bash run/parallel.sh > said 2> err 3>&- &
	until_true [ -s stalled ]
	die beta
	wait $!
	whole
	grep -q 'server 10.7.2.2 not responding' err
}

@test "cluster: where all hosts die, a run fails, and the next completes it" {
	network
	host alpha 1
	host beta 2
	stall '[[ "$*" == *"--shard "[345]/5*kana* ]]'
	from_there bash run/parallel.sh > said 2> err 3>&- &
	until_true [ -s stalled ]
	die alpha
	die beta
	status=0
	wait $! || status=$?
	[ "$status" -ne 0 ]
	rm stall
	cat err
	grep -q '10\.7\.1\.2' err
	grep -q '10\.7\.2\.2' err
	[[ "$(results)" == 'calibration state-1 state-2 state-3 state-4 state-5 '* ]]
	[[ "$(results)" != *'verdicts-'[345]* && "$(results)" != *'verdicts '* ]]
	start alpha 1
	start beta 2
	on_hosts
	whole
}

@test "cluster: a host without the model is named; the others do its shards" {
	network
	mkdir run/model none
	cp run/data/nice.safetensors run/model
	set_to MODEL model/nice.safetensors
	host alpha 1
	host beta 2 "mount --bind '$PWD/none' '$PWD/run/model'"
	set_to HOSTS 2/beta
	run ! on_hosts
	cat err
	grep -q '^niceflow: model/nice.safetensors: cannot open: No such file or directory$' err
	grep -q '^step.sh: out/state-1: failed on beta$' err
	[ -z "$(results)" ]
	set_to HOSTS 2/alpha,2/beta
	on_hosts
	whole
}

@test "cluster: a host with another model is noticed" {
	network
	mkdir run/model other
	cp run/data/nice.safetensors run/model
	nicetrain -q -t u8 -d 28x28 --mid 4 --hidden 1 --epochs 1 -o other/nice.safetensors run/data/train.u8
	set_to MODEL model/nice.safetensors
	host alpha 1
	host beta 2 "mount --bind '$PWD/other' '$PWD/run/model'"
	set_to HOSTS 2/alpha
	on_hosts
	rm run/out/state-3 run/out/calibration run/out/verdicts-2 run/out/verdicts
	set_to HOSTS 2/beta
	run ! on_hosts
	cat err
	grep -q '^nicestat: out/state-[34]: ' err
	[ ! -e run/out/calibration ]
	rm run/out/state-3
	set_to HOSTS 2/alpha
	bash run/step.sh state 3
	bash run/step.sh calibration
	set_to HOSTS 2/beta
	run ! on_hosts
	grep -q '^nicethresh: ' err
	[ ! -e run/out/verdicts-2 ]
	set_to HOSTS 2/alpha
	on_hosts
	whole
}

@test "cluster: GNU parallel cuts between records with --recend '' and blocks of whole records, and only so" {
	local block model=run/data/nice.safetensors
	cat run/data/digits.u8 run/data/kana.u8 > all.u8
	niceflow -q -m $model all.u8 > whole
	for block in $((784 * 1000)) 784K 784k; do
		parallel -k --pipepart -a all.u8 --recend '' --block $block niceflow -j 1 -m $model > got
		cmp got whole
		{ head -c 1000000 all.u8; sleep 0.2; tail -c +1000001 all.u8; } |
			parallel -k --pipe --recend '' --block $block niceflow -j 1 -m $model > got
		cmp got whole
	done
	for block in "--block $((784 * 1000))" "--recend '' --block 1M" "--recend '' --block -2"; do
		eval "parallel -k --pipepart -a all.u8 $block niceflow -j 1 -m $model" > got 2> err && false
		grep -q 'niceflow: standard input: record .*: unexpected end of input after' err
	done
}

@test "cluster: draws in blocks of GNU parallel are those of the whole run if each knows where it begins" {
	local model=run/data/nice.safetensors
	niceflow -q -k 2 -m $model run/data/kana.u8 > whole
	parallel -k --pipepart -a run/data/kana.u8 --recend '' --block $((784 * 700)) \
		niceflow -j 1 -k 2 --first '$((({#} - 1) * 700))' -m $model > got
	cmp got whole
}
