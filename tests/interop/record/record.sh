#!/bin/sh
# record.sh ARGUMENTS...: record.mjs in namespaces of its own (../apart.sh).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../apart.sh" "${PARLEY_NODE:-node}" "$here/record.mjs" "$@"
