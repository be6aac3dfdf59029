#!/usr/bin/env bash
# Measures the service, both engines in the same run, and prints Markdown; docs/performance.md holds its output. It needs PostgreSQL (Debian: apt-get install postgresql), which it
# starts by itself with fsync, git, and the module mirror once for Tessera.
#
#   bash test/bench/service.sh                        all, some forty minutes on two cores
#   RUNS=1 ENTRIES=20000 ORGS=100 IDLE=5s bash test/bench/service.sh
#   ONLY="rows append" bash test/bench/service.sh     of: rows append proof tessera thousand requests authorised scan start
#
# BEFORE is the commit with which the start of commands is compared: the last one before the service.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${RUNS:-5} entries=${ENTRIES:-1000000} orgs=${ORGS:-1000} idle=${IDLE:-30s} before=${BEFORE-b1195c7}
only=${ONLY:-rows append proof tessera thousand requests authorised scan start}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s, %s, %s cores, %s, %s runs each\n' "$(uname -sm)" "$(go env GOVERSION)" "$(nproc)" "$(git describe --always --dirty)" "$runs"

# The program as it is handed out, and read once from the disk: the system maps a file that was only just written in larger pieces, and more of it.
handed_out() { # directory output
	(cd "$1" && go build -trimpath -ldflags='-s -w' -o "$2" ./cmd/c4arch)
	sync "$2"
	dd if="$2" iflag=nocache count=0 status=none
	cat "$2" >"$work/read"
}
handed_out . "$work/c4arch"
go build -o "$work/service" ./test/bench/service
flags=(-runs "$runs" -entries "$entries" -orgs "$orgs" -idle "$idle" -c4arch "$work/c4arch")

for what in $only; do
	case $what in
	tessera)
		(cd test/bench/tessera && go build -o "$work/tessera" .)
		printf '\nload: %s before\n' "$(cut -d' ' -f1 /proc/loadavg)"
		"$work/tessera" -runs "$runs" -entries "$entries" 2>"$work/said" || { tail "$work/said" >&2; exit 1; }
		;;
	start)
		if [ -n "$before" ] && git cat-file -e "$before^{commit}" 2>/dev/null; then
			git clone -q . "$work/before"
			git -C "$work/before" checkout -q "$before"
			handed_out "$work/before" "$work/c4arch-before"
			"$work/service" "${flags[@]}" -before "$work/c4arch-before" start
		else
			"$work/service" "${flags[@]}" start
		fi
		;;
	authorised) # in process, so that the same call can be made without what stands before it
		printf '\nload: %s before\n\n' "$(cut -d' ' -f1 /proc/loadavg)"
		go test -run '^$' -bench '^Benchmark(Authorised|AccessLog|SignIn|Provision)$' -benchtime 2000x -count "$runs" -timeout 60m ./internal/app -args -orgs "$((orgs < 20 ? orgs : 20))" | grep ^Benchmark
		go test -run '^$' -bench '^BenchmarkDecide$' -benchmem -count "$runs" ./internal/account/access | grep ^Benchmark
		printf '\nload: %s after\n' "$(cut -d' ' -f1 /proc/loadavg)"
		;;
	*) "$work/service" "${flags[@]}" "$what" ;;
	esac
done
