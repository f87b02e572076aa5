#!/usr/bin/env bash
# The library for 64-bit ARM: cross-compiled, then its tests under emulation (qemu-user), once for every kind of vector
# that Highway knows there. Needs Debian or Ubuntu on x86-64, root or sudo. The last line is "N passed, N failed".
#
#     tests/arm.sh [--all]     --all: every C++ test of the library on NEON as well, an hour and more
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tools/packages.sh
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
dpkg --print-foreign-architectures | grep -qx arm64 || "${as_root[@]}" dpkg --add-architecture arm64
require_packages cmake ninja-build pkg-config ladspa-sdk doctest-dev g++-aarch64-linux-gnu qemu-user \
    lib{hwy,fftw3,sodium,ebur128}-dev:arm64 || exit 1

passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# suite PROCESSOR FILTER...: counts test cases; a run without any is a failure.
suite() {
    local processor=$1 code p f
    shift
    qemu-aarch64 -cpu "$processor" build-arm64/tests/earmark_tests --no-colors=true "$@" >"$log" 2>&1
    code=$?
    p=$(grep -oE '[0-9]+ passed' "$log" | head -n 1 | grep -oE '[0-9]+' || echo 0)
    f=$(grep -oE '[0-9]+ failed' "$log" | head -n 1 | grep -oE '[0-9]+' || echo 0)
    [ "$f" -eq 0 ] && { [ $code -ne 0 ] || [ "$p" -eq 0 ]; } && f=1
    [ "$f" -eq 0 ] || cat "$log"
    echo "== $processor: $p passed, $f failed"
    passed=$((passed + p)) failed=$((failed + f))
}

if cmake --preset arm64 >"$log" 2>&1 && cmake --build --preset arm64 --target earmark_tests >>"$log" 2>&1; then
    # NEON; SVE of 512 bits; SVE2 of 2048, 128 and 256 bits, the last two with kernels of their own.
    for processor in cortex-a72 a64fx max max,sve-max-vq=1 max,sve-max-vq=2; do
        suite "$processor" --test-case='*simd:*'
    done
    # Embedder and detector on every target of one processor, and the tests of what they are made of.
    suite max,sve-max-vq=2 --test-case='*targets:*'
    suite cortex-a72 --source-file='*/carrier/*,*/coding/*,*/transform/*,*/masking/*'
    [ "${1:-}" != --all ] || suite cortex-a72
else
    tail -n 40 "$log"
    failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
