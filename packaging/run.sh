#!/bin/sh
# From a fresh clone to the workbench with the sample open:
#
#   sh packaging/run.sh              installs what is missing, builds, opens the window
#   sh packaging/run.sh --headless   the same job on the command line, which a machine without a display always gets
#
# Run it again as often as you like: what is there is not made again.
set -eu
cd "$(dirname "$0")/.."
. packaging/packages.sh

headless=no
case ${1-} in
  '') ;;
  --headless) headless=yes ;;
  *)
    say 'usage: sh packaging/run.sh [--headless]' >&2
    exit 2
    ;;
esac
if [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then headless=yes; fi

# shellcheck disable=SC2086 # lists of names
install_packages $packages_core $packages_window
build_preset release

if [ $headless = no ]; then
  say 'Opening the workbench on resources/samples/shapes.qscope.'
  status=0
  build/release/bin/quantscope resources/samples/shapes.qscope || status=$?
  if [ $status -ne 0 ]; then
    fail "the workbench ended with status $status; sh packaging/run.sh --headless does the same job without a window"
  fi
  say 'Done: the workbench was closed.'
  exit 0
fi

cli=build/release/bin/quantscope-cli
samples=resources/samples
model=$samples/shapes_cnn.tflite
out=build/sample-run
mkdir -p $out

say
say "No display: doing the sample's job on the command line, in $out."
say
say 'Calibrating on 100 pictures.'
$cli calibrate $model --data $samples/shapes/calibration -o $out/ranges.json --force || fail 'calibrate'

models=$model
offered=$($cli quantize --help)
for mode in float16 dynamic-range weight-only-int8 int8 int8-full int16x8; do
  # Modes that this version of the program does not name are not asked for.
  case $offered in *"$mode"*) ;; *) continue ;; esac
  say
  say "Quantizing: $mode."
  $cli quantize $model -o $out/shapes_$mode.tflite --mode $mode --ranges $out/ranges.json --force || fail "quantize $mode"
  models="$models $out/shapes_$mode.tflite"
done

say
say 'Evaluating all of them on 500 other pictures.'
# shellcheck disable=SC2086 # a list of names
$cli evaluate $models --data $samples/shapes/evaluation --report $out/report.html --force || fail 'evaluate'
say
say "Done: the models and the report are in $out; open $out/report.html in a browser."
