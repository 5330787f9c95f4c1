#!/usr/bin/env bash
# install_packages.sh [build]: installs the Debian packages of packages.txt that are missing, with "build" only those marked so.
# Says nothing and takes no time when there is nothing to do.
set -euo pipefail
list=$(dirname "$0")/packages.txt
lines=$(grep -v '^#' "$list")
[ "${1-}" != build ] || lines=$(grep '# build:' <<< "$lines")
if ! command -v dpkg-query > /dev/null; then
  echo "This is not a Debian system: make sure that it has what $list names." >&2
  exit 0
fi

# A Node.js that is not Debian's brings its npm along.
has() {
  case $1 in
    nodejs) command -v node > /dev/null ;;
    npm) command -v npm > /dev/null ;;
    *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2> /dev/null)" = installed ] ;;
  esac
}
missing=()
while read -r name _; do
  has "$name" || missing+=("$name")
done <<< "$lines"
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing: ${missing[*]}"
root=
if [ "$(id -u)" != 0 ]; then
  root=sudo
  command -v sudo > /dev/null || { echo "Not root, and no sudo: cannot install them." >&2; exit 1; }
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() { $root env DEBIAN_FRONTEND=noninteractive "$@" > "$log" 2>&1 || { cat "$log" >&2; exit 1; }; }
run apt-get update
run apt-get install -y --no-install-recommends "${missing[@]}"
