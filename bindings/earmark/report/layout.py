"""One HTML page that needs nothing else: style, plots and figures stand in it."""
from __future__ import annotations

import json
import math
from collections import abc
from html import escape
from typing import Any

from . import figures
from .tables import Row

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1c1f22; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { margin-top: 2.2rem; border-bottom: 2px solid #0b6e4f; padding-bottom: .2rem; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .9rem; } caption { text-align: left; color: #555; padding-bottom: .3rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #e3e3e3; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td small { color: #666; white-space: nowrap; }
code, pre { font: .85rem/1.4 ui-monospace, monospace; background: #f4f5f5; overflow-wrap: anywhere; } pre { padding: .6rem; overflow-x: auto; white-space: pre-wrap; }
.note { color: #555; } .bad { color: #b3261e; font-weight: 600; } svg { max-width: 100%; height: auto; } summary { cursor: pointer; }
@media print { body { margin: 0; max-width: none; } details { break-inside: avoid; } h2 { break-after: avoid; } }
"""


def page(report: Row) -> str:
    """`report` is what report.measure() gives."""
    parts = [
        _summary(report),
        _setting(report),
        _robustness(report),
        _false_alarms(report),
        _quality(report),
        _limits(report),
        _annex(report),
        f'<script type="application/json" id="data">{_data(report)}</script>',
    ]
    return document(report["title"], parts)


def document(title: str, parts: abc.Iterable[str]) -> str:
    """The page round its parts, which are HTML; title is text."""
    head = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>',
        f"<h1>{escape(title)}</h1>",
    ]
    return "\n".join([*head, *parts, "</body>\n</html>\n"])


def _summary(report: Row) -> str:
    setting = report["setting"]
    seconds = sum(clip["seconds"] for clip in report["clips"])
    lines = [
        f"{len(report['clips'])} clips, {seconds:.0f} s, marked with earmark {escape(setting['earmark'])}, profile "
        f"<code>{escape(setting['profile'])}</code>, key <code>{escape(setting['key_fingerprint'])}</code>, and measured on "
        f"{escape(report['made'])}.",
        "This page reports measurements on these clips. Whether they satisfy a law or a contract is for its reader to judge.",
    ]
    trials = sum(row["trials"] for row in report["false_alarms"])
    exceeded = [row["kind"] for row in report["false_alarms"] if any(one["exceeded"] for one in row["thresholds"])]
    wrong = _sum(report, "wrong")
    lines.append(
        f'<span class="bad">More false alarms than the bound allows: {escape(", ".join(exceeded))}.</span>'
        if exceeded
        else f"No more false alarms than the proved bound allows, at any threshold, in {trials} trials."
    )
    lines.append(f'<span class="bad">{wrong} wrong payloads were read.</span>' if wrong else "No wrong payload was read.")
    left_out = [row["attack"] for row in report["robustness"] if row["error"]]
    if left_out:
        lines.append(f'<span class="bad">Not run: {escape(", ".join(left_out))}.</span>')
    return "<p>" + "<br>\n".join(lines) + "</p>"


def _setting(report: Row) -> str:
    rows = [(name.replace("_", " "), value) for name, value in report["setting"].items()]
    return "<h2>Setting</h2>" + table(["", ""], [[cell(name), cell(str(value))] for name, value in rows])


def _robustness(report: Row) -> str:
    rows = [row for row in report["robustness"] if not row["error"]]
    failed = [row for row in report["robustness"] if row["error"]]
    if not rows:
        return "<h2>What the mark survives</h2><p>Nothing was run.</p>"
    lengths = list(rows[0]["windows"])
    p_max = report["setting"]["p_max"]
    out = [
        "<h2>What the mark survives</h2>",
        f"<p>Share of windows, cut at random where somebody speaks, that are found at p &le; {p_max:g}, and of windows whose whole "
        "payload is read right. Intervals are Wilson's, 95 %, and take the clips as independent, not the windows of one clip. "
        "The same windows of the unmarked clips, after the same distortion, are the control.</p>",
    ]
    for what, words in (("found", "found"), ("exact", "payload read right")):
        head = ["distortion", *(f"{length} s" for length in lengths)]
        body = [[cell(row["attack"], row["source"]), *(share_cell(row["windows"][length][what]) for length in lengths)] for row in rows]
        out += [f"<h3>{words.capitalize()}</h3>", figures.svg(f"survival-{what}", figures.survival(rows, what, words)), table(head, body)]
    counted = "; ".join(
        f"{length} s: {_windows(rows, length)} windows, {_clips(rows, length)} clips" for length in lengths
    )
    out.append(f'<p class="note">Windows of all distortions together: {counted}. Longer windows need longer clips.</p>')
    out.append(
        f"<p>Controls: {_sum(report, 'host')} of {sum(_windows(rows, length) for length in lengths)} unmarked windows were called "
        f"marked; {_sum(report, 'wrong')} wrong payloads.</p>"
    )
    if failed:
        items = "".join(f"<li>{escape(row['attack'])}: {escape(row['error'])}</li>" for row in failed)
        out.append(f'<p class="bad">Not run:</p><ul>{items}</ul>')
    return "\n".join(out)


def _false_alarms(report: Row) -> str:
    rows = report["false_alarms"]
    out = [
        "<h2>False alarms</h2>",
        "<p>p bounds, as a theorem about the key's random signs, the probability that audio made without the key gets such a "
        "verdict. Each trial here asks for a key drawn for it alone, so trials are independent whatever the audio is; the upper "
        "limit is of 95 %, and with none seen it is about 3 over the number of trials.</p>",
        figures.svg("alarms", figures.alarms(rows)),
    ]
    body = []
    for row in rows:
        for one in row["thresholds"]:
            verdict = '<span class="bad">exceeded</span>' if one["exceeded"] else "kept"
            numbers = [f"{one['threshold']:g}", str(one["count"]), f"{one['expected_at_most']:.3g}", f"{one['high']:.2g}"]
            body.append([cell(f"{row['kind']}, {row['trials']} trials, {row['hours']:.2f} h"), *(number(n) for n in numbers), f"<td>{verdict}</td>"])
    head = ["audio", "p at most", "seen", "bound allows", "95 % limit of the share", "bound"]
    out.append(table(head, body))
    read = sum(row["payloads_read"] for row in rows)
    return "\n".join(out) + f"<p>Payloads read from audio that has none for the key: {read}.</p>"


def _quality(report: Row) -> str:
    rows = report["quality"]
    body = []
    for row in rows:
        half = "" if math.isnan(row["half"]) else f" &plusmn; {row['half']:.1f}"
        body.append(
            [
                cell(row["measure"], row["words"]),
                f'<td class="n">{row["mean"]:.1f}{half}</td>',
                number(f"{row['worst']:.1f}"),
                cell(row["worst_clip"]),
            ]
        )
    return "\n".join(
        [
            "<h2>What the mark changes</h2>",
            "<p>Each clip against its marked twin. These are measures of the signal; what a listener notices is for a listening test.</p>",
            figures.svg("qualities", figures.qualities(rows)),
            table(["measure", "mean, 95 %", "worst", "worst clip"], body),
        ]
    )


def _limits(report: Row) -> str:
    items = [
        "Not found does not mean human: an unmarked voice is just unmarked.",
        "The mark does not survive re-synthesis, voice conversion or low-rate neural codecs, which make new audio.",
        "Who holds a key can imitate or remove the part of the mark that it knows.",
        "These clips are the vendor's own choice; other voices, languages and rooms may do better or worse.",
        "Distortions were applied by program; no loudspeaker, telephone or listener took part.",
    ]
    return "<h2>What this does not show</h2><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _annex(report: Row) -> str:
    clips = [
        [cell(clip["name"]), number(f"{clip['seconds']:.1f}"), number(str(clip["rate"])), f"<td><code>{clip['digest']}</code></td>"]
        for clip in report["clips"]
    ]
    out = ["<h2>To repeat it</h2>", f"<pre>{escape(report['command'])}</pre>"]
    out.append('<p class="note">The same seed, clips, key and versions give the same figures.</p>')
    out.append(f"<details><summary>The {len(clips)} clips</summary>")
    out.append(table(["file", "seconds", "Hz", "BLAKE2b-256 of the file"], clips) + "</details>")
    if report["left_out"]:
        items = "".join(f"<li>{escape(why)}</li>" for why in report["left_out"])
        out.append(f"<p>Left out:</p><ul>{items}</ul>")
    return "\n".join(out)


def _data(report: Row) -> str:
    """JSON that no reader of HTML takes for the end of the script."""
    return json.dumps(_plain(report), allow_nan=False).replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _sum(report: Row, what: str) -> int:
    return sum(cell[what]["count"] for row in report["robustness"] for cell in row["windows"].values())


def _windows(rows: abc.Sequence[Row], length: str) -> int:
    return sum(row["windows"][length]["found"]["windows"] for row in rows)


def _clips(rows: abc.Sequence[Row], length: str) -> int:
    return int(max(row["windows"][length]["found"]["clips"] for row in rows))


def share_cell(cell: Row) -> str:
    """A cell of the table with a share of tables.share_cell() and its interval."""
    if cell["share"] is None:
        return '<td class="n">&ndash;</td>'
    depth = 0.75 * cell["share"]
    interval = f"{100 * cell['low']:.0f} to {100 * cell['high']:.0f}"
    return (
        f'<td class="n" style="background: rgba(11,110,79,{0.35 * depth:.2f})">{100 * cell["share"]:.0f} %<br>'
        f"<small>{interval}</small></td>"
    )


def cell(text: str, more: str = "") -> str:
    return f"<td>{escape(text)}" + (f"<br><small>{escape(more)}</small>" if more else "") + "</td>"


def number(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>'


def table(head: abc.Sequence[str], body: abc.Sequence[abc.Sequence[str]]) -> str:
    top = "" if not any(head) else "<tr>" + "".join(f"<th>{escape(name)}</th>" for name in head) + "</tr>"
    return f"<table>{top}" + "".join("<tr>" + "".join(row) + "</tr>" for row in body) + "</table>"
