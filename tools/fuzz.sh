#!/bin/sh
# Search for crashes with libFuzzer: tools/fuzz.sh FOLDER TARGET|all SECONDS
# New inputs go to FOLDER/corpus/TARGET; a crash stays there as crash-*: copy it to tests/fuzz/corpus/TARGET.
set -eu
cd "$(dirname "$0")/.."
folder=$1 target=$2 seconds=$3
# fuzzer-no-link: the library itself is instrumented too, or the search would be blind to it
CC=clang tools/build.sh "$folder" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args=-fsanitize=fuzzer-no-link
if [ "$target" = all ]; then
    targets=$(sed -n "s/^ *'\([a-z_]*\)',.*/\1/p" tests/fuzz/meson.build)
else
    targets=$target
fi
for name in $targets; do
    found=$folder/corpus/$name
    mkdir -p "$found"
    dictionary=
    [ ! -f "tests/fuzz/$name.dict" ] || dictionary="-dict=tests/fuzz/$name.dict"
    echo "fuzz: $name for $seconds s"
    # shellcheck disable=SC2086 # no option when there is no dictionary
    "$folder/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found/" -print_final_stats=1 -verbosity=0 $dictionary \
        "$found" "tests/fuzz/corpus/$name"
done
