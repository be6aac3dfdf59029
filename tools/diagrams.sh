#!/usr/bin/env bash
# The end-to-end tests give our texts to PlantUML and Graphviz, and our PDF to Poppler and qpdf. As root on Debian what is missing is installed; otherwise this says
# what to install. No other version than Debian's is asked for: the texts are written to be read by old ones.
set -euo pipefail

look() {
  missing=()
  command -v plantuml >/dev/null || missing+=(plantuml)
  command -v dot >/dev/null || missing+=(graphviz)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v qpdf >/dev/null || missing+=(qpdf)
}
look

if [ "${#missing[@]}" -ne 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  echo "installing ${missing[*]}"
  apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null ||
    { apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null; }
  look
fi

if [ "${#missing[@]}" -ne 0 ]; then
  echo "diagrams: not found: ${missing[*]}. On Debian: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  echo "diagrams: tests with ${missing[*]} do NOT RUN"
  exit 0
fi
echo "diagrams: $(plantuml -version | head -1), $(dot -V 2>&1), $(pdfinfo -v 2>&1 | head -1), $(qpdf --version | head -1)"
