#!/bin/sh
# An installed copy works by itself: from a folder with a space, with nothing of the build tree in reach.
set -eu
scratch=$(mktemp -d "${TMPDIR:-/tmp}/aisprint install XXXXXX")
trap 'cd / && rm -rf "$scratch"' EXIT
case $(strings "$AISPRINT_BUILD/aisprint" 2>/dev/null || true) in
*__asan_init*)
    echo "the build is sanitized: its libraries cannot be moved"
    exit 77
    ;;
esac
DESTDIR="$scratch/root" meson install -C "$AISPRINT_BUILD" --quiet --no-rebuild
bin=$(dirname "$(find "$scratch/root" -path '*/bin/aisprint')")
# nothing of the build tree: a program that looked there would find another's python/ and libraries
cd "$scratch"
for language in python c; do
    [ "$language" = python ] || command -v cc >/dev/null || continue
    env -i HOME="$scratch" PATH=/usr/bin:/bin "$bin/aisprint" new --quiet "app $language-is-no-name" 2>/dev/null && exit 1
    env -i HOME="$scratch" PATH=/usr/bin:/bin "$bin/aisprint" new --quiet app-$language --lang $language
    env -i HOME="$scratch" PATH=/usr/bin:/bin "$bin/aisprint" design --quiet --app app-$language
    env -i HOME="$scratch" PATH=/usr/bin:/bin "$bin/aisprint" run --quiet \
        --app app-$language --input app-$language/sample --output out-$language 2>log || {
        cat log
        exit 1
    }
    grep -q 'seen by second' out-$language/second/hello.txt
done
echo "an installed copy runs components in Python and C"
