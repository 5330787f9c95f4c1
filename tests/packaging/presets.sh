#!/usr/bin/env bash
# presets.sh SOURCE WORK: every preset of the source configures.
set -euo pipefail
cd "$1"
presets=$(cmake --list-presets | sed -n 's/^ *"\([a-z]*\)".*/\1/p')
for wanted in debug release asan tsan fuzz; do grep -qx "$wanted" <<< "$presets" || { echo "There is no preset $wanted."; exit 1; }; done
for preset in $presets; do
  rm -rf "$2"
  cmake --preset "$preset" -B "$2" > "$2.log" 2>&1 || { cat "$2.log"; echo "The preset $preset does not configure."; exit 1; }
  echo "$preset configures"
done
rm -rf "$2" "$2.log"
