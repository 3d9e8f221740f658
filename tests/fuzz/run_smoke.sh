#!/bin/bash
# Runs every libFuzzer target of preset "fuzz" for a few seconds on the seeds of tests/fuzz/corpus and on the goldens, and
# fails where one finds something. Builds them first.
#   tests/fuzz/run_smoke.sh           the same 10,000 executions of each every time, so that a change is judged by itself
#   tests/fuzz/run_smoke.sh SECONDS   as long as that of each, from where chance leads
# What a target finds stays in build/fuzz/findings/<target>.
set -euo pipefail
cd "$(dirname "$0")/../.."
extent='-seed=1 -runs=10000'
if [ -n "${1-}" ]; then extent="-max_total_time=$1"; fi
bin=build/fuzz/bin

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzz_targets

# The options of the sanitizers are those of the tests (CMakePresets.json). Memory that cannot be had is an error that
# the readers report. -rss_limit_mb holds what limits of the readers promise; -timeout is generous for slow machines.
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
failed=''
total=0
for program in "$bin"/fuzz_*; do
  target=${program##*/fuzz_}
  work=build/fuzz/findings/$target
  rm -rf "$work/new"
  mkdir -p "$work/new"
  case $target in
    reader | statistics) folders='tests/fuzz/corpus/reader tests/golden/operators' ;;
    *) folders=tests/fuzz/corpus/$target ;;
  esac
  # shellcheck disable=SC2086 # a list of folders
  if "$program" $extent -timeout=30 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$work/" "$work/new" $folders >"$work/log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
    total=$((total + runs))
    printf '%-12s %10d executions, nothing found\n' "$target" "$runs"
  else
    printf '%-12s FAILED, see %s/log\n' "$target" "$work"
    tail -40 "$work/log"
    failed="$failed $target"
  fi
done
printf 'executions in all: %d\n' "$total"
[ -z "$failed" ] || { printf 'findings in:%s\n' "$failed"; exit 1; }
