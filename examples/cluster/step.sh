#!/bin/bash
# One step of the experiment, on whichever machine:
#
#     step.sh state I         statistics of shard I of the normal records
#     step.sh calibration     the threshold, from all states
#     step.sh verdicts I      log-likelihoods and verdicts of shard I of the records
#     step.sh verdicts        those of all shards, in the order of the records
#     step.sh missing state   the shards whose state is yet to be made, a line each
#
# Results are $OUT/state-1 and so on. What is there is left alone; what is made gets its name once it is whole
# and on disk.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck disable=SC1091
. ./settings.sh
host=${SLURMD_NODENAME:-$HOSTNAME}

state() {
	niceflow -q -j "$THREADS" -m "$MODEL" --shard "$1/$SHARDS" "${NORMAL[@]}" |
		nicestat -s --shard "$1/$SHARDS" --model "$MODEL" --method "$METHOD"
}

calibration() {
	results state
	nicestat -m --method "$METHOD" "${results[@]}"
}

verdicts_of() {
	niceflow -q -j "$THREADS" -m "$MODEL" --shard "$1/$SHARDS" "${RECORDS[@]}" |
		nicethresh -c "$OUT/calibration" -m "$MODEL"
}

# A result that has lost lines since it was made would displace all that come after it.
verdicts() {
	local nrecords i lines
	nrecords=$(($(sum_of_sizes) / RECORD_BYTES))
	results verdicts
	for i in $(seq "$SHARDS"); do
		lines=$((nrecords * i / SHARDS - nrecords * (i - 1) / SHARDS))
		[ "$(wc -l < "${results[i - 1]}")" -eq "$lines" ] || {
			echo "${results[i - 1]}: not the $lines lines of its shard; remove it, and run again" >&2
			return 1
		}
	done
	cat "${results[@]}"
}

# results STEP: sets the array of that name to those of all shards, in order.
results() { mapfile -t results < <(seq -f "$OUT/$1-%.0f" "$SHARDS"); }

sum_of_sizes() {
	local file sum=0
	for file in "${RECORDS[@]}"; do
		sum=$((sum + $(wc -c < "$file")))
	done
	echo "$sum"
}

missing() {
	results "$1"
	local i
	for i in $(seq "$SHARDS"); do
		[ -e "${results[i - 1]}" ] || echo "$i"
	done
}

# make NAME COMMAND...: what the command prints becomes $OUT/NAME, unless that is there.
make() {
	result=$OUT/$1 part=$OUT/$1.part-$host-$$
	shift
	[ ! -e "$result" ] || return 0
	mkdir -p "$OUT"
	trap 'rm -f "$part"' EXIT
	if ! "$@" > "$part" || ! sync "$part" || ! mv "$part" "$result"; then
		echo "step.sh: $result: failed on $host" >&2
		exit 1
	fi
}

case $* in
"state "[1-9]*) make "state-$2" state "$2" ;;
"verdicts "[1-9]*) make "verdicts-$2" verdicts_of "$2" ;;
calibration) make calibration calibration ;;
verdicts) make verdicts verdicts && rm -f "$OUT"/*.part-* ;; # of those that were killed
"missing state" | "missing verdicts") missing "$2" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
