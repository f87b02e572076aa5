# %% [markdown]
# # A voice, a phone call, and the mark
#
# A synthetic voice is marked, goes through a telephone, and is recognised at the other end. Every `# %%` begins a cell in
# editors that know notebooks; as a script it writes its figures to the folder given (default: here).
#
#     python3 voice_over_a_phone.py [FOLDER]   # needs espeak-ng, ffmpeg, soundfile and matplotlib
import pathlib
import subprocess
import sys

import matplotlib

matplotlib.use("Agg")  # leave this line out in a notebook
import numpy as np
import soundfile

import earmark
from earmark.evaluation import evaluate, summarise
from earmark.systems import Earmark

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")

# %% [markdown]
# ## A voice
text = (
    "Good morning. This is the automatic service of your bank. To hear your balance, press one. To speak to one of our "
    "people, press two, or stay on the line. Calls are recorded. This voice was made by a machine, and it says so."
)
subprocess.run(["espeak-ng", "-w", folder / "voice.wav", text], check=True)
voice, rate = soundfile.read(folder / "voice.wav", dtype="float32")
print(f"{len(voice) / rate:.1f} s of speech at {rate} Hz")

# %% [markdown]
# ## The mark
# The master key stays with whoever runs the voice. The screening key finds the mark and cannot read or make one: it is
# what a call centre gets.
key = earmark.Key.generate()
screening = key.screening()
marked = earmark.embed(voice, sample_rate=rate, key=key, payload=0x0123456789ABCDEF)
print(earmark.detect(marked, sample_rate=rate, key=key))
earmark.plot.gain_pattern(voice, marked, sample_rate=rate, start_s=1).figure.savefig(folder / "mark.png")


# %% [markdown]
# ## The phone
# 300 to 3400 Hz, some noise on the line, and mu-law at 8 kHz. An attack is a function (samples, rate, seed) ->
# (samples, rate).
def phone(samples, rate, seed):
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    noisy = samples + noise * np.std(samples) * 10 ** (-25 / 20)  # 25 dB
    raw = np.clip(noisy, -1, 1).astype("<f4").tobytes()
    source = ["-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    line = ["-af", "highpass=300,lowpass=3400", "-ar", "8000", "-c:a", "pcm_mulaw", "-f", "mulaw", "-"]
    coded = subprocess.run(["ffmpeg", "-v", "error", *source, *line], input=raw, capture_output=True, check=True).stdout
    phone_line = ["-f", "mulaw", "-ar", "8000", "-ac", "1", "-i", "-", "-f", "f32le", "-"]
    heard = subprocess.run(["ffmpeg", "-v", "error", *phone_line], input=coded, capture_output=True, check=True).stdout
    return np.frombuffer(heard, "<f4"), 8000


call, call_rate = phone(marked, rate, seed=1)

# %% [markdown]
# ## The other end
# Chunks of 20 ms, as they come off the line. The screening key says that it is marked; the master key reads what it says.
detector = earmark.Detector(sample_rate=call_rate, key=screening, scores=True)
for start in range(0, len(call), 160):
    detector.push(call[start : start + 160])
verdict = detector.finish()
print(f"marked: {verdict.marked}, false-alarm bound 10^{verdict.log10_p:.1f}, payload: {verdict.payload}")
print(f"with the master key: {earmark.detect(call, sample_rate=call_rate, key=key).payload}")
earmark.plot.scores(verdict).figure.savefig(folder / "call.png")
assert verdict.marked

# %% [markdown]
# ## What it is worth
# The same with pieces of a second, marked and unmarked; and how often it would be found at which bound.
pieces = [(voice[start : start + rate], rate) for start in range(0, len(voice) - rate, rate // 2)]
rows = evaluate(Earmark(key), pieces, {"none": lambda x, r, seed: (x, r), "phone": phone})
for line in summarise(rows):
    print(f"{line['attack']}: found {line['tpr']:.2f}, false alarms {line['fpr']:.2f}, bits right {line['bit_acc']:.2f}")
marked_p = [row["log10_p"] for row in rows if row["attack"] == "phone" and row["marked"]]
unmarked_p = [row["log10_p"] for row in rows if not row["marked"]]
earmark.plot.roc(marked_p, unmarked_p).figure.savefig(folder / "roc.png")
