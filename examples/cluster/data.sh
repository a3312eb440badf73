#!/bin/bash
# The data of settings.sh, for a start without any of your own: digits and kana that glyphs draws, and a flow
# that learns the digits. It takes seconds. glyphs: build/examples of the source, libexec/nicetools of an
# installation; GLYPHS=FILE names another.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck disable=SC1091
. ./settings.sh
glyphs=${GLYPHS:-$(command -v glyphs ../../build/examples/glyphs ../../../../../libexec/nicetools/glyphs | head -n 1)}
mkdir -p data
draw() { "$glyphs" "$1" "$2" "$3" > "$4.part" && mv "$4.part" "$4"; }
draw digits 4000 1 data/train.u8
draw digits 2500 2 data/normal-1.u8
draw digits 1500 3 data/normal-2.u8
draw digits 3000 4 data/digits.u8
draw kana 3000 5 data/kana.u8
nicetrain -q -t u8 -d 28x28 --mid 64 --hidden 2 --epochs 3 --batch 50 --lr 0.002 --noise 12 -o data/nice.safetensors data/train.u8
