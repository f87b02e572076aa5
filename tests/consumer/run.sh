#!/usr/bin/env bash
# An outside program against the install, by find_package and by pkg-config, then again with the install moved away.
# Usage: tests/consumer/run.sh BUILD_DIR. Ends with "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() {
    local what=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: consumer, $what"
        tail -n 30 "$work/log"
    fi
}

by_find_package() {
    rm -rf "$work/build"
    cmake -S "$2" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$1" && cmake --build "$work/build" && "$work/build/consumer"
}

by_pkg_config() {
    local flags
    flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$1" -name earmark.pc)") pkg-config --cflags --libs earmark) || return 1
    # shellcheck disable=SC2086
    c++ -std=c++20 "$here/main.cpp" $flags -o "$work/by_pkg_config" && "$work/by_pkg_config"
}

c_by_pkg_config() {
    local flags
    flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$1" -name earmark-c.pc)") pkg-config --cflags --libs earmark-c) || return 1
    # shellcheck disable=SC2086
    cc -std=c99 -Wall -Wextra -Wpedantic -Werror "$here/c/main.c" $flags -o "$work/c_by_pkg_config" &&
        LD_LIBRARY_PATH=$(dirname "$(find "$1" -name libearmark-c.so)") "$work/c_by_pkg_config"
}

# Nothing but what the header declares, and all of it.
only_intended_symbols() {
    local library
    library=$(find "$1" -name libearmark-c.so)
    nm -D --defined-only "$library" | awk '$2 != "A" {print $3}' | sed 's/@@EARMARK_0$//' | sort >"$work/exported"
    grep -E '^EARMARK_API' "$1/include/earmark/earmark.h" | grep -oE 'earmark_[a-z0-9_]+\(' | tr -d '(' | sort >"$work/declared"
    [ "$(wc -l <"$work/declared")" -gt 30 ] && diff "$work/declared" "$work/exported" &&
        readelf -d "$library" | grep -q 'soname: \[libearmark-c\.so\.0\]' &&
        [ "$(nm -D --defined-only "$1/lib/ladspa/earmark.so" | awk '{print $3}')" = ladspa_descriptor ]
}

wrong_version_is_refused() {
    sed 's/find_package(earmark 0.1/find_package(earmark 99.0/' "$here/CMakeLists.txt" >"$work/CMakeLists.txt"
    cp "$here/main.cpp" "$work"
    ! cmake -S "$work" -B "$work/wrong" -G Ninja -DCMAKE_PREFIX_PATH="$1"
}

has() {
    local file
    for file in bin/earmark share/man/man1/earmark.1 share/bash-completion/completions/earmark \
        share/zsh/site-functions/_earmark share/fish/vendor_completions.d/earmark.fish include/earmark/earmark.hpp \
        include/earmark/earmark.h lib/ladspa/earmark.so; do
        [ -s "$1/$file" ] || { echo "not installed: $file"; return 1; }
    done
    "$1/bin/earmark" --version
}

# What reads and writes tags is a module beside the command, to be found wherever both are.
labels_in_tags() {
    ffmpeg -loglevel error -y -f lavfi -i sine=duration=1 "$work/tone.flac" &&
        "$1/bin/earmark" label "$work/tone.flac" "$work/labelled.flac" --producer ExampleVoice --produce-id 1 &&
        "$1/bin/earmark" label --check "$work/labelled.flac"
}

check "install" cmake --install "$build" --prefix "$work/first"
check "everything is there" has "$work/first"
check "labels in tags" labels_in_tags "$work/first"
check "find_package" by_find_package "$work/first" "$here"
check "find_package, C" by_find_package "$work/first" "$here/c"
check "pkg-config" by_pkg_config "$work/first"
check "pkg-config, C" c_by_pkg_config "$work/first"
check "symbols of the C interface" only_intended_symbols "$work/first"
check "another major version is refused" wrong_version_is_refused "$work/first"
mv "$work/first" "$work/moved"
check "labels in tags, moved" labels_in_tags "$work/moved"
check "find_package, moved" by_find_package "$work/moved" "$here"
check "find_package, C, moved" by_find_package "$work/moved" "$here/c"
check "pkg-config, moved" by_pkg_config "$work/moved"
check "pkg-config, C, moved" c_by_pkg_config "$work/moved"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
