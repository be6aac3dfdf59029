#!/usr/bin/env bash
# Measures whole processes and prints Markdown: c4arch on generated inputs, and c4arch beside `terraform show -json` and
# `terraform graph` on the same state where there is a `terraform` command. docs/performance.md holds its output.
#
#   bash test/bench/run.sh                        scans and drift, above half an hour on two cores
#   RUNS=1 SIZES=1000 TERRAFORM_SIZES=1000 bash test/bench/run.sh
#   ONLY=drift bash test/bench/run.sh             the comparison of two scans alone (drift.sh), some twenty-five minutes
#   ONLY=scan bash test/bench/run.sh              all but that
#
# RUNS times each (default 3); a run of more than LIMIT (default 120s) is stopped and not repeated.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${RUNS:-3} limit=${LIMIT:-120s}
sizes=${SIZES:-1000 10000 50000}
terraform_sizes=${TERRAFORM_SIZES-1000 5000 10000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -trimpath -o "$work/c4arch" ./cmd/c4arch
go build -o "$work/gen" ./test/gen
go build -o "$work/bench" ./test/bench
C4ARCH_KEY=$(printf 'key!%.0s' 1 2 3 4 5 6 7 8 | od -An -v -tx1 | tr -d ' \n')
export C4ARCH_KEY CHECKPOINT_DISABLE=1

measure() { # label command...
	local label=$1
	shift
	"$work/bench" -runs "$runs" -limit "$limit" -clean "$work/out" -label "$label" -- "$@" || true
}

scan() { # label input [flag...]
	local label=$1 input=$2
	shift 2
	measure "$label" "$work/c4arch" scan "$input" -o "$work/out" --at 2026-01-31 --quiet "$@"
}

megabytes() { awk -v n="$(wc -c <"$1")" 'BEGIN { printf "%.1f MB", n / 1e6 }'; }

head_of_table() {
	printf '\n| %s | Wall s: median (least to most) | User s | Peak MB |\n|---|---|---|---|---|\n' "$1"
}

printf '%s, %s, %s cores, %s, %s runs each\n' "$(uname -sm)" "$(go env GOVERSION)" "$(nproc)" "$(git describe --always --dirty)" "$runs"
printf 'load before: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)"

scans() {
	head_of_table 'Input | Formats written'
	for n in $sizes; do
		"$work/gen" -kind state -n "$n" >"$work/estate.tfstate"
		input="state, $n resources, $(megabytes "$work/estate.tfstate")"
		scan "$input | json" "$work/estate.tfstate" --format json
		scan "$input | html" "$work/estate.tfstate" --format html
		scan "$input | all (the default)" "$work/estate.tfstate"
	done
	"$work/gen" -kind graph -n 10000 >"$work/export.json"
	input="export, 10000 rows, $(megabytes "$work/export.json")"
	scan "$input | json" "$work/export.json" --format json
	scan "$input | all (the default)" "$work/export.json"
	"$work/gen" -kind kubernetes -n 1000 >"$work/services.yaml"
	input="manifests, 1000 services, $(megabytes "$work/services.yaml")"
	scan "$input | json" "$work/services.yaml" --format json
	scan "$input | all (the default)" "$work/services.yaml"

	mkdir "$work/module"
	"$work/gen" -kind module -n 5000 -o "$work/module"
	scan "Terraform code, 5000 resources | json" "$work/module" --format json
	scan "Terraform code, 5000 resources | all (the default)" "$work/module"
	"$work/gen" -kind template -n 1500000 >"$work/main.json"
	input="ARM template, $(megabytes "$work/main.json")"
	scan "$input | json" "$work/main.json" --format json
	scan "$input | all (the default)" "$work/main.json"

	command -v terraform >/dev/null || { printf '\nterraform is not installed: nothing was measured beside it.\n'; return; }
	printf '\n%s beside c4arch, on one state and its code, of the built-in type terraform_data:\n' "$(terraform version 2>/dev/null | head -n 1)"
	head_of_table 'Resources | Command'
	for n in $terraform_sizes; do
		dir=$work/terraform-$n
		mkdir "$dir"
		awk -v n="$n" -v dir="$dir" -f test/bench/builtin.awk
		terraform -chdir="$dir" init -input=false >"$work/init" 2>&1 || { cat "$work/init" >&2; continue; }
		scan "$n | c4arch scan --format json" "$dir/terraform.tfstate" --format json
		scan "$n | c4arch scan" "$dir/terraform.tfstate"
		measure "$n | terraform show -json" terraform -chdir="$dir" show -json
		measure "$n | terraform graph" terraform -chdir="$dir" graph
		scan "$n, code | c4arch scan main.tf --format json" "$dir/main.tf" --format json
		measure "$n, code | terraform validate" terraform -chdir="$dir" validate
	done
}

if [ "${ONLY:-scan}" = scan ]; then scans; fi
if [ "${ONLY:-drift}" = drift ]; then . test/bench/drift.sh; fi
printf '\nload after: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)"
