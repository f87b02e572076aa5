"""What may happen to marked audio: functions (samples, sample_rate, seed, *, parameters) -> (samples, sample_rate).

    received, rate = earmark.attacks.white_noise(marked, 16000, seed=1, snr_db=20)
    for name, attack in earmark.attacks.table().items():
        received, rate = attack(marked, 16000, seed=1)

samples is one channel, (samples,), full scale 1, float or int16; float64 comes back. sample_rate in Hz, 8000 to 192000;
another one comes back only where the attack is a change of rate or a codec of a fixed rate. The same seed gives the same
noise, room, loss and cut, so that a host and its marked twin can be treated alike. TypeError or ValueError names the
argument. Threads: any number. scipy is needed, and ffmpeg (Debian: with libavcodec-extra) for codecs, tempo, pitch and
dynamics: OSError says so where it is missing.

>>> import numpy as np
>>> received, rate = polarity(np.ones(100), 8000)
>>> float(received[0]), rate
(-1.0, 8000)

table() has every row that figures are published for; suite(name) those of a published benchmark, with its own names and
values; Attack makes a row of a function.
"""
from .attack import Attack, none
from .averaging import Learned, average_out, learn
from .calls import mobile_call, over_the_air, phone_call, simulated_call
from .codecs import CODECS, codec, codec_chain, coded
from .filters import (
    bandpass,
    equaliser,
    highpass,
    lowpass,
    median,
    moving_average,
    noise_suppression,
    resample,
    resample_and_back,
    windowed_sinc,
)
from .levels import (
    compressor,
    expander,
    gain,
    gain_control,
    limiter,
    loudness,
    overdrive,
    polarity,
    quantise,
    quantise_to_levels,
    silence_start,
)
from .mixing import babble, music_beneath, noise_of_level, pink_noise, second_talker, white_noise
from .network import packet_loss, playout_jumps, playout_warps
from .remarking import overwrite
from .rooms import echo, multipath, reverb, room_response
from .sounds import packaged_voices
from .suites import SUITES, suite
from .table import chosen, table
from .timing import (
    clock_drift,
    crop,
    delay,
    drop_samples,
    pitch,
    speed,
    speed_and_back,
    speed_then_tempo,
    suppress_samples,
    tempo,
    time_jitter,
    wow,
)

