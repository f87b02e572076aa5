"""Many arrays and files on all cores; one row per item, an error in the row of the item that has it."""
from __future__ import annotations

import glob
import importlib
import os
import sys
from collections import abc
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Union

from .config import DetectConfig, EmbedConfig, workers_of
from .detector import detect
from .embedder import embed_reported
from .files import detect_file, embed_file
from .key import KeyLike, KeysLike
from .payload import Payload, PayloadLike

Items = Union[str, "os.PathLike[str]", abc.Iterable[Any]]
Row = dict[str, Any]

_DETECTED = (
    "marked log10_p payload payload_log10_p key channel start_s end_s time_scale frequency_scale duration_s active_s "
    "hypotheses decided_s reason segments"
).split()
_EMBEDDED = "payload samples limited_samples active_s mark_db".split()
ANY_RATE = 16000  # to check the other settings before work begins


def detect_many(
    items: Items,
    *,
    key: KeysLike,
    sample_rate: int | None = None,
    search: str = "none",
    p_max: float = 1e-6,
    scores: bool = False,
    workers: int | None = None,
    progress: bool | None = None,
    table: str = "auto",
) -> Any:
    """detect() on many arrays and files.

    items        paths, glob patterns ("calls/**/*.wav"), URLs for fsspec and arrays, mixed as you like; or one of the
                 first three
    sample_rate  Hz, of the arrays; files know theirs
    workers      threads, 1 or more; as many as there are cores unless given
    progress     a tqdm bar if tqdm is installed: True, False, or None for "when standard error is a terminal"
    table        "pandas", "rows" (list of dicts), or "auto": pandas if it is installed

    One row per item, in order: item (its number), file (None for an array), the fields of Detection.to_dict(), error
    (None, or what went wrong with this item). "scores" only when asked for. Settings that are wrong for all items raise
    at once; what is wrong with one item stands in its row and never stops the others.

    >>> import numpy as np
    >>> from earmark import Key
    >>> noise = np.random.default_rng(6).normal(0, 0.1, (3, 32000))
    >>> rows = detect_many([*noise, "gone.wav"], sample_rate=16000, key=Key.generate(), table="rows")
    >>> [row["marked"] for row in rows], rows[3]["error"]
    ([False, False, False, None], 'FileNotFoundError: gone.wav: no such file')
    """
    check_table(table)
    config = DetectConfig(ANY_RATE, key, 1, search, p_max, scores)  # type: ignore[arg-type]
    listed = _listed(items, sample_rate)
    return table_of(detect_rows(listed, config, sample_rate, workers, progress), table)


def detect_rows(
    listed: list[Any], config: DetectConfig, sample_rate: int | None, workers: int | None, progress: bool | None
) -> list[Row]:
    """The rows of detect_many(); a str is the path of a file, never a pattern. Rate and channels of `config` are not used."""
    settings = {name: getattr(config, name) for name in ("key", "search", "p_max", "scores")}

    def work(item: Any, number: int) -> Row:
        if isinstance(item, str):
            found = detect_file(item, settings)
        else:
            found = detect(item, sample_rate=sample_rate, **settings)  # type: ignore[arg-type]
        return found.to_dict()

    return _run(listed, work, detect_columns(config), workers, progress, "detect")


def detect_columns(config: DetectConfig) -> list[str]:
    return [*_DETECTED, "scores"] if config.scores else list(_DETECTED)


def failed_row(number: int, item: Any, columns: abc.Iterable[str], error: BaseException) -> Row:
    """The row of an item that has nothing but an error."""
    file = item if isinstance(item, str) else None
    return {"item": number, "file": file} | dict.fromkeys(columns) | {"error": f"{type(error).__name__}: {error}"}


def embed_many(
    items: Items,
    *,
    key: KeyLike,
    payload: PayloadLike | abc.Sequence[PayloadLike],
    out: str | os.PathLike[str] | None = None,
    sample_rate: int | None = None,
    profile: str = "standard",
    workers: int | None = None,
    progress: bool | None = None,
    table: str = "auto",
) -> Any:
    """embed() on many arrays and files. Arguments as detect_many(), and

    payload      one for all, or a list with one for each item (after patterns are expanded)
    out          the folder that marked files are written to, under their own names; made if missing. The same rate,
                 channels, container, sample format and length; a file is there whole or not at all

    One row per item, in order: item, file, out (path written, None for an array), audio (the marked array, None for a
    file), payload, the fields of EmbedReport, error. An item with an error has neither out nor audio.

    >>> import numpy as np
    >>> from earmark import Key
    >>> noise = np.random.default_rng(7).normal(0, 0.1, (2, 32000))
    >>> rows = embed_many([*noise, noise * np.nan], sample_rate=16000, key=Key.generate(), payload=[1, 2, 3], table="rows")
    >>> [row["payload"] for row in rows], rows[2]["audio"], rows[2]["error"][:13]
    (['0000000000000001', '0000000000000002', '0000000000000003'], None, 'ValueError: x')
    """
    check_table(table)
    listed = _listed(items, sample_rate)
    payloads = _payloads(payload, len(listed))
    config = EmbedConfig(ANY_RATE, key, Payload(0), 1, profile)  # type: ignore[arg-type]
    settings = {"key": config.key, "profile": config.profile}
    targets = _targets(listed, out)

    def work(item: Any, number: int) -> Row:
        own = settings | {"payload": payloads[number]}
        if isinstance(item, str):
            report = embed_file(item, targets[number], own)
            return report.to_dict() | {"out": targets[number]}
        audio, report = embed_reported(item, sample_rate=sample_rate, **own)  # type: ignore[arg-type]
        return report.to_dict() | {"audio": audio}

    rows = _run(listed, work, ["out", "audio", *_EMBEDDED], workers, progress, "embed")
    for row in rows:
        row["payload"] = str(payloads[row["item"]])
    return table_of(rows, table)


