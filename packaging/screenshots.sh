#!/bin/sh
# Takes the pictures of the README from the sample workspace: docs/images/workbench-light.png and -dark.png.
#
#   sh packaging/screenshots.sh [FOLDER]     the pictures go to FOLDER, docs/images by default
#
# Needs build/release (sh packaging/run.sh makes it) and, where there is no display, Xvfb.
set -eu
cd "$(dirname "$0")/.."
folder=${1-docs/images}
program=${QUANTSCOPE-build/release/bin/quantscope}
size=${SIZE-1600x1000}
# In this order each variant is made from the one before it.
actions=select-2,calibrate,quantize,start-float16,quantize,start-dynamic-range,quantize,start-int8,select-10,set-float32,select-4,quantize,evaluate,sensitivity

run=
if [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  command -v xvfb-run > /dev/null || {
    echo 'packaging/screenshots.sh: there is no display and no xvfb-run; install xvfb' >&2
    exit 1
  }
  run='xvfb-run -a'
fi
mkdir -p "$folder"
for style in light dark; do
  $run "$program" --style $style --language en --size "$size" --do "$actions" --screenshot "$folder/workbench-$style.png" resources/samples/shapes.qscope
  echo "$folder/workbench-$style.png"
done
