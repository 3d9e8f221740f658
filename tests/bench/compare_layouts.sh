#!/bin/sh
# Lays out the same synthetic graphs with this program, with Graphviz dot and with dagre (which Netron uses), and prints
# the times. dagre is installed from the npm registry into a folder of its own; nothing of it stays in the source tree.
#
#   sh tests/bench/compare_layouts.sh [operators...]      300 and 1000 by default
set -eu
cd "$(dirname "$0")/../.."
bench=${BENCH-build/release/bin/bench_layout}
limit=${LIMIT-60}                                      # seconds for one graph
sizes=${*:-300 1000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# shellcheck disable=SC2086
"$bench" --write "$folder" $sizes

seconds() { # seconds COMMAND...: prints how long it took, or what went wrong
  start=$(date +%s.%N)
  if timeout "$limit" "$@" > /dev/null 2> "$folder/errors"; then
    echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", ($1 - $2) * 1000 }'
  else
    [ $? = 124 ] && printf 'over %s s' "$limit" || printf 'failed'
  fi
}

if command -v dot > /dev/null; then
  for graph in "$folder"/*.json; do
    python3 - "$graph" << 'P' > "$graph.dot"
import json, sys
graph = json.load(open(sys.argv[1]))
print('digraph g { node [shape=box, fixedsize=true, width=2.33, height=0.58]')
for i in range(graph['nodes']): print(f'n{i}')
for a, b in graph['edges']: print(f'n{a} -> n{b}')
print('}')
P
    echo "dot    $(basename "$graph" .json)  $(seconds dot -Tplain "$graph.dot") ms"
  done
else
  echo 'SKIPPED: dot is not installed (apt install graphviz)'
fi

if command -v npm > /dev/null && (cd "$folder" && npm install --silent --no-audit --no-fund @dagrejs/dagre > /dev/null 2>&1); then
  cp tests/bench/dagre_layout.cjs "$folder/"
  for graph in "$folder"/*.json; do
    case $graph in */package*.json) continue ;; esac
    echo "dagre  $(basename "$graph" .json)  $(seconds node --stack-size=30000 "$folder/dagre_layout.cjs" "$graph") ms"
  done
else
  echo 'SKIPPED: dagre could not be installed (needs node, npm and the npm registry)'
fi
