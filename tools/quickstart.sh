#!/usr/bin/env bash
# From a bare Debian to a first verdict: installs, builds, speaks, marks, sends the speech through two telephone codecs,
# and looks for the mark in all of it and in the unmarked original. Usage: tools/quickstart.sh [OUTPUT_DIR]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-./quickstart-output}"
out=$(cd "${1:-./quickstart-output}" && pwd)
. "$root/tools/packages.sh"

step() { printf '\n== %s\n' "$*"; }

step "Packages"
require_packages "${packages_build[@]}" "${packages_quickstart[@]}"
echo "all there"

step "Build"
cmake -S "$root" -B "$root/build-quickstart" -G Ninja -DCMAKE_BUILD_TYPE=Release -DEARMARK_BUILD_TESTS=OFF \
    -DEARMARK_BUILD_BENCHMARKS=OFF >/dev/null
cmake --build "$root/build-quickstart" >"$out/build.log" || { tail -n 30 "$out/build.log"; exit 1; }
earmark=$root/build-quickstart/tools/earmark
"$earmark" --version
cd "$out"

step "Speech, a key, a mark"
espeak-ng -w host.wav "Good morning. This is the automatic assistant of the savings bank. I am calling about the form you sent
us last Thursday: two of its fields were left empty. If you have a moment, we can fill them in together; it takes less
than three minutes."
[ -e vendor.key ] || "$earmark" keygen vendor.key
[ -e screen.key ] || "$earmark" keygen --screening screen.key --from vendor.key
"$earmark" embed host.wav marked.wav --key vendor.key --payload 0123456789abcdef

step "The marked speech over two telephone lines"
ffmpeg -v error -y -i marked.wav -ar 8000 -c:a pcm_mulaw line.wav
ffmpeg -v error -y -i line.wav -ar 8000 -c:a pcm_s16le g711.wav
ffmpeg -v error -y -i marked.wav -ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12200 mobile.amr
ffmpeg -v error -y -i mobile.amr -c:a pcm_s16le amr.wav
echo "g711.wav went through G.711 mu-law, amr.wav through AMR-NB at 12.2 kbit/s"

step "Is it marked? With the key:"
verdicts() { "$earmark" detect "$@" || [ $? -eq 1 ]; } # 1: at least one is not marked, and the original is not
verdicts marked.wav g711.wav amr.wav host.wav --key vendor.key

step "With the screening key, which cannot read what the mark says:"
verdicts amr.wav host.wav --key screen.key

step "Picture"
verdicts marked.wav g711.wav amr.wav host.wav --key vendor.key --json --scores >verdicts.jsonl
/usr/bin/python3 "$root/tools/quickstart_plot.py" host.wav marked.wav verdicts.jsonl quickstart.png
echo "$out/quickstart.png"

# What the words above promise is checked as well.
"$earmark" detect marked.wav g711.wav amr.wav --key vendor.key >/dev/null
if "$earmark" detect host.wav --key vendor.key >/dev/null; then
    echo "the unmarked original was taken for marked" >&2
    exit 1
fi
