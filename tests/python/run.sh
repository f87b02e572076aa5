#!/usr/bin/env bash
# Builds the wheel from what git knows, installs it in a clean environment, tests it there; then the module under
# sanitizers. With the word "wheel" or "sanitized" only the one or the other. The last line is "N passed, N failed, N
# skipped". EARMARK names the C++ program to compare with.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
export EARMARK=${EARMARK:-$root/build-release/tools/earmark} PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH
passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 40 "$work/log"
        return 1
    fi
}

number() {
    grep -oE "[0-9]+ $1" "$work/log" | tail -n 1 | grep -oE '^[0-9]+' || echo 0
}

pytests() {
    (cd "$work" && "$@" -q -rs -p no:cacheprovider) >"$work/log" 2>&1
    local code=$? wrong
    wrong=$(($(number failed) + $(number 'errors?')))
    [ $code -ne 0 ] && [ $wrong -eq 0 ] && wrong=1
    [ $code -eq 0 ] || tail -n 200 "$work/log"
    grep -E '^SKIPPED' "$work/log"
    passed=$((passed + $(number passed))) failed=$((failed + wrong)) skipped=$((skipped + $(number skipped)))
}

# What git knows; from an archive, or without git: all but what was built.
source_files() {
    git ls-files -co --exclude-standard -z 2>/dev/null ||
        find . -name 'build*' -prune -o -name .git -prune -o -type f -print0
}

# Its build folder lies where that of tests/run.sh does, beside the sources, so that a compiler's cache knows them.
make_wheel() {
    printf '[build]\nbuild_temp = %s\n' "$work/source/build-wheel" >"$work/wheel.cfg"
    mkdir "$work/source" && source_files | xargs -0 tar -cf - | tar -xf - -C "$work/source" &&
        /usr/bin/python3 -m venv --system-site-packages "$work/venv" &&
        DIST_EXTRA_CONFIG=$work/wheel.cfg CCACHE_BASEDIR=$work/source \
            "$work/venv/bin/pip" wheel --no-index --no-deps --no-build-isolation -w "$work/wheels" "$work/source"
}

small() {
    local bytes
    bytes=$(stat -c %s "$work"/wheels/earmark-*.whl)
    echo "the wheel has $bytes bytes" && [ "$bytes" -lt 2000000 ]
}

# What the module asks of the system, by name.
only_known_libraries() {
    local module unknown
    module=$(cd "$work" && venv/bin/python -c 'import earmark._earmark as m; print(m.__file__)')
    unknown=$(objdump -p "$module" | awk '/NEEDED/ {print $2}' |
        grep -vE '^(libfftw3f|libsodium|libebur128|libstdc\+\+|libgcc_s|libm|libc|ld-linux-x86-64)\.so')
    echo "unknown: $unknown" && [ -n "$module" ] && [ -z "$unknown" ]
}

# Nothing but numpy: a second environment that sees no other package.
needs_numpy_alone() {
    local numpy
    numpy=$(/usr/bin/python3 -c 'import numpy, os; print(os.path.dirname(numpy.__file__))')
    mkdir "$work/alone" && ln -s "$numpy" "$work/alone/numpy" && unzip -q "$work"/wheels/earmark-*.whl -d "$work/alone" &&
        (cd "$work" && PYTHONPATH=$work/alone /usr/bin/python3 -S -c '
import earmark, numpy as np
key = earmark.Key.generate()
x = np.random.default_rng(0).normal(0, 0.1, 48000)
assert earmark.detect(earmark.embed(x, sample_rate=16000, key=key, payload=1), sample_rate=16000, key=key).payload == 1')
}

installed_there() {
    [[ $(cd "$work" && venv/bin/python -c 'import earmark; print(earmark.__file__)') == "$work"/venv/* ]]
}

build_sanitized() {
    cmake --preset asan-ubsan -DEARMARK_BUILD_PYTHON=ON && cmake --build --preset asan-ubsan --target _earmark
}

if [ "${1:-wheel}" = wheel ] && check "wheel" make_wheel; then
    check "wheel below 2 MB" small
    check "install" "$work/venv/bin/pip" install --no-index --no-deps "$work"/wheels/earmark-*.whl
    check "imported from where it was installed" installed_there
    check "libraries" only_known_libraries
    check "numpy alone" needs_numpy_alone
    pytests "$work/venv/bin/python" -m pytest "$root/tests/python"
fi
if [ "${1:-sanitized}" = sanitized ] && check "module under sanitizers" build_sanitized; then
    preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libstdc++.so)"
    pytests env LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
        PYTHONPATH="$root/build-asan-ubsan/python" /usr/bin/python3 -m pytest \
        "$root"/tests/python/test_{bad_input,arrays,streams,resuming,keys,payload,detection,cue}.py
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
