#!/usr/bin/env bash
# Scans each real input on its own, so that the pictures can be looked at.
# Needs C4ARCH_INPUTS and bin/c4arch; writes arch/gallery.
set -euo pipefail

if [ -z "${C4ARCH_INPUTS:-}" ]; then
  echo 'gallery: set C4ARCH_INPUTS to the folder of real inputs' >&2
  exit 1
fi
made=0 failed=0
while read -r input; do
  name=$(realpath --relative-to="$C4ARCH_INPUTS" "$input" | tr '/ ' '__')
  if bin/c4arch scan "$input" -o "arch/gallery/$name" --quiet; then
    made=$((made + 1))
  else
    failed=$((failed + 1))
    echo "gallery: $name: no page" >&2
  fi
done < <(find "$C4ARCH_INPUTS"/{tfstate,azure,compose} -type f 2>/dev/null | sort
         find "$C4ARCH_INPUTS"/kubernetes -mindepth 1 -maxdepth 1 2>/dev/null | sort)

echo "gallery: $made pages in arch/gallery, $failed inputs without"
[ "$made" -gt 0 ]