def _listed(items: Items, sample_rate: int | None) -> list[Any]:
    """Paths as str, patterns expanded, arrays as they are."""
    if isinstance(items, (str, os.PathLike)):
        items = [items]
    listed: list[Any] = []
    for item in items:
        if not isinstance(item, (str, os.PathLike)):
            if sample_rate is None:
                raise TypeError(f"sample_rate: needed for arrays (item {len(listed)} is one)")
            listed.append(item)
            continue
        path = os.fspath(item)
        is_pattern = glob.has_magic(path) and "://" not in path and not os.path.exists(path)
        found = sorted(glob.glob(path, recursive=True)) if is_pattern else []
        listed += found or [path]  # a pattern that matches nothing becomes a row that says so
    return listed


def _payloads(payload: Any, count: int) -> list[Payload]:
    if not isinstance(payload, (list, tuple)):
        return [Payload(payload)] * count
    if len(payload) != count:
        raise ValueError(f"payload: {len(payload)} given for {count} items")
    return [Payload(one) for one in payload]


def _targets(listed: list[Any], out: str | os.PathLike[str] | None) -> dict[int, str]:
    paths = {number: item for number, item in enumerate(listed) if isinstance(item, str)}
    if not paths:
        return {}
    if out is None:
        raise TypeError("out: a folder is needed for marked files")
    folder = os.fspath(out)
    targets = {number: os.path.join(folder, os.path.basename(path)) for number, path in paths.items()}
    seen: dict[str, str] = {}
    for number, target in targets.items():
        if target in seen:
            raise ValueError(f"out: {seen[target]} and {paths[number]} would both be written to {target}")
        if os.path.realpath(target) == os.path.realpath(paths[number]):
            raise ValueError(f"out: {target} is an input; give another folder")
        seen[target] = paths[number]
    os.makedirs(folder, exist_ok=True)
    return targets


def _run(
    listed: list[Any],
    work: abc.Callable[[Any, int], Row],
    columns: abc.Sequence[str],
    workers: int | None,
    progress: bool | None,
    label: str,
) -> list[Row]:
    """The rows in order, whatever order they were done in."""
    rows: list[Row] = [{}] * len(listed)

    def one(number: int) -> Row:
        item = listed[number]
        row: Row = {"item": number, "file": item if isinstance(item, str) else None} | dict.fromkeys(columns)
        try:
            return row | work(item, number) | {"error": None}
        except Exception as error:
            return failed_row(number, item, columns, error)

    with ThreadPoolExecutor(workers_of(workers)) as pool:
        waiting: set[Future[Row]] = {pool.submit(one, number) for number in range(len(listed))}
        try:
            with progress_bar(len(listed), progress, label) as advance:
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        row = future.result()
                        rows[row["item"]] = row
                    advance(len(done))
        except BaseException:  # Ctrl-C: what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return rows


class progress_bar:
    """A tqdm bar, or nothing."""

    def __init__(self, total: int, progress: bool | None, label: str) -> None:
        self._bar: Any = None
        if progress or (progress is None and sys.stderr is not None and sys.stderr.isatty()):
            try:
                self._bar = importlib.import_module("tqdm").tqdm(total=total, desc=label, unit="item")
            except ImportError:
                pass

    def __enter__(self) -> abc.Callable[[int], None]:
        return self._advance

    def _advance(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def __exit__(self, *problem: object) -> None:
        if self._bar is not None:
            self._bar.close()


def check_table(table: str) -> None:
    if table not in ("auto", "pandas", "rows"):
        raise ValueError(f"table: {table!r} is not one of auto, pandas, rows")


def table_of(rows: list[Row], table: str) -> Any:
    if table == "rows":
        return rows
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        if table == "pandas":
            raise
        return rows
    return pandas.DataFrame(rows)
