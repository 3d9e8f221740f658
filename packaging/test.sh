#!/bin/sh
# All tests, from a fresh clone: installs what is missing, builds the release preset, runs every test
# (engine, command line, window without a screen).
#
#   sh packaging/test.sh
set -eu
cd "$(dirname "$0")/.."
. packaging/packages.sh

# shellcheck disable=SC2086 # lists of names
install_packages $packages_core $packages_window
build_preset release

log=build/release/tests.log
status=0
# Through a pipe the status of ctest would be lost: it is carried in a file.
{ ctest --preset release 2>&1 || echo $? >build/release/tests.status; } | tee $log
if [ -e build/release/tests.status ]; then
  status=$(cat build/release/tests.status)
  rm -f build/release/tests.status
fi
summary=$(grep -E '^[0-9]+% tests passed' $log | tail -n 1)
total=${summary##*out of }
if [ "$status" -ne 0 ] || [ -z "$summary" ]; then
  fail "${summary:-ctest ran no test} (details above and in $log)"
fi
say "All $total tests passed."
