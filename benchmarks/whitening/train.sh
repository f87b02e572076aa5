#!/usr/bin/env bash
# Remakes dsp/carrier/chip_filter_taps.hpp from speech that Debian packages ship:
#   asterisk-core-sounds-{en,es,fr,it,ru}-g722 (16 kHz), codec2-examples (8 kHz), flite and festival voices.
# usage: benchmarks/whitening/train.sh BUILD_DIR     (needs BUILD_DIR/tools/earmark and BUILD_DIR/benchmarks/train_whitening)
# Each pool of speech is 60 s; each is marked with its own run of the same key and heard clean, after G.711, AMR-NB 12.2
# and white noise 20 dB down. None of the voices is in the test split of benchmarks/corpus.py.
set -euo pipefail
build=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
payload=0123456789abcdef
quiet=(-loglevel error -nostdin -y)

pool_asterisk() {  # language folder
    find "/usr/share/asterisk/sounds/$1" -name '*.g722' -size +24k | LC_ALL=C sort | head -40 | xargs cat > "$work/$1.g722"
    ffmpeg "${quiet[@]}" -f g722 -i "$work/$1.g722" -t 60 -ar 16000 -ac 1 "$work/host-$1.wav"
}
text=/usr/share/common-licenses/Apache-2.0
for language in en_US_f_Allison es_MX_f_Allison fr_CA_f_June it_IT_m_Carlo ru_RU_f_IvrvoiceRU; do pool_asterisk $language; done
sox /usr/share/codec2/wav/{hts1a,hts2a,vk5qi,ve9qrp,big_dog,cross,vk2tpm_004}.wav -c 1 -r 8000 "$work/host-codec2.wav" trim 0 60
for voice in slt rms; do
    head -c 1500 $text | flite -voice $voice -o "$work/$voice.wav"; sox "$work/$voice.wav" "$work/host-flite-$voice.wav" trim 0 60
done
head -c 1500 $text | text2wave -eval '(voice_cmu_us_slt_arctic_hts)' -o "$work/festival.wav"
sox "$work/festival.wav" "$work/host-festival.wav" trim 0 60

"$build/tools/earmark" keygen "$work/key"
files=()
for host in "$work"/host-*.wav; do
    name=$(basename "${host#*/host-}" .wav)
    "$build/tools/earmark" embed "$host" "$work/clean-$name.wav" --key "$work/key" --payload $payload 2> /dev/null
    ffmpeg "${quiet[@]}" -i "$work/clean-$name.wav" -ar 8000 -c:a pcm_mulaw "$work/g711-$name.wav"
    ffmpeg "${quiet[@]}" -i "$work/clean-$name.wav" -ar 8000 -c:a libopencore_amrnb -b:a 12.2k "$work/$name.amr"
    ffmpeg "${quiet[@]}" -i "$work/$name.amr" "$work/amr-$name.wav"
    level=$(sox "$work/clean-$name.wav" -n stat 2>&1 | awk '/^RMS.*amplitude/ {print $3 / 10}')
    sox -R "$work/clean-$name.wav" -p synth whitenoise gain -n 0 vol "$level" |
        sox -R -m -v 1 "$work/clean-$name.wav" -v 1.73 -p "$work/noise-$name.wav" 2> /dev/null
    files+=("$work"/{clean,g711,amr,noise}-"$name".wav)
done
"$build/benchmarks/train_whitening" taps "$work/key" $payload "${files[@]}" > "$work/taps.hpp"
taps=$root/dsp/carrier/chip_filter_taps.hpp
cp "$work/taps.hpp" "$taps"
if command -v clang-format > /dev/null; then clang-format -i "$taps"; fi
echo "$taps remade from ${#files[@]} files"
