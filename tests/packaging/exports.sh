#!/usr/bin/env bash
# exports.sh LIBRARY...: fails if a shared library exports something that is not of its public interface, or its name says nothing of
# its version.
set -euo pipefail
kinds='(typeinfo (name )?for |vtable for |VTT for |(non-)?virtual thunk to )?'
inner='parley::(api|cc|channels|dcep|dtls|formats|ice|jsep|media|rtp|sctp|sdp|session|sframe|signaling|srtp|stats)::'
for library in "$@"; do
  exported=$(nm -DC --defined-only "$library" | cut -d' ' -f3- )
  [ -n "$exported" ] || { echo "$library exports nothing"; exit 1; }
  # A function template's name starts with what it returns.
  foreign=$(grep -Ev "^${kinds}parley::|^[A-Za-z_:<>, 0-9&*]+ parley::" <<< "$exported" || true)
  hidden=$(grep -E "^${kinds}${inner}" <<< "$exported" || true)
  [ -z "$foreign$hidden" ] || { printf '%s exports:\n%s\n%s\n' "$library" "$foreign" "$hidden"; exit 1; }
  soname=$(readelf -d "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\].*/\1/p')
  [[ $soname =~ ^lib[a-z-]+\.so\.[0-9]+$ ]] || { echo "$library calls itself “$soname”"; exit 1; }
  echo "$(basename "$library"): $(wc -l <<< "$exported") symbols, all public"
done
