#!/bin/sh
# The sample's afternoon in a real window, with mouse and keyboard: open, look, choose modes, calibrate, quantize, evaluate,
# sensitivity, search, compare, report, save, reopen. Prints what it found in the saved workspace; fails where something
# is not there.
#
#   sh tests/ui/afternoon.sh [FOLDER]     pictures of each step go to FOLDER, build/afternoon by default
#
# Needs build/release/bin/quantscope, Xvfb, xdotool, ImageMagick (import) and python3.
set -eu
cd "$(dirname "$0")/../.."
folder=${1-build/afternoon}
program=$PWD/${QUANTSCOPE-build/release/bin/quantscope}
for tool in Xvfb xdotool import python3; do
  command -v $tool > /dev/null || { echo "SKIPPED: $tool is not installed"; exit 0; }
done
mkdir -p "$folder"
work=$(mktemp -d)
cp -r resources/samples/shapes resources/samples/shapes_cnn.tflite "$work/"
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_RUNTIME_DIR=$work/run LC_ALL=C.UTF-8
mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"

number=90
while [ -e /tmp/.X11-unix/X$number ]; do number=$((number + 1)); done
Xvfb :$number -screen 0 1600x1000x24 > /dev/null 2>&1 &
server=$!
export DISPLAY=:$number
window=
cleanup() {
  [ -z "$window" ] || kill "$window" 2> /dev/null || true
  kill $server 2> /dev/null || true
  wait 2> /dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
sleep 2

step=0
picture() { step=$((step + 1)); import -window root "$folder/$(printf %02d $step)-$1.png"; }
# There is no window manager: what was opened last gets the keyboard by hand.
focus() {
  top=$(xdotool search --onlyvisible --class quantscope 2> /dev/null | tail -1)
  [ -z "$top" ] || xdotool windowfocus "$top" 2> /dev/null || true
  sleep 0.2
}
key() { focus; xdotool key --delay 60 "$@"; sleep "${PAUSE-1}"; }
type_() { focus; xdotool type --delay 15 "$1"; sleep 1; }
click() { xdotool mousemove "$1" "$2" click 1; sleep 1; }

"$program" --style light &
window=$!
sleep 4
xdotool search --onlyvisible --class quantscope windowmove 0 0 windowsize 1600 1000 || true
sleep 1
picture welcome
key ctrl+o
type_ "$work/shapes_cnn.tflite"
key Return
sleep 3
picture opened
# A model and a folder on the command line of the dialog: data for calibration and evaluation.
key ctrl+d
type_ "$work/shapes"
key Return
sleep 2
click 120 198 # the first row of the layers
picture selected
key alt+0     # keep it in float32
key ctrl+z
key F5
sleep 2
key F6
sleep 2
picture quantized
key F7
sleep 6
picture evaluated
key F8
sleep 4
picture sensitivity
key shift+F8
sleep 1
picture search-dialog
key Return
sleep "${SEARCH_SECONDS-25}"
picture searched
key F9
sleep 4
picture compared
key ctrl+k
type_ Report
key Return
sleep 1
picture report
key ctrl+s
type_ "$work/mine.qscope"
key Return
sleep 2
picture saved
key ctrl+q
sleep 2
if kill -0 $window 2> /dev/null; then echo 'FAILED: the window did not close'; exit 1; fi
python3 - "$work/mine.qscope" << 'P'
import json, sys
file = json.load(open(sys.argv[1]))
variants = file['variants']
measured = [v for v in variants if 'evaluation' in v]
trials = [v for v in variants if 'searched' in v]
layers = [v for v in variants if 'layerErrors' in v]
print(f"{len(variants)} variants, {len(measured)} evaluated, {len(trials)} tried by the search, {len(layers)} compared "
      f"layer by layer, sensitivity of {len(file['sensitivity']['operators'])} operators, "
      f"{len(file['history']['steps'])} steps of undo")
assert len(measured) >= 2 and trials and layers and file['ranges'] and file['history']['steps']
P
"$program" --style dark "$work/mine.qscope" &
window=$!
sleep 6
picture reopened
kill -0 $window 2> /dev/null || { echo 'FAILED: the window did not stay open'; exit 1; }
echo "pictures: $folder"
