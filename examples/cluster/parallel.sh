#!/bin/bash
# The experiment on the hosts of settings.sh by GNU parallel, over ssh with keys: parallel.sh [option of
# parallel...]. A shard that fails is tried once more, on another host if there is one. Run it again after a
# failure: it does what is missing.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck disable=SC1091
. ./settings.sh
export PARALLEL_SSH=${PARALLEL_SSH:-ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10}

# shards STEP: runs it for all shards that are missing.
shards() {
	bash step.sh missing "$1" |
		parallel --sshlogin "$HOSTS" --workdir "$PWD" --retries 2 --ungroup "${options[@]}" bash step.sh "$1"
}

options=("$@")
shards state
bash step.sh calibration
shards verdicts
bash step.sh verdicts
