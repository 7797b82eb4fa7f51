#!/bin/sh
# Called by meson install: writes the man pages with the program that was just built.
set -eu
"$MESON_BUILD_ROOT/aisprint" man --dir "$MESON_INSTALL_DESTDIR_PREFIX/share/man/man1"
