#!/bin/bash
# The data of settings.sh, for a start without any of your own: digits and kana that glyphs draws, and a flow
# that learns the digits. It takes seconds. glyphs: GLYPHS=FILE, or that of the nicetools whose nicetrain runs here,
# built (build/bin, build/examples) or installed (bin, libexec/nicetools).
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck disable=SC1091
. ./settings.sh
tools=$(command -v nicetrain) || { echo 'data.sh: nicetrain is not in PATH; see settings.sh' >&2; exit 1; }
tools=$(dirname "$tools")/..
glyphs=${GLYPHS:-$(command -v "$tools/examples/glyphs" "$tools/libexec/nicetools/glyphs" || true)}
[ -n "$glyphs" ] || { echo "data.sh: glyphs is not near $tools: make build/examples/glyphs, or set GLYPHS" >&2; exit 1; }
mkdir -p data
draw() { "$glyphs" "$1" "$2" "$3" > "$4.part" && mv "$4.part" "$4"; }
draw digits 4000 1 data/train.u8
draw digits 2500 2 data/normal-1.u8
draw digits 1500 3 data/normal-2.u8
draw digits 3000 4 data/digits.u8
draw kana 3000 5 data/kana.u8
nicetrain -q "${OPTIONS[@]}" -o data/nice.safetensors data/train.u8
