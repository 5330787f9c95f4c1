#!/usr/bin/env bash
# cmake_consumer.sh WORK SOURCE CMAKE_ARGUMENTS...: configures and builds SOURCE in WORK and runs the programs it makes.
set -euo pipefail
work=$1 source=$2
shift 2
rm -rf "$work/CMakeCache.txt"
cmake -S "$source" -B "$work" -G Ninja "$@"
cmake --build "$work" --target all
for program in "$work"/consumer "$work"/consumer_signaling "$work"/consumer_av; do
  [ ! -x "$program" ] || "$program"
done
