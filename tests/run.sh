#!/usr/bin/env bash
# Everything, from the packages to the verdict. The last line is "N passed, N failed[, N skipped]"; the exit code is not
# zero when anything failed or nothing ran.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tools/packages.sh
passed=0 failed=0 skipped=0

# A suite is asked for its counts; one that ends badly without naming a failure counts as one failure.
count() {
    local name=$1 code=$2 p=${3:-0} f=${4:-0} s=${5:-0}
    [ "$code" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    [ $((p + f)) -eq 0 ] && f=1 # a suite that runs nothing has not passed
    echo "== $name: $p passed, $f failed, $s skipped (after $SECONDS s)"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# The number before a word in the log: `number passed` reads 12 from "12 passed".
number() {
    grep -oE "[0-9]+ $1" "$log" | tail -n 1 | grep -oE '^[0-9]+' || echo 0
}

build() {
    echo "== building $1"
    cmake --preset "$@" >"$log" 2>&1 && cmake --build --preset "$1" >>"$log" 2>&1
    local code=$?
    [ $code -eq 0 ] || tail -n 40 "$log"
    count "build $1" $code $((code == 0))
    return $code
}

doctests() {
    "build-$1/tests/${2:-earmark_tests}" --no-colors=true >"$log" 2>&1
    count_doctests "C++ tests, $1${2:+, ${2#earmark_}}" $? "$log"
}

count_doctests() {
    local name=$1 code=$2 log=$3
    [ "$code" -eq 0 ] || cat "$log"
    # [doctest] test cases: 12 | 12 passed | 0 failed | 0 skipped
    local line
    line=$(grep -E '^\[doctest\] test cases:' "$log" | tr -d ' ')
    [ -n "$line" ] || { count "$name" 1; return; }
    count "$name" $code "$(sed -E 's/.*\|([0-9]+)passed.*/\1/' <<<"$line")" \
        "$(sed -E 's/.*\|([0-9]+)failed.*/\1/' <<<"$line")" "$(sed -E 's/.*\|([0-9]+)skipped.*/\1/' <<<"$line")"
}

# What threads share, under the sanitizer for it: a program of its own.
threads() {
    echo "== building tsan"
    cmake --preset tsan >"$log" 2>&1 && cmake --build --preset tsan --target earmark_thread_tests >>"$log" 2>&1 || cat "$log"
    doctests tsan earmark_thread_tests
}

run_pytests() {  # PROGRAM LOG ARGUMENT...
    EARMARK=$1 /usr/bin/python3 -m pytest -q -rs -p no:cacheprovider "${@:3}" >"$2" 2>&1
}

count_pytests() {
    local name=$1 code=$2 log=$3
    [ "$code" -eq 0 ] || cat "$log"
    grep -E '^SKIPPED' "$log"
    count "$name" "$code" "$(number passed)" $(($(number failed) + $(number 'errors?'))) "$(number skipped)"
}

pytests() {
    local name=$1 program=$2
    shift 2
    run_pytests "$program" "$log" "$@"
    count_pytests "$name" $? "$log"
}

# What a later suite needs is built on the core that the tests of this one leave idle, until it is built with both.
# What goes wrong here goes wrong there again, and is told.
build_ahead() {  # PRESET WORD-OF-CMAKE TARGET
    setsid nice env -u CMAKE_CXX_COMPILER_LAUNCHER bash -c "cmake --preset $1 $2 && cmake --build --preset $1 --target $3 -j 1" >/dev/null 2>&1 &
    ahead=$!
}

stop_ahead() {
    [ -z "$ahead" ] || kill -- -"$ahead" 2>/dev/null
    wait
    ahead=
}

# Two lanes, a core each: the C++ tests and then half of the command's; the other half of those and the Python module's.
# To look for leaks takes as long as most commands do: of the command only where it works through many files.
sanitized() {
    # Left out: what measures the program, what a killed one leaves, what only reads the option tables, and the search
    # through scales, which the C++ tests do under sanitizers.
    local program=$PWD/build-asan-ubsan/tools/earmark many=(tests/cli/test_detect.py tests/cli/test_embed_many.py)
    local but='not memory and not killed and not true_rate'
    but+=' and not full_search and not tells_the_change and not completion and not manual_mentions'
    {
        build-asan-ubsan/tests/earmark_tests --no-colors=true >"$log.asan" 2>&1
        echo $? >"$log.code"
        ASAN_OPTIONS=detect_leaks=0 run_pytests "$program" "$log.half" tests/cli -k "$but" \
            --ignore-glob '*/cli/test_[a-eg-k]*' --ignore-glob '*/cli/test_label*'
    } &
    ASAN_OPTIONS=detect_leaks=0 pytests "the command under sanitizers" "$program" tests/cli/test_[a-eg-k]*.py \
        tests/cli/test_label*.py -k "$but" "${many[@]/#/--deselect=}"
    pytests "the command under sanitizers, leaks" "$program" "${many[@]}" -k "$but"
    python_package sanitized
    wait $!
    count_pytests "the command under sanitizers, other half" $? "$log.half"
    count_doctests "C++ tests, asan-ubsan" "$(cat "$log.code")" "$log.asan"
}

formatting() {
    local files
    mapfile -t files < <(find include dsp tools tests bindings benchmarks -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' 2>/dev/null)
    clang-format --dry-run -Werror "${files[@]}" >"$log" 2>&1
    local code=$?
    [ $code -eq 0 ] || grep -E 'error:' "$log" | cut -d: -f1 | sort | uniq -c
    count "clang-format" $code $((code == 0))
}

# The kernels for ARM with registers of scalable length, as far as a compiler tells; tests/arm.sh runs them.
arm_kernels() {
    [ "$(dpkg --print-architecture)" = amd64 ] || return 0
    aarch64-linux-gnu-g++ -std=c++20 -fsyntax-only -Wall -Wextra -Werror -I. -Iinclude dsp/simd/*.cpp >"$log" 2>&1
    local code=$?
    [ $code -eq 0 ] || head -n 40 "$log"
    count "kernels for ARM" $code $((code == 0))
}

consumer() {
    tests/consumer/run.sh build-release >"$log" 2>&1
    local code=$?
    [ $code -eq 0 ] || cat "$log"
    count "outside program" $code "$(number passed)" "$(number failed)"
}

python_package() {  # wheel or sanitized
    EARMARK=$PWD/build-release/tools/earmark tests/python/run.sh "$1" >"$log" 2>&1
    local code=$?
    [ $code -eq 0 ] || cat "$log"
    grep -E '^SKIPPED' "$log"
    count "Python package, $1" $code "$(number passed)" "$(number failed)" "$(number skipped)"
}

log=$(mktemp)
ahead=
trap 'stop_ahead; rm -rf "$log" "$log".*' EXIT
require_packages "${packages_build[@]}" "${packages_tests[@]}" || count "packages" 1
formatting
arm_kernels
# The wheel compiles the library a second time with the same options: it finds it done. The names of headers count from
# CCACHE_BASEDIR; without CCACHE_DEPEND every file would be preprocessed once more.
export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=$log.cache CCACHE_BASEDIR=$PWD CCACHE_DEPEND=1
# The benchmarks use the Python package. The command's files one by one would take four times as long.
if build release -DEARMARK_BUILD_PYTHON=ON -DEARMARK_JOIN_TOOLS=ON; then
    build_ahead asan-ubsan -DEARMARK_BUILD_PYTHON=ON all
    doctests release
    doctests release earmark_realtime_tests
    pytests "Python tests" "$PWD/build-release/tools/earmark" tests --ignore tests/python
    consumer
    python_package wheel
    stop_ahead
fi
unset CMAKE_CXX_COMPILER_LAUNCHER
if build asan-ubsan -DEARMARK_BUILD_PYTHON=ON; then
    build_ahead tsan "" earmark_thread_tests
    sanitized
    stop_ahead
fi
threads
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
