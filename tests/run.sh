#!/usr/bin/env bash
# run.sh [PRESET [CTEST ARGUMENTS...]]: installs what is missing, builds PRESET (release) and runs its tests: unit, integration,
# packaging, interop and fuzz replay, or those that the ctest arguments choose, e.g. -L unit. A test that fails gets one more attempt, for
# busy machines; those that needed it are named. The last line is the count.
set -euo pipefail
cd "$(dirname "$0")/.."
# `run.sh -L unit` is about the release.
preset=release
[[ ${1--} == -* ]] || { preset=$1 && shift; }
failed() { echo "$1"; echo "0 passed, 1 failed"; exit 1; }

bash cmake/install_packages.sh || failed "Packages are missing."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# Each of hundreds of programs would wait a second at its end for what its threads still do.
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp halt_on_error=1 atexit_sleep_ms=50 ${TSAN_OPTIONS-}"
mkdir -p build
log=build/$preset.log
echo "Building ($preset) …"
# PARLEY_TARGETS: what to build, if not everything. PARLEY_BUILD_ONLY: no test is run.
{ cmake --preset "$preset" && cmake --build --preset "$preset" ${PARLEY_TARGETS:+--target $PARLEY_TARGETS}; } > "$log" 2>&1 ||
  { grep -E -A8 'rror:|Error|FAILED' "$log" | head -80 || true; failed "The build failed; all of it is in $log."; }
[ -z "${PARLEY_BUILD_ONLY-}" ] || exit 0

results=$PWD/build/$preset/results.xml output=$PWD/build/$preset/tests.log
rm -f "$results"
ctest --test-dir "build/$preset" --parallel "$(nproc)" --output-on-failure --timeout 300 --repeat until-pass:2 --output-junit "$results" "$@" |
  tee "$output" || true
[ -f "$results" ] || failed "ctest has not run."

# What ctest started twice.
sed -nE 's/^ +Start +[0-9]+: (.*)/Failed at the first attempt: \1/p' "$output" | sort | uniq -d
# Interop does this by itself (tests/interop/lib/record.mjs).
find "build/$preset" -name '*.first.log' -newer "$log" -printf 'Failed at the first attempt: %P\n'
# What has failed at both, and how: CI repeats these lines at its end.
sed -nE 's/^\t *[0-9]+ - (.*) \(([A-Za-z ]+)\).*/Failed: \1 (\2)/p' "$output" | grep -v '(Skipped)$\|(Disabled)$' || true
# The attributes of the one <testsuite>.
number() { grep -o -m1 "$1=\"[0-9]*\"" "$results" | grep -o '[0-9]*'; }
all=$(number tests) bad=$(number failures) skipped=$(($(number skipped) + $(number disabled)))
[ "$all" -gt 0 ] || failed "There are no such tests."
echo "$((all - bad - skipped)) passed, $bad failed, $skipped skipped"
[ "$bad" -eq 0 ]
