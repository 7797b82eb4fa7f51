#!/bin/sh
# An example from source to result: check, design, run, report. demo.sh BUILD [garments|reading]
set -eu
cd "$(dirname "$0")/.."
program=$1/aisprint
example=${2:-garments}
app=examples/$example
out=out/$example
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

# Items, and what `run` needs to know of them.
case $example in
garments)
    what="1,000 images of the Fashion-MNIST test set"
    items=images
    make_items() { /usr/bin/python3 "$app/make_items.py" --count 1000 "$out/items"; }
    run() { "$program" run "$@" --labels "$out/items/labels.csv" --drop-label Bag; }
    score() { :; }
    ;;
reading)
    what="50 pictures of words, and the models"
    items=pictures
    make_items() { "$app/get_models.sh" && /usr/bin/python3 "$app/make_items.py" --count 50 "$out/items"; }
    run() { "$program" run "$@"; }
    score() {
        step "score.py $out/results/recogniser $out/items/words.csv"
        /usr/bin/python3 "$app/score.py" "$out/results/recogniser" "$out/items/words.csv"
    }
    ;;
*)
    echo "demo.sh: error: there is no example '$example' (garments or reading)" >&2
    exit 2
    ;;
esac

rm -rf "$out"
mkdir -p "$out"
step "$what"
make_items
step "aisprint check --app $app"
"$program" check --app "$app"
step "aisprint design --app $app"
"$program" design --app "$app"
step "aisprint run --app $app --input $out/items/$items --output $out/results"
run --app "$app" --input "$out/items/$items" --output "$out/results" --report "$out/report.html"
score
