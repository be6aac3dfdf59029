#!/usr/bin/env bash
# Sees to it that Chromium and Node are there for the end-to-end tests. As root on Debian
# it installs what is missing; anyone else is told what to install. The readers come from npm.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

install_readers() { # the real readers of our formats, at the versions of test/e2e/package.json
  cd "$(dirname "${BASH_SOURCE[0]}")/../test/e2e"
  if [ ! -d node_modules ] || [ package.json -nt node_modules ]; then
    echo "installing the readers of test/e2e"
    npm install --no-package-lock --no-audit --no-fund --silent
    touch node_modules
  fi
}

if [ "${#missing[@]}" -eq 0 ]; then
  install_readers
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "make e2e needs: ${missing[*]}" >&2
  echo "On Debian: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing ${missing[*]}"
apt-get update -q >/dev/null
apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
install_readers
