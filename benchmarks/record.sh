#!/usr/bin/env bash
# The tables of record: every benchmark with fixed seeds, into benchmarks/results/*.txt and *.json.
#
#     benchmarks/record.sh CORPUS [BUILD] [quality|robustness|scaled|segments|profiles|table|strength|false_alarms|coding|cue|ledger|streaming|soak|delay|speed|peer|python|report]...
#
# CORPUS: folder of WAV or FLAC speech with a manifest.csv (see corpus.py). BUILD: build folder, default build.
# Without names all run; two idle cores take about an hour. Packaged speech (Debian: codec2-examples,
# asterisk-core-sounds-*-g722) is used for false alarms where it is installed. No PESQ: its licence restricts publishing.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,9p' "$0" | cut -c3-; exit 2; }
corpus=$(realpath "$1"); shift
cd "$(dirname "$0")/.."
build=build
if [ $# -ge 1 ] && [ -d "$1" ]; then build=$1; shift; fi
wanted=("$@")
sections=(quality robustness scaled segments profiles table strength false_alarms coding cue ledger streaming soak delay speed peer python report)
[ ${#wanted[@]} -gt 0 ] || wanted=("${sections[@]}")
results=benchmarks/results
mkdir -p "$results"
seed=1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Results are kept aside until the run is whole, so that a broken run leaves the last whole one.
record() {  # NAME COMMAND...
    local name=$1; shift
    echo "== $name" >&2
    local status=0
    "$@" --json "$scratch/$name.json" >"$scratch/$name.txt" || status=$?
    if [ $status -gt 1 ] || [ ! -s "$scratch/$name.json" ]; then echo "$name failed ($status)" >&2; return $status; fi
    printf '\nmade by: %s --json FILE\ncommit %s\n' "$*" "$(git describe --always --dirty --abbrev=12)" |
        sed "s|$corpus|CORPUS|g; s|$scratch|SCRATCH|g; s|$build/|build/|g" >>"$scratch/$name.txt"
    mv "$scratch/$name.json" "$scratch/$name.txt" "$results/"
    [ $status -eq 0 ] || { echo "$name: a limit was broken, see $results/$name.txt" >&2; broken=1; }
}

quality() {
    record quality benchmarks/quality.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed
}

# Of the whole table (benchmarks/robustness.py --rows list) what the README and the plans speak of.
rows=none,crop,g711_mu,g722,g726_32k,gsm,amr_12k2,amr_7k95,amr_4k75,speex,opus_24k,opus_12k,opus_8k,opus_6k,mp3_32k,aac_64k
rows+=,vorbis_q0,resample_8000,white_20db,white_10db,babble_10db,talker_10db,music_10db,lowpass_1k,highpass_1500,equaliser
rows+=,quantise_8bit,polarity,echo,reverb_0.4,reverb_0.6,loss_10_concealed,loss_10_deleted,drift_500ppm,simulated_call
rows+=,mobile_call,over_the_air,overwrite
rows_8k=none,g711_mu,g726_32k,gsm,amr_12k2,amr_4k75,opus_12k,white_20db,reverb_0.6
rows_scaled=speed_0.9,speed_1.1,tempo_0.8,tempo_1.25,pitch_-2,pitch_+2,stretch_0.9,stretch_1.1,stretch_32ms_0.9
rows_scaled+=,stretch_32ms_1.1,rubberband_0.9,rubberband_1.1,pitch_vocoder_-2,pitch_vocoder_+2,speed_1.1_tempo_0.85

robustness() {
    local common=(benchmarks/robustness.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed)
    record robustness_standard "${common[@]}" --rows "$rows"
    record groups benchmarks/groups.py --corpus "$corpus" --seed $seed "$results/robustness_standard.json"
    record robustness_standard_8k "${common[@]}" --rows "$rows_8k" --host-rate 8000 --trials 2
    # Lengths between those above.
    local between=gsm,amr_12k2,opus_12k,g726_32k,white_10db,lowpass_1k,highpass_1500,loss_10_concealed,loss_10_deleted
    between+=,g711_mu,quantise_8bit,equaliser,mp3_32k,aac_64k,vorbis_q0,opus_24k
    record robustness_between "${common[@]}" --windows 4,6,8,15 --rows "$between"
    record robustness_128_bits "${common[@]}" --windows 4,5,7,10 --rows none,g711_mu,opus_24k --payload-bits 128
    # Windows longer than any voice of the corpus speaks.
    record robustness_joined "${common[@]}" --rows none,white_10db,amr_4k75,opus_6k,mobile_call --join-s 30 --join-voices \
        --windows 30 --marks 2
}

# Changes of speed, tempo and pitch.
scaled() {
    record robustness_scaled benchmarks/robustness.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed \
        --rows "$rows_scaled" --windows 5,8,10,15 --trials 2 --detect-options "--search full"
}

# Borders of islands of mark.
segments() {
    record segments benchmarks/segments.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed \
        --distortions none,g711_mu,gsm --islands 3,4,6 --trials 3
}

# All other rows, and those of the published suites; few windows, so that it can be done in less than half an hour. What
# changes speed, tempo or pitch needs the full search.
table() {
    local common=(benchmarks/robustness.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed --trials 1)
    local suites="audiomarkbench/*,audioseal/*,omnisealbench/*,raw_bench_strict/*,raw_bench_loose/*"
    local moved="speed_*,tempo_*,stretch_*,rubberband_*,pitch_*,wow"
    local suites_moved="audiomarkbench/time_stretch*,audioseal/speed,omnisealbench/speed*,raw_bench_strict/time_stretch*"
    suites_moved+=",raw_bench_loose/time_stretch*"
    record table "${common[@]}" --but "$rows,$moved,$suites" --windows 2,5,10,20
    record table_scaled "${common[@]}" --clips 9 --rows "$moved" --but "$rows_scaled" --windows 5,10 --detect-options "--search full"
    record table_suites "${common[@]}" --clips 9 --rows "$suites" --but "$suites_moved" --windows 5,10
    record table_suites_scaled "${common[@]}" --clips 9 --rows "$suites_moved" --windows 5,10 --detect-options "--search full"
    record averaging benchmarks/averaging.py --corpus "$corpus" --strengths 1,2,3,4,6,8 --seed $seed
}

# The page of all of this, with plots, beside what others have published: into the build folder.
report() {
    /usr/bin/python3 benchmarks/report --out "$build/report"
}

profiles() {
    local common=(benchmarks/robustness.py --corpus "$corpus" --earmark "$build/tools/earmark" --seed $seed)
    record robustness_transparent "${common[@]}" --rows "$rows_8k" --profile transparent --trials 2
    record robustness_robust "${common[@]}" --rows "$rows_8k" --profile robust --trials 2
}

# The prompts of one voice joined to files of about five minutes, at their own 16 kHz.
decode_prompts() {
    local voice target
    for voice in /usr/share/asterisk/sounds/*_*_*/; do
        [ -d "$voice" ] || continue
        target=$scratch/prompts/$(basename "$voice")
        mkdir -p "$target"
        find "$voice" -name '*.g722' -size +20k | LC_ALL=C sort | xargs -r cat |
            ffmpeg -loglevel error -f g722 -i - -f segment -segment_time 300 -c:a pcm_s16le "$target/%02d.wav"
    done
}

false_alarms() {
    local audio=(--audio "corpus=$corpus")
    decode_prompts
    [ -d "$scratch/prompts" ] && audio+=(--audio "prompts=$scratch/prompts")
    [ -d /usr/share/codec2/wav ] && audio+=(--audio codec2=/usr/share/codec2/wav)
    # One key a trial for many trials, then many keys a trial for many key-hours.
    record false_alarms_trials "$build/benchmarks/benchmark_false_alarms" "${audio[@]}" \
        --keys 1 --passes 26 --synthetic-hours 2 --seed $seed
    record false_alarms_keys "$build/benchmarks/benchmark_false_alarms" "${audio[@]}" \
        --keys 32 --passes 1 --synthetic-hours 2 --seed $((seed + 1))
}

# What each lever of the embedder is worth, on the speakers it was tuned on.
strength() {
    record strength benchmarks/strength.py --corpus "$corpus" --build "$build" --seed $seed
}

coding() {
    record coding "$build/benchmarks/benchmark_coding" --trials 2000 --seed $seed
}

cue() {
    local audio=()
    [ -d "$scratch/prompts" ] || decode_prompts
    [ -d "$scratch/prompts" ] && audio+=(--audio "prompts=$scratch/prompts")
    [ -d /usr/share/codec2/wav ] && audio+=(--audio codec2=/usr/share/codec2/wav)
    record cue benchmarks/cue.py --corpus "$corpus" "${audio[@]}" --earmark "$build/tools/earmark" --seed $seed
}

ledger() {
    record ledger "$build/benchmarks/benchmark_ledger" --rows 1000000 --seed $seed
}

# Computing time of one thread: best on an idle machine.
streaming() {
    record streaming "$build/benchmarks/benchmark_streaming"
}

# A day of audio.
soak() {
    record soak "$build/benchmarks/benchmark_soak" --seed $seed
}

# Seconds to "marked".
delay() {
    record detection_delay benchmarks/detection_delay.py --corpus "$corpus" --earmark "$build/tools/earmark" \
        --delay "$build/benchmarks/detection_delay" --seed $seed
}

# Best on an idle machine. benchmarks/compare sets two speed.json or kernels.json side by side.
speed() {
    record speed "$build/benchmarks/benchmark_speed"
    record kernels "$build/benchmarks/benchmark_kernels"
    record long_files benchmarks/long_files.py --earmark "$build/tools/earmark"
}

# Beside the audiowmark program, where that is on the PATH.
peer() {
    if ! command -v audiowmark >/dev/null; then
        echo "== audiowmark: not on the PATH, left out" >&2
        return
    fi
    local speech
    speech=$(find "$corpus" -name '*.wav' -o -name '*.flac' | LC_ALL=C sort | sed -n 1p)
    record audiowmark benchmarks/compare_audiowmark.py "$speech" --earmark "$build/tools/earmark"
}

# Best on an idle machine.
python() {
    record python_overhead benchmarks/python_overhead.py --build "$build" --batch-rounds 2
}

broken=0
for name in "${wanted[@]}"; do
    [[ " ${sections[*]} " == *" $name "* ]] || { echo "unknown benchmark $name" >&2; exit 2; }
    "$name"
done
exit $broken
