#!/usr/bin/env bash
# pkg_config_consumer.sh WORK PREFIX LIBDIR KIND CONSUMER MODULES...: builds consumer/*.cpp with what pkg-config says, KIND shared or
# static, and runs them. Linking statically, our libraries come from their archives, as if the prefix held nothing else.
set -euo pipefail
work=$1 prefix=$2 libdir=$3 kind=$4 consumer=$5
shift 5
mkdir -p "$work"
cp -rlf "$prefix/." "$work/prefix"
export PKG_CONFIG_PATH=$work/prefix/$libdir/pkgconfig LD_LIBRARY_PATH=$work/prefix/$libdir
static=
if [ "$kind" = static ]; then
  static=--static
  rm -f "$work/prefix/$libdir"/libparley*.so*
fi
pkg-config --exists 'parley >= 0.1'
for module in "$@"; do
  case $module in parley) source=main ;; *) source=${module#parley-} ;; esac
  # shellcheck disable=SC2046
  ${CXX:-c++} -std=c++20 -Wall -Wextra -Werror "$consumer/$source.cpp" -o "$work/$source" $(pkg-config $static --cflags --libs "$module")
  "$work/$source"
done
