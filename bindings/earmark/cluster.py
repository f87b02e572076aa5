"""Detection over the machines of a Dask cluster; a worker that dies loses nothing.

    from dask.distributed import Client
    import earmark.cluster

    with Client("scheduler:8786") as client:
        table = earmark.cluster.detect(paths, key="/shared/screen.key", client=client)

The workers need earmark, soundfile and the key file under the same path; keys travel as paths, never as their content.
"""
from __future__ import annotations

import importlib
import os
from collections import abc
from typing import Any

from .batch import (
    ANY_RATE,
    Row,
    check_table,
    detect_columns,
    detect_rows,
    failed_row,
    progress_bar,
    table_of,
)
from .config import DetectConfig
from .key import KeysLike

_RETRIES = 3


def detect(
    paths: abc.Iterable[str | os.PathLike[str]],
    *,
    client: Any,
    key: KeysLike,
    search: str = "none",
    p_max: float = 1e-6,
    files_per_task: int = 100,
    progress: bool | None = None,
    table: str = "auto",
) -> Any:
    """detect_many() on files that the workers can read: paths of a shared folder, or URLs for fsspec ("s3://...").

    client          a dask.distributed.Client
    key             as detect(), each with a file: a key in memory only raises TypeError
    files_per_task  1 or more; 50 to 500 keep both the scheduler and a restart cheap
    others          as detect_many()

    The table of detect_many(), one row per path, in order. A task whose worker dies runs again elsewhere; if it goes on
    killing workers, its files have rows whose `error` says so.
    """
    config = DetectConfig(ANY_RATE, key, 1, search, p_max)  # type: ignore[arg-type]
    check_table(table)
    if isinstance(files_per_task, bool) or not isinstance(files_per_task, int):
        raise TypeError(f"files_per_task: {type(files_per_task).__name__} given, an integer is needed")
    if files_per_task < 1:
        raise ValueError(f"files_per_task: {files_per_task}, at least 1 is needed")
    distributed = importlib.import_module("distributed")
    if not isinstance(client, distributed.Client):
        raise TypeError(f"client: {type(client).__name__} given, a dask.distributed.Client is needed")
    names = [os.fspath(path) for path in paths]
    starts = range(0, len(names), files_per_task)
    futures = {
        client.submit(_some, names[start : start + files_per_task], config, pure=False, retries=_RETRIES): start
        for start in starts
    }
    rows: list[Row] = [{}] * len(names)
    try:
        with progress_bar(len(names), progress, "detect") as advance:
            for future in distributed.as_completed(list(futures)):
                start = futures[future]
                part = names[start : start + files_per_task]
                for number, row in enumerate(_rows_of(future, part, config)):
                    rows[start + number] = row | {"item": start + number}
                advance(len(part))
    finally:
        client.cancel(list(futures))
    return table_of(rows, table)


def _some(names: list[str], config: DetectConfig) -> list[Row]:
    """On a worker: Dask counts its threads, so one here."""
    return detect_rows(names, config, None, 1, False)


def _rows_of(future: Any, names: list[str], config: DetectConfig) -> list[Row]:
    try:
        rows: list[Row] = future.result()
        return rows
    except Exception as error:
        return [failed_row(0, name, detect_columns(config), error) for name in names]
