#!/bin/sh
# A full disk: design says so, leaves the last design whole and nothing of its own behind.
set -eu
scratch=$(mktemp -d)
mount -t tmpfs -o size=400k none "$scratch" 2>/dev/null || {
    rmdir "$scratch"
    echo "a small file system cannot be mounted here (needs root)"
    exit 77
}
trap 'cd / && umount "$scratch"; rmdir "$scratch"' EXIT
cd "$scratch"
aisprint new --quiet app
aisprint design --quiet --app app
before=$(find app/aisprint -type f -exec sha256sum {} + | sort | sha256sum)
head -c 250000 /dev/urandom >app/src/first/weights.bin # fits once, and not twice
if aisprint design --app app 2>message; then
    echo "design succeeded on a full disk"
    exit 1
fi
grep -q 'No space left on device' message || { cat message; exit 1; }
rm message app/src/first/weights.bin
[ "$before" = "$(find app/aisprint -type f -exec sha256sum {} + | sort | sha256sum)" ] || { echo "the last design is not whole"; exit 1; }
[ -z "$(find app -name '.staging*' -o -name '.aisprint-*')" ] || { find app -name '.*'; exit 1; }
echo "told, and nothing half-written"
