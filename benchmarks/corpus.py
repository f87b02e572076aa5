"""Speech for the benchmarks: which clips, whose voice, on which side of the split, and where there is sound.

A corpus is a folder of WAV or FLAC files (searched through its subfolders), with or without a manifest.csv, of which
the columns `file`, `speaker` and `kind` are used. Without a manifest every file counts as a speaker of its own.

Split: by speaker, fixed here. The clips named in TRAIN were looked at while the mark was designed and tuned; figures of
record come from the others. A corpus that has none of these names is all `test`.
"""
import csv
import pathlib
from dataclasses import dataclass

import numpy as np
import soundfile

from package import earmark

TRAIN = {
    'tts-de-m-ailabs-eva_k', 'tts-es-m-ailabs-tux', 'tts-en-vctk-p232', 'tts-en-hifi-tts-92',
    'tts-zh-fastspeech2-aishell3', 'tts-en-fastspeech2-libritts', 'hum-en-librispeech-7178', 'hum-en-librispeech-3436',
    'hum-en-librispeech-8609', 'hum-ru-ivrvoice', 'hum-en-allison', 'hum-en-8k-vk5qi', 'tts-en-espeak',
    'tts-en-festival-slt32k',
}
AUDIO = {'.wav', '.flac'}
JOIN_GAP_S = 0.15   # digital silence between joined clips
FRAME_S = 0.020     # of the activity rule
ACTIVE_DB = 35      # a frame is active when it is at most this far below the loud frames of its clip ...
FLOOR_DBFS = -60    # ... and not below this absolute level
resampled = earmark.attacks.timing.resampled


@dataclass
class Clip:
    name: str
    speaker: str
    samples: np.ndarray  # mono, full scale 1
    rate: int

    @property
    def seconds(self):
        return len(self.samples) / self.rate


def active_frames(samples, rate):
    """One truth value for each whole 20 ms frame: within 35 dB of the clip's 95th percentile frame, above -60 dBFS."""
    length = int(round(FRAME_S * rate))
    frames = samples[:len(samples) // length * length].reshape(-1, length)
    level_db = 10 * np.log10(np.mean(frames ** 2, axis=1) + 1e-20)
    if not len(level_db):
        return np.zeros(0, bool)
    return level_db > max(np.percentile(level_db, 95) - ACTIVE_DB, FLOOR_DBFS)


def _listing(folder):
    """Rows of (path, speaker, kind), by name."""
    manifest = folder / 'manifest.csv'
    if manifest.exists():
        with open(manifest, newline='') as lines:
            rows = [(folder / row['file'], row.get('speaker') or row['file'], row.get('kind') or '')
                    for row in csv.DictReader(lines)]
    else:
        rows = [(path, path.stem, '') for path in folder.rglob('*') if path.suffix.lower() in AUDIO]
    return sorted(rows)


def split_of(path):
    return 'train' if path.stem in TRAIN else 'test'


def _check_split(rows):
    """No voice may stand on both sides, human or synthetic."""
    sides = {}
    for path, speaker, _ in rows:
        if sides.setdefault(speaker, split_of(path)) != split_of(path):
            raise SystemExit(f'corpus: speaker {speaker} stands on both sides of the split')


def load(folder, split='test', host_rate=None, join_s=20.0, join_voices=False):
    """Clips of one side. Files shorter than join_s are joined with others of the same speaker, kind and rate; with
    join_voices with any others of the same rate, where no one voice is long enough."""
    folder = pathlib.Path(folder)
    rows = _listing(folder)
    if not rows:
        raise SystemExit(f'corpus: no audio in {folder}')
    _check_split(rows)
    clips, open_clips = [], {}
    for path, speaker, kind in rows:
        if split != 'all' and split_of(path) != split:
            continue
        samples, rate = soundfile.read(path, always_2d=True)
        samples = samples[:, 0]
        if host_rate:
            samples, rate = resampled(samples, rate, host_rate), host_rate
        voice = rate if join_voices else (speaker, kind, rate)
        if voice in open_clips:
            clip = open_clips[voice]
            gap = np.zeros(int(JOIN_GAP_S * rate))
            clip.samples = np.concatenate([clip.samples, gap, samples])
            clip.name += '+' + path.stem if clip.name.count('+') < 2 else ''
        else:
            clip = open_clips[voice] = Clip(path.stem, speaker, samples, rate)
            clips.append(clip)
        if clip.seconds >= join_s:
            del open_clips[voice]
    if not clips:
        raise SystemExit(f'corpus: no clips of split {split} in {folder}')
    return clips
