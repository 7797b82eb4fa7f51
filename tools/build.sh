#!/bin/sh
# Configure a build folder once, then build: tools/build.sh FOLDER [meson options]
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
if [ ! -f "$folder/build.ninja" ]; then
    rm -rf "$folder"
    log=$(mktemp)
    meson setup "$folder" "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        rm -f "$log"
        echo "build: error: meson could not configure $folder (run make setup, then try again)" >&2
        exit 1
    }
    rm -f "$log"
fi
ninja -C "$folder" --quiet
