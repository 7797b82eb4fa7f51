#!/bin/sh
# Every benchmark, one after the other: bench/run.sh BUILD
# AISPRINT_TEST_DATA names a folder of larger models; without it those rows are left out, and that is said.
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
PATH=$build:$PATH
PYTHONPATH=$build/python
export PATH PYTHONPATH AISPRINT_BUILD="$build"

echo "processor  $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores"
echo "compiler   $(cc --version | head -1), meson buildtype $(meson introspect --buildoptions "$build" |
    python3 -c 'import json,sys; print([o["value"] for o in json.load(sys.stdin) if o["name"] == "buildtype"][0])')"
echo "system     $(. /etc/os-release && echo "$PRETTY_NAME"), Linux $(uname -r)"
[ -n "${AISPRINT_TEST_DATA:-}" ] || echo "skipped    rows of the larger models: AISPRINT_TEST_DATA is not set"
echo
/usr/bin/python3 bench/bench_commands.py
/usr/bin/python3 bench/bench_design.py
/usr/bin/python3 bench/bench_deployments.py
"$build/bench/bench_annotate" examples/garments/src/classifier/main.py
/usr/bin/python3 bench/bench_annotate.py examples/garments/src/classifier/main.py
"$build/bench/bench_evaluate"
[ -z "${AISPRINT_TEST_DATA:-}" ] ||
    "$build/bench/bench_evaluate" "$AISPRINT_TEST_DATA/space4ai/Strict_15c_1.json" 1.8
/usr/bin/python3 bench/bench_place.py
"$build/bench/bench_infer"
/usr/bin/python3 bench/bench_python.py
/usr/bin/python3 bench/bench_run.py
/usr/bin/python3 bench/bench_onnx_shapes.py
/usr/bin/python3 bench/bench_onnx.py
/usr/bin/python3 bench/bench_segments.py
/usr/bin/python3 bench/bench_cuts.py
