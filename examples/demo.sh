#!/usr/bin/env bash
# Two programs find each other, connect and talk, and the demonstration ends by itself. Installs what is missing and builds what it
# needs first.
set -euo pipefail
cd "$(dirname "$0")/.."
bash cmake/install_packages.sh build

export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
log=build/demo.log
mkdir -p build
echo "Building the library and the two programs (a few minutes the first time) …"
{
  cmake --preset release -B build/demo -DPARLEY_TESTS=OFF -DPARLEY_BENCHMARKS=OFF &&
    cmake --build build/demo --target offer answer
} > "$log" 2>&1 || { tail -40 "$log"; echo "The build failed; all of it is in $log."; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/to_answerer" "$work/to_offerer"

cat << 'WORDS'

Two processes on this machine, an offerer and an answerer, have only a pipe each way between them. Over it they tell each
other what they can do (offer and answer) and at which addresses they may be reached (candidates). Then they connect
directly, encrypted from end to end, and talk on a data channel.

WORDS
# Their words are on standard error; standard output is the pipe to the other one. Opening a pipe waits for its other end: one
# opens them in this order, the other in that.
say() { sed -u "s/^/  $1: /"; }
offered=0 answered=0
timeout 60 build/demo/examples/answer 2>&1 < "$work/to_answerer" > "$work/to_offerer" | say 'answerer' &
answerer=$!
timeout 60 build/demo/examples/offer 2>&1 > "$work/to_answerer" < "$work/to_offerer" | say 'offerer ' || offered=$?
wait "$answerer" || answered=$?

echo
if [ "$offered$answered" != 00 ]; then
  echo "That failed (exit codes: offerer $offered, answerer $answered)."
  exit 1
fi
echo "The peers connected, three messages went each way, and both have closed the connection and ended."
