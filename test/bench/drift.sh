# The part of run.sh that measures drift. It uses measure, head_of_table, megabytes, work, runs and limit of run.sh. What takes minutes, 100,000
# resources and Terraform, is run once. DRIFT_BENCH= leaves out what is measured in process, and each of the lists below may be empty.
go build -o "$work/drift" ./test/bench/drift
drift_sizes=${DRIFT_SIZES-1000 10000 100000}
drift_terraform_sizes=${DRIFT_TERRAFORM_SIZES-1000 10000}
drift_counts=${DRIFT_COUNTS-3000}
limit=${LIMIT:-600s}

printf '\n## Drift\n\nIn process, `go test -bench`: the difference of 100,000 resources, the stages of a comparison with one in a hundred changed, and the store.\n\n```\n'
printf 'load: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)"
bench() { [ -z "${DRIFT_BENCH-yes}" ] || go test -run '^$' -bench "$1" -benchmem -benchtime "$2" "$3" | grep -E '^(Benchmark|FAIL|---)' || true; }
bench '^BenchmarkSnapshots$' 5x ./internal/arch/diff
bench '^(BenchmarkStages|BenchmarkBuiltin)$' 3x ./test/bench/drift
bench '^BenchmarkYear$' 1x ./internal/store/arch
bench '^BenchmarkOpen$' 20x ./internal/store/arch
printf '```\n'

head_of_table 'Resources | Command'
for n in $drift_sizes; do
	dir=$work/drift-$n
	"$work/drift" write -n "$n" -step 100 -o "$dir"
	"$work/drift" write -n "$n" -step 0 -o "$dir/same"
	input="$n, 2 × $(megabytes "$dir/old.json")"
	[ "$n" -lt 100000 ] || runs=1
	measure "$input | c4arch diff, 1 % changed, --format json" "$work/c4arch" diff "$dir/old.json" "$dir/new.json" --format json
	measure "$input | c4arch diff, nothing changed" "$work/c4arch" diff "$dir/same/old.json" "$dir/same/new.json" --format json
	measure "$input | c4arch scan of one side, --format json" "$work/c4arch" scan "$dir/old.json" -o "$work/out" --format json --quiet
	measure "$input | JSON by position" "$work/drift" plain "$dir/old.json" "$dir/new.json"
	if command -v jq >/dev/null; then
		measure "$input | jq -S, twice, and diff" bash -c 'jq -S . "$1/old.json" >"$1/a" && jq -S . "$1/new.json" >"$1/b" && { diff "$1/a" "$1/b" || [ $? = 1 ]; }' - "$dir"
	fi
	rm -rf "$dir"
done

if command -v terraform >/dev/null; then
	runs=1
	head_of_table 'Resources | Command, on the built-in type terraform_data with the properties as input'
	for n in $drift_terraform_sizes; do
		dir=$work/plan-$n
		"$work/drift" write -n "$n" -step 100 -o "$dir" -terraform
		measure "$n | c4arch diff --format json" "$work/c4arch" diff "$dir/old.json" "$dir/new.json" --format json
		for root in applied refreshed; do
			terraform -chdir="$dir/$root" init -input=false >"$work/init" 2>&1 || { cat "$work/init" >&2; continue; }
			measure "$n | terraform plan -refresh=false, state as $root" terraform -chdir="$dir/$root" plan -refresh=false -input=false -out=plan.bin
		done
		measure "$n | terraform show -json of that plan" terraform -chdir="$dir/refreshed" show -json plan.bin
		measure "$n | c4arch scan refreshed/terraform.tfstate, --format json" "$work/c4arch" scan "$dir/refreshed/terraform.tfstate" -o "$work/out" --format json --quiet
	done
fi

printf '\nWhat each says of changes that are known, one resource in fifteen:\n'
for n in $drift_counts; do
	dir=$work/count-$n
	"$work/drift" write -n "$n" -step 15 -o "$dir" -terraform
	"$work/c4arch" diff "$dir/old.json" "$dir/new.json" --format json --quiet >"$dir/report.json"
	if command -v terraform >/dev/null; then
		for root in applied refreshed; do
			(cd "$dir/$root" && terraform init -input=false && terraform plan -refresh=false -input=false -out=plan.bin) >"$work/said" 2>&1 || { cat "$work/said" >&2; continue; }
			terraform -chdir="$dir/$root" show -json plan.bin >"$dir/$root.plan.json" 2>"$work/said"
		done
	fi
	"$work/drift" count -dir "$dir"
	if command -v jq >/dev/null; then
		jq -S . "$dir/old.json" >"$dir/a" && jq -S . "$dir/new.json" >"$dir/b"
		printf '\ndiff of the two after jq -S: %s lines that differ\n' "$(diff "$dir/a" "$dir/b" | grep -c '^[<>]' || true)"
	fi
done
