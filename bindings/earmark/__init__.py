"""earmark: a keyed, inaudible mark for synthetic speech, and the detector that finds it again.

>>> import earmark, numpy as np
>>> key = earmark.Key.generate()
>>> voice = np.random.default_rng(1).normal(0, 0.1, 5 * 24000).astype(np.float32)  # stands for 5 s of speech at 24 kHz
>>> marked = earmark.embed(voice, sample_rate=24000, key=key, payload=0x0123456789ABCDEF)
>>> found = earmark.detect(marked, sample_rate=24000, key=key)
>>> found.marked, found.payload
(True, Payload('0123456789abcdef'))
>>> earmark.detect(voice, sample_rate=24000, key=key).marked
False

Audio is an array of shape (samples,) or (channels, samples), float32, float64 or int16; full scale is +-1 for floats
and -32768 to 32767 for int16. float64 is computed in float32. Arguments that cannot be used raise TypeError or
ValueError with the name of the argument; embedding either returns marked audio or raises.
"""
from . import attacks, plot
from ._earmark import KeyFileError, simd_target
from ._earmark import version as __version__
from .batch import detect_many, embed_many
from .config import DetectConfig, EmbedConfig
from .cue import CueInserter, RhythmDetector, RhythmFound, find_rhythm, insert_cue, loudness, rhythm_cue
from .detection import Detection, Score, Segment
from .detector import Detector, detect
from .embedder import Embedder, EmbedReport, embed
from .evaluation import evaluate
from .key import Key, ScreeningKey, load_key
from .payload import Payload

__all__ = [
    "CueInserter",
    "DetectConfig",
    "Detection",
    "Detector",
    "EmbedConfig",
    "EmbedReport",
    "Embedder",
    "Key",
    "KeyFileError",
    "Payload",
    "RhythmDetector",
    "RhythmFound",
    "Score",
    "ScreeningKey",
    "Segment",
    "__version__",
    "detect",
    "detect_many",
    "embed",
    "embed_many",
    "evaluate",
    "find_rhythm",
    "insert_cue",
    "load_key",
    "loudness",
    "plot",
    "rhythm_cue",
    "simd_target",
]
