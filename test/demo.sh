#!/usr/bin/env bash
# Does `make demo` start what it says? It is started as a user does, has to print the link of the set-up and to be ready, and is ended again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

data=$(mktemp -d)
log=$data/log
: >"$log"
setsid make demo DEMO_DATA="$data/data" DEMO_LISTEN=127.0.0.1:0 >"$log" 2>&1 &
group=$!
trap 'kill -- -"$group" 2>/dev/null || true; wait "$group" 2>/dev/null || true; rm -rf "$data"' EXIT

for _ in $(seq 600); do
  link=$(grep -o 'http://localhost:[0-9]*/setup#code=[^ ]*' "$log" || true)
  if [ -n "$link" ]; then break; fi
  if ! kill -0 "$group" 2>/dev/null; then break; fi
  sleep 1
done
if [ -z "${link:-}" ]; then
  echo "make demo printed no link:" >&2
  cat "$log" >&2
  exit 1
fi
at=${link%%/setup*}
page=$(curl --fail --silent --show-error "$at/setup" -H 'Accept: text/html')
grep -q '<h1>' <<<"$page"
curl --fail --silent --show-error "$at/" -o /dev/null -H 'Accept: text/html'
echo "make demo serves at $at and can be set up"
