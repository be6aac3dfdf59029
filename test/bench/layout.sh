#!/usr/bin/env bash
# Measures the layout engine beside elkjs (npm) and graphviz (Debian) on the same graphs and prints a Markdown table:
# generated ones, every view of examples/contoso and, with C4ARCH_INPUTS, of the real inputs. docs/performance.md holds it.
#
#   C4ARCH_INPUTS=DIR bash test/bench/layout.sh             some five minutes on two cores
#   SIZES=30,100 ONLY=c4arch,elkjs bash test/bench/layout.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/c4arch" ./cmd/c4arch
go build -o "$work/layout" ./test/bench/layout
(cd test/bench/layout && npm install --no-audit --no-fund --silent >&2)

scan() { # sample input
  "$work/c4arch" scan "$2" -o "$work/models/$1/$(basename "$2")" --format json --at 2026-01-31 --quiet --no-record 2>/dev/null || true
}
mkdir "$work/models"
scan contoso examples/contoso
if [ -n "${C4ARCH_INPUTS:-}" ]; then
  while read -r input; do
    scan "$(basename "$(dirname "$input")")" "$input"
  done < <(find "$C4ARCH_INPUTS"/{arm,azure,compose,kubernetes,tfstate} -mindepth 1 -maxdepth 1 2>/dev/null | sort)
fi
uptime >&2
"$work/layout" -models "$work/models" -sizes "${SIZES:-30,100,300,1000}" -runs "${RUNS:-5}" -only "${ONLY:-c4arch,elkjs,dot}"
uptime >&2
