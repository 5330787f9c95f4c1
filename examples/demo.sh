#!/usr/bin/env bash
# Two programs find each other, connect and talk; two others send a picture and a tone. The demonstration ends by itself. Installs
# what is missing and builds what it needs first.
set -euo pipefail
cd "$(dirname "$0")/.."
bash cmake/install_packages.sh build

export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
log=build/demo.log
mkdir -p build
# Media needs the codecs of the component parley-av, which not every system has.
programs=(offer answer) av=OFF
if pkg-config --exists libavformat libswscale libswresample vpx aom opus; then
  programs+=(send-card receive-card) av=ON
fi
echo "Building the library and ${#programs[@]} programs (a few minutes the first time) …"
{
  cmake --preset release -B build/demo -DPARLEY_TESTS=OFF -DPARLEY_BENCHMARKS=OFF -DPARLEY_AV=$av &&
    cmake --build build/demo --target "${programs[@]}"
} > "$log" 2>&1 || { tail -40 "$log"; echo "The build failed; all of it is in $log."; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/to_answerer" "$work/to_offerer"

# Their words are on standard error; standard output is the pipe to the other one. Opening a pipe waits for its other end: one
# opens them in this order, the other in that.
say() { sed -u "s/^/  $1: /"; }
# connect OFFERER ANSWERER: both programs, until they end by themselves.
connect() {
  local offered=0 answered=0
  timeout 60 "build/demo/examples/$2" 2>&1 < "$work/to_answerer" > "$work/to_offerer" | say 'answerer' &
  local answerer=$!
  timeout 60 "build/demo/examples/$1" 2>&1 > "$work/to_answerer" < "$work/to_offerer" | say 'offerer ' || offered=$?
  wait "$answerer" || answered=$?
  echo
  [ "$offered$answered" = 00 ] || { echo "That failed (exit codes: offerer $offered, answerer $answered)."; exit 1; }
}

cat << 'WORDS'

Two processes on this machine, an offerer and an answerer, have only a pipe each way between them. Over it they tell each
other what they can do (offer and answer) and at which addresses they may be reached (candidates). Then they connect
directly, encrypted from end to end, and talk on a data channel.

WORDS
connect offer answer
echo "The peers connected, three messages went each way, and both have closed the connection and ended."

if [ $av = OFF ]; then
  echo "Picture and sound are left out: this system lacks FFmpeg's, libaom's, libopus's or libvpx's development packages."
  exit 0
fi
cat << 'WORDS'

Now with picture and sound: the offerer draws and hums, encodes that as VP8 and Opus, and sends it; the answerer decodes it.

WORDS
connect send-card receive-card | tee "$work/words"
arrived=$(sed -n 's/.*is told: //p' "$work/words")
echo "Picture and sound went through: $arrived."
