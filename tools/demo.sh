#!/bin/sh
# The example from source to result: check, design, run on 1,000 images, report.
set -eu
cd "$(dirname "$0")/.."
program=$1/aisprint
app=examples/garments
out=out/garments
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

rm -rf "$out"
mkdir -p "$out"
step "1,000 images of the Fashion-MNIST test set"
/usr/bin/python3 $app/make_items.py --count 1000 "$out/items"
step "aisprint check --app $app"
"$program" check --app $app
step "aisprint design --app $app"
"$program" design --app $app
step "aisprint run --app $app --input $out/items --output $out/results"
"$program" run --app $app --input "$out/items/images" --output "$out/results" \
    --labels "$out/items/labels.csv" --drop-label Bag --report "$out/report.html"
