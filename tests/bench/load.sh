# shellcheck shell=sh disable=SC1091,SC2016,SC2154 # as .ci/lint has it
# On two processors, one of which another process keeps busy: how many times as long two threads take as on a
# quiet machine; how many times are expected where the other process gets s processors, 2 / (2 - s), s being 2/3 if
# three threads share two processors alike; and how much more of the processors they use (1 where no thread spins
# for one that does not run).
. "$(dirname "$0")/common"
command -v taskset > /dev/null || skip "needs taskset"
taskset -c 0,1 true 2> /dev/null || skip "needs processors 0 and 1"
random_model 784 500 5 4 > "$work/m784"
random_model 8 64 2 4 > "$work/m8"
head -c $((784 * 4 * 4000)) /dev/zero > "$work/x"
head -c $((64 * 20000)) /dev/urandom > "$work/x.u8"
head -c 640 /dev/urandom > "$work/held.u8"
cases='niceflow, a large model:niceflow -j 2 -m $work/m784 $work/x
niceflow, one record at a time:head -c 1254400 $work/x | niceflow -j 2 -B 1 -m $work/m784
niceflow, a small model:niceflow -j 2 -m $work/m8 $work/x
nicetrain, a small model:nicetrain -q -t u8 -d 64 --mid 256 --hidden 2 --couplings 4 --batch 512 --epochs 2 --valid $work/held.u8 -j 2 -o $work/m $work/x.u8'
busy=
trap '[ -z "$busy" ] || kill "$busy"; rm -rf "$work"' EXIT
export work

# measure NAME COMMAND LOAD: samples both kinds of seconds; beside a busy process, also the times expected.
measure() {
	if [ -z "$busy" ]; then
		sample "wall $3 $1" "$(clock "taskset -c 0,1 sh -c '$2'")"
	else
		beside=$(python3 "$here/clock.py" beside "taskset -c 0,1 sh -c '$2'" "$busy")
		sample "wall $3 $1" "${beside% *}"
		sample "expected $1" "$(compute "2 / (2 - ${beside#* } / ${beside% *})")"
	fi
	sample "used $3 $1" "$(processor "taskset -c 0,1 sh -c '$2'")"
}

all() {
	echo "$cases" | while IFS=: read -r name command; do measure "$name" "$command" "$1"; done
}

for _ in $(rounds); do
	all quiet
	taskset -c 1 sh -c 'while :; do :; done' &
	busy=$!
	all busy
	kill "$busy"
	busy=
done
row what seconds_quiet times_busy times_expected processor_seconds_quiet times_busy
echo "$cases" | while IFS=: read -r name _; do
	quiet=$(median "wall quiet $name") used=$(median "used quiet $name")
	row "$name" "$quiet" "$(compute "$(median "wall busy $name") / $quiet")" \
		"$(median "expected $name")" "$used" "$(compute "$(median "used busy $name") / $used")"
done
