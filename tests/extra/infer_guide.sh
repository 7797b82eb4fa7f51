#!/bin/sh
# The program of docs/inference.md compiles without a warning, links through pkg-config and prints what
# the guide says; libaisprint.so exports public names only and leaves none of ours open.
set -eu
root=${AISPRINT_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
build=$AISPRINT_BUILD
library=$build/src/libaisprint.so
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
    echo "infer_guide: $*" >&2
    exit 1
}

others=$(nm -D --defined-only "$library" | awk '$2 == "T" && $3 !~ /^ais_[a-z]+_[a-z_]+@/ {print $3}')
[ -z "$others" ] || fail "exports what is not public: $others"
open=$(nm -D --undefined-only "$library" | awk '$2 ~ /^ais_/ {print $2}')
[ -z "$open" ] || fail "leaves undefined: $open"

flags=
if nm -D "$library" | grep -q __asan_init; then
    flags=-fsanitize=address,undefined
elif nm -D "$library" | grep -q __tsan_init; then
    flags=-fsanitize=thread
fi
PKG_CONFIG_PATH=$build/meson-uninstalled LD_LIBRARY_PATH=$build/src
export PKG_CONFIG_PATH LD_LIBRARY_PATH
# shellcheck disable=SC2016 # the back-ticks are those of the guide
sed -n '/^```c$/,/^```$/{/^```/d;p}' "$root/docs/inference.md" >"$scratch/show.c"
# pkg-config escapes blanks in paths for the shell, which must therefore read its words
eval "cc -std=c17 -Wall -Wextra -Wpedantic -Werror $flags '$scratch/show.c' \
    $(pkg-config --cflags --libs aisprint) -o '$scratch/show'"
if ! "$build/aisprint" doctor --json | grep -A1 '"ONNX Runtime"' | grep -q '"ok": true'; then
    echo "skipped: no ONNX Runtime to run the program of docs/inference.md"
    exit 77
fi
cd "$root"
"$scratch/show" examples/garments/src/classifier/onnx/classifier.onnx "$scratch/out.safetensors" \
    >"$scratch/printed"
# shellcheck disable=SC2016
sed -n '/^\$ \.\/show/,/^```$/{/^\$/d;/^```/d;p}' docs/inference.md | cmp - "$scratch/printed" ||
    fail "printed: $(cat "$scratch/printed")"
[ "$("$scratch/show" README.md "$scratch/no" 2>&1 | cut -c1-32)" = "show: this is no whole ONNX mode" ] ||
    fail "a file that is no model is not refused"
