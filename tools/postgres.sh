#!/usr/bin/env bash
# The tests need a real PostgreSQL, 15 or newer, which they start and end by themselves. As root on Debian it is installed; otherwise this says what to install. Its own
# service is not started.
set -euo pipefail

find_postgres() {
  local p
  for p in /usr/lib/postgresql/*/bin/postgres "$(command -v postgres || true)"; do
    if [ -x "$p" ]; then
      echo "$p"
      return
    fi
  done
  return 1
}

if ! find_postgres >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    mkdir -p /etc/postgresql-common
    # Installing must not make and start a cluster of the machine.
    printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql >/dev/null ||
      { apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql >/dev/null; }
  fi
fi
if ! found=$(find_postgres); then
  echo 'postgres: not found. Install PostgreSQL 15 or newer (Debian: apt-get install postgresql), so that its program postgres is in /usr/lib/postgresql/*/bin or in PATH.' >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  echo 'postgres: tests on PostgreSQL do NOT RUN'
  exit 0
fi
echo "postgres: $("$found" --version)"
