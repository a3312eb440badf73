#!/bin/bash
# The experiment as jobs of Slurm: slurm.sh [option of sbatch, such as -p PARTITION ...]. Two arrays with a task
# for each shard, and a merge after each. If a task fails, what depends on it is cancelled; what it said is in
# $OUT/log. Run it again after a failure: it does what is missing.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck disable=SC1091
. ./settings.sh

# What a task may use. Memory: niceflow -i tells the size of the model, 4 bytes a parameter; allow twice that,
# and 200 MB. Time: the records of a shard by the rate that one process has.
resources=(--nodes=1 --ntasks=1 --cpus-per-task="$THREADS" --mem=1G --time=1:00:00 "$@")

# submit STEP [OPTION...]: sets job; it waits for the job before it.
job=
submit() {
	local step=$1
	shift
	job=$(sbatch --parsable --job-name="nice-$step" --chdir="$PWD" --output="$OUT/log/%x-%j" \
		${job:+--dependency="afterok:$job" --kill-on-invalid-dep=yes} "${resources[@]}" "$@" \
		--wrap "exec bash step.sh $step \$SLURM_ARRAY_TASK_ID")
	echo "$step: job $job"
}

# submit_array STEP: a task for each shard that is missing.
submit_array() {
	local shards
	shards=$(bash step.sh missing "$1" | paste -s -d ,)
	[ -z "$shards" ] || submit "$1" --array="$shards"
}

mkdir -p "$OUT/log"
submit_array state
submit calibration
submit_array verdicts
submit verdicts
