# shellcheck shell=sh disable=SC1091,SC2154
# Shards on one machine: records/s of 1, 2 and 4 processes of one thread over the same three files; what a shard
# takes before its first record; what nicestat -m of 10,000 states takes. Seconds of processors, too, which say more on
# a machine that has other work. The model: MODEL=, or random weights of the published shape.
. "$(dirname "$0")/common"
if [ -n "${MODEL:-}" ]; then
	pt2nice "$MODEL" > "$work/m" 2> /dev/null || cp "$MODEL" "$work/m"
else
	random_model 784 1000 5 4 > "$work/m"
fi
nrecords=3000
for i in 1 2 3; do head -c $((nrecords * 784 / 3)) /dev/urandom > "$work/$i.u8"; done
files="$work/1.u8 $work/2.u8 $work/3.u8"
: > "$work/none.u8"

# taken NAME COMMAND: samples both kinds of seconds.
taken() {
	seconds=$(python3 "$here/clock.py" both "$2")
	sample "$1" "${seconds% *}"
	sample "$1, processor" "${seconds#* }"
}

# scored N: all records, by N processes at once.
scored() { taken "$1 processes" "seq $1 | xargs -P $1 -I @ niceflow -q -j 1 -t u8 -m $work/m --shard @/$1 $files"; }

# states FOLDER OPTION...: of 10,000 shards, ten numbers each; ten of them are made, the others differ from these
# in the number of their shard alone.
nstates=10000
states() {
	folder=$1
	shift
	mkdir "$work/$folder"
	for i in $(seq 10); do
		seq "$i" 997 $((i + 9000)) | nicestat -s --shard "$i/$nstates" "$@" > "$work/$folder/$i"
		awk -v i="$i" -v n="$nstates" -v folder="$work/$folder/" '{ line[NR] = $0 } END {
			for (i += 10; i <= n; i += 10) {
				for (k = 1; k <= NR; k++)
					print line[k] ~ /^shard\t/ ? "shard\t" i : line[k] > folder i
				close(folder i)
			}
		}' "$work/$folder/$i"
	done
}
states sums
states numbers --method conformal:0.01

# merge_of sums|numbers
merge_of() {
	case $1 in
	sums) echo "cd $work/sums && seq $nstates | xargs -n $nstates nicestat -m" ;;
	numbers) echo "cd $work/numbers && seq $nstates | xargs -n $nstates nicestat -m --method conformal:0.01" ;;
	esac
}

for _ in $(rounds); do
	niceflow -q -j 1 -t u8 -m "$work/m" "$work/1.u8" > /dev/null # the first behind another load does not count
	for n in 1 2 4; do scored "$n"; done
	taken 'start of a shard' "niceflow -q -j 1 -t u8 -m $work/m --shard 1/2 $work/none.u8"
	taken 'digest of the model' "nicestat -s --model $work/m $work/none.u8"
	for kind in sums numbers; do taken "$nstates states of $kind" "$(merge_of $kind)"; done
done
row what seconds processor_seconds records/s/processor_after_start kilobytes
start=$(median 'start of a shard, processor')
for n in 1 2 4; do
	seconds=$(median "$n processes, processor")
	row "$n processes" "$(median "$n processes")" "$seconds" "$(compute "$nrecords / ($seconds - $n * $start)")" -
done
for name in 'start of a shard' 'digest of the model'; do row "$name" "$(median "$name")" "$(median "$name, processor")" - -; done
for kind in sums numbers; do
	name="$nstates states of $kind"
	row "$name" "$(median "$name")" "$(median "$name, processor")" - "$(peak_kb "$(merge_of $kind)")"
done
