#!/bin/sh
# The long kill-and-recover rounds: tests/soak/run.sh BUILD
set -eu
cd "$(dirname "$0")/../.."
PATH=$(realpath "$1"):$PATH
export PATH
AISPRINT_ROUNDS=${AISPRINT_ROUNDS:-500}
export AISPRINT_ROUNDS
/usr/bin/python3 tests/extra/design_kill.py
