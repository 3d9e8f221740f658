#!/bin/sh
# Says which C++ files clang-format would change; nothing is written.  --fix writes.
#
#   sh packaging/check_format.sh [--fix]
set -eu
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null 2>&1; then
  echo 'Not checked: clang-format is not installed (apt-get install clang-format).'
  exit 0
fi
files=$(git ls-files 'core/*.h' 'core/*.cpp' 'ui/*.h' 'ui/*.cpp' 'app/*.h' 'app/*.cpp' 'tests/*.h' 'tests/*.cpp')
if [ "${1-}" = --fix ]; then
  # shellcheck disable=SC2086 # a list of names without spaces
  clang-format -i $files
  echo 'Formatted.'
  exit 0
fi
changed=0
for file in $files; do
  clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || {
    echo "not formatted: $file"
    changed=$((changed + 1))
  }
done
if [ $changed -gt 0 ]; then
  echo "$changed files need clang-format: sh packaging/check_format.sh --fix"
  exit 1
fi
echo 'All files are formatted.'
