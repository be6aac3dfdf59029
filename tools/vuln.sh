#!/usr/bin/env bash
# Runs govulncheck. Where its database cannot be reached, it says NOT RUN: that is not
# a pass, and nobody should read it as one. A named copy (GOVULNDB) must work.
# Usage: tools/vuln.sh COMMAND... (how to run a tool of tools/go.mod)
set -uo pipefail

db=()
if [ -n "${GOVULNDB:-}" ]; then db=(-db "$GOVULNDB"); fi

out=$(timeout "${VULN_TIMEOUT:-300}" "$@" govulncheck "${db[@]}" ./... 2>&1)
code=$?

if [ "$code" -eq 0 ]; then
  echo "$out"
  echo 'vulnerability check: ok'
  exit 0
fi
if [ -z "${GOVULNDB:-}" ] && grep -qE 'fetching vulnerabilities|no such host|connection refused|i/o timeout' <<<"$out"; then
  echo 'vulnerability check: NOT RUN (no database)'
  exit 0
fi
echo "$out" >&2
if [ "$code" -eq 124 ]; then
  echo 'vulnerability check: FAILED (no answer in time)' >&2
else
  echo 'vulnerability check: FAILED' >&2
fi
exit 1
