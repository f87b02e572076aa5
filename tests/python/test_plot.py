"""Figures hold what they say: the right curves in the right places. (What they look like was looked at by people.)"""

import numpy as np
import pytest

import earmark
from earmark import plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def close():
    yield
    pyplot.close("all")


def curve(axes, start):
    (line,) = [line for line in axes.lines if line.get_label().startswith(start)]
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


def drawn(axes):
    axes.figure.canvas.draw()  # what cannot be drawn fails here
    return axes


def test_scores(marked, speech, key):
    found = earmark.detect(np.concatenate([speech, marked]), sample_rate=16000, key=key, scores=True)
    axes = drawn(plot.scores(found))
    start_s, z = curve(axes, "score")
    assert len(z) == len(found.scores) + 1 and start_s[-1] == pytest.approx(found.duration_s, abs=0.52)
    assert np.median(z[start_s > len(speech) / 16000 + 0.6]) > 4 > 3 > np.median(z[start_s < len(speech) / 16000 - 0.6])
    assert "payload 0123456789abcdef" in axes.get_title(loc="left")
    assert "not found" in drawn(plot.scores(earmark.detect(speech, sample_rate=16000, key=key, scores=True))).get_title(loc="left")
    with pytest.raises(ValueError, match="^detection: it has no scores"):
        plot.scores(earmark.detect(speech, sample_rate=16000, key=key))
    with pytest.raises(TypeError, match="^detection: "):
        plot.scores({"marked": True})


def test_gain_pattern(marked, speech):
    axes = drawn(plot.gain_pattern(speech, marked, sample_rate=16000))
    gain_db = np.asarray(axes.images[1].get_array())
    assert gain_db.shape == (62, 93) and 0.2 < np.abs(gain_db).mean() < 3
    assert axes.images[1].get_extent() == pytest.approx([0, 93 * 0.016, 0.09375, 7.84375])
    # The pattern of a chip, + - / - +, is to be seen: neighbours inside a chip differ in sign, those across do not care,
    # but for windows that leak into each other. Over 150 keys 0.70 and 0.36, with deviations of 0.007 and 0.010.
    inside, across = gain_db[0::2] * gain_db[1::2], gain_db[1:-1:2] * gain_db[2::2]
    assert np.mean(inside < 0) > 0.62 and 0.28 < np.mean(across < 0) < 0.5
    same = drawn(plot.gain_pattern(speech, speech, sample_rate=16000))
    assert np.abs(same.images[1].get_array()).max() == 0
    with pytest.raises(ValueError, match="^marked: "):
        plot.gain_pattern(speech, marked[1:], sample_rate=16000)
    with pytest.raises(ValueError, match="^host: "):
        plot.gain_pattern(speech, marked, sample_rate=16000, start_s=1e4)
    for name, value in (("start_s", -1), ("seconds", float("nan"))):
        with pytest.raises(ValueError, match=f"^{name}: "):
            plot.gain_pattern(speech, marked, sample_rate=16000, **{name: value})


def test_roc_draws_the_observed_and_the_proved():
    marked, unmarked = [-20, -10, -4, -1], [0, -0.5, -1, -2]
    axes = drawn(plot.roc(marked, unmarked))
    p, found = curve(axes, "proved")
    assert found[np.searchsorted(p, 1e-3)] == 0.75 and found[-1] == 1
    alarms, found = curve(axes, "observed, 4")
    assert set(alarms) == {0.25, 0.5, 0.75, 1} and found[alarms == 0.25].min() == 0.75


def test_det():
    rng = np.random.default_rng(0)
    axes = drawn(plot.det(-rng.exponential(9, 300), -rng.exponential(0.2, 300)))
    for start in ("proved", "observed"):
        alarms, missed = curve(axes, start)
        assert np.all(np.diff(alarms) >= 0) and np.all(np.diff(missed) <= 0)
    several = {"hosts": -rng.exponential(0.2, 300), "clips under another key": -rng.exponential(0.1, 200)}
    axes = drawn(plot.det(-rng.exponential(9, 300), several))
    (hosts, _), (others, _) = curve(axes, "observed, 300 hosts"), curve(axes, "observed, 200 clips under another key")
    assert hosts.max() > others.max()


def test_found_by_seconds():
    axes = drawn(plot.found_by_seconds([1, 1, 2, 2], [True, False, True, True], label="clean"))
    seconds, share = curve(axes, "clean")
    assert seconds.tolist() == [1, 2] and share.tolist() == [0.5, 1]
    with pytest.raises(ValueError, match="^found: 1 values"):
        plot.found_by_seconds([1, 2], [True])


def test_share_by_seconds():
    axes = drawn(plot.share_by_seconds([1, 2], [0.5, 1], [0.2, 0.7], [0.8, 1], label="clean"))
    seconds, share = curve(axes, "clean")
    assert seconds.tolist() == [1, 2] and share.tolist() == [0.5, 1]
    (band,) = axes.collections
    edges = band.get_paths()[0].vertices
    assert {(1, 0.2), (1, 0.8), (2, 0.7), (2, 1)} <= {tuple(edge) for edge in np.round(edges, 9).tolist()}
    with pytest.raises(ValueError, match="^share: 1 values, low 2, high 2, seconds has 2"):
        plot.share_by_seconds([1, 2], [0.5], [0, 0], [1, 1])


@pytest.mark.parametrize("call", [plot.roc, plot.det])
def test_no_values(call):
    with pytest.raises(ValueError, match="^log10_p_marked: no values"):
        call([], [0])
    with pytest.raises(ValueError, match="^log10_p_unmarked: not a number"):
        call([0], [np.nan])


def test_given_axes_are_used():
    _, axes = pyplot.subplots()
    assert plot.roc([-9], [0], axes=axes) is axes
