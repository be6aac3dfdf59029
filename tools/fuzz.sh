#!/usr/bin/env bash
# Runs every fuzz target for a while, one after the other.
# Usage: tools/fuzz.sh TIME
set -euo pipefail

time=${1:-10s}
ran=0
while read -r package; do
  while read -r target; do
    echo "fuzz $package $target"
    go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x -parallel "${FUZZ_PARALLEL:-2}"
    ran=$((ran + 1))
  done < <(go test "$package" -list '^Fuzz' | grep '^Fuzz' || true)
done < <(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...)

if [ "$ran" -eq 0 ]; then
  echo 'fuzz: no target found' >&2
  exit 1
fi
echo "fuzz: $ran targets, $time each"
