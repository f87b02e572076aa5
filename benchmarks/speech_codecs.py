"""Speech and music codecs through ffmpeg: encode to a file, decode, 16-bit both ways.

Codec delay is not removed; nothing here may depend on it. Every setting is one line of CODECS, as ffmpeg takes it.
Debian: ffmpeg with libavcodec-extra (the AMR encoders). Sound goes through a folder in memory.
"""
import os
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np
import soundfile

SCRATCH = '/dev/shm' if os.path.isdir('/dev/shm') else None


@dataclass(frozen=True)
class Codec:
    encoder: str      # ffmpeg's output options
    extension: str    # names the container
    rate: int = None  # the codec's own rate, in and out; None: the host's
    source: str = ''  # where the setting comes from


CODECS = {
    'g711_a': Codec('-c:a pcm_alaw', 'wav', 8000, 'ITU-T G.711, 64 kb/s'),
    'g711_mu': Codec('-c:a pcm_mulaw', 'wav', 8000, 'ITU-T G.711, 64 kb/s'),
    'gsm': Codec('-c:a libgsm', 'gsm', 8000, 'GSM 06.10 full rate, 13 kb/s'),
    'amr_12k2': Codec('-c:a libopencore_amrnb -b:a 12.2k', 'amr', 8000, '3GPP TS 26.071, highest mode'),
    'amr_4k75': Codec('-c:a libopencore_amrnb -b:a 4.75k', 'amr', 8000, '3GPP TS 26.071, lowest mode'),
    'amr_wb_12k65': Codec('-c:a libvo_amrwbenc -b:a 12.65k', 'amr', 16000, '3GPP TS 26.171, the usual HD voice mode'),
    'g722': Codec('-c:a g722', 'g722', 16000, 'ITU-T G.722, 64 kb/s'),
    'g726_32k': Codec('-c:a g726 -b:a 32k', 'wav', 8000, 'ITU-T G.726, 32 kb/s'),
    'speex': Codec('-c:a libspeex -cbr_quality 8', 'ogg', 8000, 'Speex narrowband, quality 8, 15 kb/s'),
    'opus_24k': Codec('-c:a libopus -b:a 24k -application voip', 'ogg', 16000, 'RFC 6716, wideband'),
    'opus_12k': Codec('-c:a libopus -b:a 12k -application voip', 'ogg', 16000, 'RFC 6716'),
    'opus_8k': Codec('-c:a libopus -b:a 8k -application voip', 'ogg', 16000, 'RFC 6716'),
    'mp3_64k': Codec('-c:a libmp3lame -b:a 64k', 'mp3', None, 'AudioSeal, RAW-Bench strict'),
    'mp3_32k': Codec('-c:a libmp3lame -b:a 32k', 'mp3', None, 'AudioSeal, AudioMarkBench'),
    'aac_64k': Codec('-c:a aac -b:a 64k', 'm4a', None, 'AudioSeal, RAW-Bench strict'),
    'vorbis_q0': Codec('-c:a libvorbis -q:a 0', 'ogg', None, 'RAW-Bench strict is 48 kb/s'),
}


def _ffmpeg(*arguments):
    command = ['ffmpeg', '-loglevel', 'error', '-nostdin', '-threads', '1', '-y', *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()[:300]}')


def transcode(codec, samples, rate):
    """Samples (any peak; clipped to full scale as a file would be) through the codec and back; returns its rate."""
    out_rate = codec.rate or rate
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        names = ('host.wav', f'coded.{codec.extension}', 'out.wav')
        plain, coded, decoded = (os.path.join(folder, name) for name in names)
        soundfile.write(plain, np.clip(samples, -1, 1), rate, subtype='PCM_16')
        _ffmpeg('-i', plain, '-ar', str(out_rate), '-ac', '1', *codec.encoder.split(), coded)
        _ffmpeg('-i', coded, '-ar', str(out_rate), '-ac', '1', '-c:a', 'pcm_s16le', decoded)
        return soundfile.read(decoded)
