#!/bin/sh
# apart.sh COMMAND...: runs COMMAND in network, mount and process namespaces of its own. Nothing leaves them, and when this
# process ends, however it ends, everything in them ends too. Exit code 77: the machine does not allow such namespaces.
set -eu
map=
[ "$(id -u)" = 0 ] || map=--map-root-user
apart="unshare $map --net --mount --pid --fork --kill-child --mount-proc"
if ! $apart true; then
  echo "interop: no permission for namespaces, skipped" >&2
  exit 77
fi
exec $apart "$@"
