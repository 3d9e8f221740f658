#!/bin/sh
# Takes a picture of every view and state of the window from the sample workspace, in light and dark, at 1x and 2x, so
# that they can be looked at: FOLDER/<style>-<scale>x-<name>.png.
#
#   sh packaging/gallery.sh [FOLDER [NAME...]]     FOLDER: build/gallery by default; NAMEs: only these pictures
#
# STYLES="light dark", SCALES="1 2", SIZE=1600x1000 and LANGUAGE_CODE=en can be set. Needs build/release
# (sh packaging/run.sh makes it) and, where there is no display, Xvfb.
set -eu
cd "$(dirname "$0")/.."
folder=${1-build/gallery}
[ $# -gt 0 ] && shift
program=${QUANTSCOPE-build/release/bin/quantscope}
styles=${STYLES-light dark}
scales=${SCALES-1 2}
size=${SIZE-1600x1000}
language=${LANGUAGE_CODE-en}
sample=resources/samples/shapes.qscope
model=resources/samples/shapes_cnn.tflite

display=no
if [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  command -v xvfb-run > /dev/null || {
    echo 'packaging/gallery.sh: there is no display and no xvfb-run; install xvfb' >&2
    exit 1
  }
  display=virtual
fi

# on_display COMMAND...
on_display() {
  if [ $display = virtual ]; then
    timeout 120 xvfb-run -a -s '-screen 0 3840x2160x24' "$@"
  else
    timeout 120 "$@"
  fi
}
mkdir -p "$folder"

variants=select-2,calibrate,quantize,start-float16,quantize,start-int8,select-10,set-float32,select-4,quantize
measured=$variants,evaluate,sensitivity

# picture NAME FILE ACTIONS: one picture in every style and scale.
wanted=$*
failed=0
picture() {
  if [ -n "$wanted" ]; then case " $wanted " in *" $1 "*) ;; *) return 0 ;; esac fi
  for style in $styles; do
    for scale in $scales; do
      out=$folder/$style-${scale}x-$1.png
      # shellcheck disable=SC2086 # no file is no argument
      if QT_SCALE_FACTOR=$scale on_display "$program" --style "$style" --size "$size" --language "$language" \
        --do "$3" --screenshot "$out" $2 2> "$folder/errors.txt" > /dev/null; then
        echo "$out"
      else
        echo "FAILED: $out: $(tail -1 "$folder/errors.txt")"
        failed=1
      fi
    done
  done
}

# What a new window shows, and what it says where something is missing.
picture welcome '' ''
picture opened $model select-0
picture no-data $model select-0,show-datasets
picture nothing-to-compare $model show-compare
picture nothing-to-plot $model show-pareto
picture problems-before $sample show-problems
# The way from a model to results.
picture workbench $sample $measured
picture graph $sample select-0
picture sensitivity-colours $sample $measured,choose-graphOverlay-5
picture compare $sample $measured,compareLayers,show-compare
picture pareto $sample $measured,show-pareto
picture report $sample $measured,show-report
picture datasets $sample show-datasets
picture task $sample show-datasets,choose-taskChoice-3
picture rules $sample optimize-size
picture problems $sample target-gpu,show-problems
picture stale $sample $measured,choose-taskChoice-2
picture search $sample calibrate,search
picture searched $sample calibrate,search,accept,show-pareto
picture guide $sample guide
picture settings $sample settings
picture shortcuts $sample shortcuts
picture about $sample about
# The pages of the inspector.
picture inspector-operator $sample select-2,tab-inspector-0
picture inspector-tensor $sample select-2,tab-inspector-1
picture inspector-activation $sample select-2,calibrate,tab-inspector-2
picture inspector-values $sample select-2,tab-inspector-3
picture inspector-images $sample select-0,tab-inspector-3,choose-valuesForm-3
# Menus.
for menu in file model recipe run view; do picture menu-$menu $sample select-2,menu-$menu; done
# Larger text.
picture large-text $sample $measured,scale-130
rm -f "$folder/errors.txt"
exit $failed
