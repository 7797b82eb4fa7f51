#!/bin/sh
# Everything that reads the sources without running them. Ends with 1 when anything was found.
set -eu
cd "$(dirname "$0")/.."
status=0
check() {
    printf '%-14s' "$1"
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        echo ok
    else
        echo failed
        cat "$log"
        status=1
    fi
    rm -f "$log"
}

gcc_build() { tools/build.sh build-gcc -Dwerror=true; }
clang_build() { CC=clang tools/build.sh build-clang -Dwerror=true; }
sources() { git ls-files 'src/*.c' 'python/*.c'; }
tidy() {
    python3 - <<'END'
import json, os
rows = json.load(open('build-clang/compile_commands.json'))
# clang-tidy 14 reads only what is ours
keep = [r for r in rows if '/deps/' not in os.path.abspath(os.path.join(r['directory'], r['file']))]
os.makedirs('build-clang/tidy', exist_ok=True)
json.dump(keep, open('build-clang/tidy/compile_commands.json', 'w'))
END
    sources | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p build-clang/tidy
}
cpp() {
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --force \
        --error-exitcode=1 --suppressions-list=tools/cppcheck.txt -j "$(nproc)" -D_GNU_SOURCE \
        -DAIS_VERSION='"0"' -Iinclude -Isrc src python
}

check layers tools/check-layers
check gcc gcc_build
check clang clang_build
check sizes tools/check-sizes build-gcc
check format sh -c "git ls-files 'src/*.[ch]' 'include/*.h' 'python/*.c' | xargs clang-format --dry-run -Werror"
check clang-tidy tidy
check cppcheck cpp
check shellcheck sh -c "git ls-files '*.sh' | xargs shellcheck -S warning"
exit $status
