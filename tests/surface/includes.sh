#!/usr/bin/env bash
# includes.sh COMPILER SOURCE_FOLDER: fails if the public headers bring a program the headers of another library: none may, but
# those of signaling bring nlohmann_json's. What brings it directly is cmake/layers.txt's to say.
set -euo pipefail
compiler=$1 folder=$2/include
cd "$folder"
brought() { for header in "$@"; do echo "#include <$header>"; done | "$compiler" -std=c++20 -I. -M -x c++ - | tr ' \\' '\n\n' | sort -u; }
foreign() { grep -E '^/.*/(nlohmann|glib|gio|gobject|nice|openssl|srtp|libsoup|libav|libsw|aom|opus|vpx|usrsctp|agent\.h)' || true; }
all=$(brought parley/parley.hpp $(ls parley/av/*.hpp))
# It has read something, and would notice.
grep -q '^parley/peer_connection\.hpp$' <<< "$all" || { echo "not read: $all"; exit 1; }
[ -n "$(brought parley/signaling_channel.hpp | foreign)" ] || { echo "parley/signaling_channel.hpp brings nothing: is this test blind?"; exit 1; }
wrong=$(foreign <<< "$all")
[ -z "$wrong" ] || { printf 'parley/parley.hpp and parley/av bring:\n%s\n' "$wrong"; exit 1; }
wrong=$(brought $(ls parley/*.hpp) | foreign | grep -v /nlohmann/ || true)
[ -z "$wrong" ] || { printf 'signaling brings:\n%s\n' "$wrong"; exit 1; }
echo "$(grep -c '^parley/' <<< "$all") headers bring nothing of other libraries"
