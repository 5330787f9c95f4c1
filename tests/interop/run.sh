#!/bin/sh
# run.sh ARGUMENTS...: run.mjs in namespaces of its own (apart.sh). Exit code 77: the machine does not allow them; run.sh --probe
# only tells that.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "${1-}" != --probe ] || exec "$here/apart.sh" true
exec "$here/apart.sh" "${PARLEY_NODE:-node}" "$here/run.mjs" "$@"
