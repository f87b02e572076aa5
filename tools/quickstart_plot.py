"""Picture of a mark: what it did to the spectrum, and the score over time in each version of the speech.

Usage: quickstart_plot.py HOST MARKED VERDICTS_JSONL PNG (verdicts from: earmark detect --json --scores)
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import soundfile

CELL_S, BAND_HZ, FIRST_BAND_HZ, BANDS = 0.016, 125, 125, 62  # the grid of the mark
WINDOW_S = 0.016
SHOWN_S = 3.0  # more cells than that cannot be told apart
NAMES = {
    "host.wav": ("original, unmarked", "#888888"),
    "marked.wav": ("marked", "#1b7837"),
    "g711.wav": ("marked, over G.711 mu-law", "#2166ac"),
    "amr.wav": ("marked, over AMR-NB 12.2", "#b2182b"),
}


def log_spectrogram(samples, rate):
    """Power in dB, a frame every quarter cell, fine bins."""
    size, hop = int(round(WINDOW_S * rate)), CELL_S / 4 * rate
    padded = np.concatenate([np.zeros(size // 2), samples, np.zeros(size)])
    starts = np.round(np.arange(int(len(samples) / hop)) * hop).astype(int)
    frames = np.stack([padded[start : start + size] for start in starts]) * np.hanning(size)
    return 10 * np.log10(np.abs(np.fft.rfft(frames, 2048, axis=1)) ** 2 + 1e-7)


def cells(spectrogram, rate):
    """Mean level of each cell, dB."""
    whole = len(spectrogram) // 4 * 4
    hz = np.arange(spectrogram.shape[1]) * rate / 2048
    edges = FIRST_BAND_HZ + BAND_HZ * np.arange(BANDS + 1)
    bands = [spectrogram[:whole, (hz >= low) & (hz < low + BAND_HZ)].mean(axis=1) for low in edges[:-1] if low + BAND_HZ <= rate / 2]
    return np.stack(bands, axis=1).reshape(whole // 4, 4, -1).mean(axis=1)


def draw_pattern(axes, host, marked, rate):
    before, after = log_spectrogram(host, rate), log_spectrogram(marked, rate)
    quiet = cells(before, rate) < -30  # where the host is silent there is nothing to mark
    change = np.where(quiet, 0, cells(after, rate) - cells(before, rate))
    top_khz = (FIRST_BAND_HZ + BAND_HZ * change.shape[1]) / 1000
    image = axes[0].imshow(
        before.T, origin="lower", aspect="auto", extent=(0, SHOWN_S, 0, rate / 2000), cmap="magma", vmin=-40, vmax=30
    )
    axes[0].figure.colorbar(image, ax=axes[0], label="level, dB", pad=0.01)
    axes[0].set_title("The original", loc="left")
    extent = (0, SHOWN_S, FIRST_BAND_HZ / 1000, top_khz)
    image = axes[1].imshow(
        change.T, origin="lower", aspect="auto", extent=extent, cmap="RdBu_r", vmin=-5, vmax=5, interpolation="nearest"
    )
    axes[1].figure.colorbar(image, ax=axes[1], label="gain, dB", pad=0.01)
    axes[1].set_title("What the mark changed: louder and softer cells of 16 ms by 125 Hz, deepest where speech is noise", loc="left")
    for plot in axes:
        plot.set_ylabel("kHz")
        plot.set_ylim(0, min(8, rate / 2000))
        plot.set_xlabel("seconds")


def draw_scores(axes, verdicts):
    for verdict in verdicts:
        name, colour = NAMES.get(verdict["file"], (verdict["file"], "black"))
        times = [score["start_s"] for score in verdict["scores"]]
        found = f"found, p = 10^{verdict['log10_p']:.0f}" if verdict["marked"] else "not found"
        if verdict["payload"]:
            found += f", payload {verdict['payload']}"
        axes.step(times, [score["z"] for score in verdict["scores"]], where="post", color=colour, label=f"{name}: {found}")
    scores = [score["z"] for verdict in verdicts for score in verdict["scores"]]
    axes.set_ylim(min(-3.2, min(scores) - 0.5), max(scores) + 0.6 * (max(scores) - min(scores)))  # room for the legend
    axes.axhspan(-3, 3, color="#eeeeee", zorder=0)
    axes.annotate("chance mostly stays in here", (0.005, -2.8), xycoords=("axes fraction", "data"), va="bottom", fontsize=8, color="#555555")
    axes.set_title("The score over time: standard deviations in each half second; the verdict adds them up", loc="left")
    axes.set_xlabel("seconds")
    axes.set_ylabel("score")
    axes.set_xlim(0, max(verdict["duration_s"] for verdict in verdicts))
    axes.legend(loc="upper left", fontsize=9, ncol=1, framealpha=1)


def main(host_path, marked_path, verdicts_path, png_path):
    host, rate = soundfile.read(host_path)
    marked, _ = soundfile.read(marked_path)
    with open(verdicts_path) as lines:
        verdicts = [json.loads(line) for line in lines]
    shown = int(SHOWN_S * rate)
    figure, axes = plt.subplots(3, 1, figsize=(11, 11), constrained_layout=True)
    draw_pattern(axes, host[:shown], marked[:shown], rate)
    draw_scores(axes[2], verdicts)
    figure.savefig(png_path, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:])
