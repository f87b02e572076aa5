"""Keys: a Key marks and reads; a ScreeningKey, made from it, finds marks and reads no payload."""
from __future__ import annotations

import os
from collections import abc
from typing import Any, TypeVar, Union

from . import _earmark

PathLike = Union[str, "os.PathLike[str]"]
Self = TypeVar("Self", bound="_AnyKey")


class _AnyKey:
    """What both kinds share. Immutable; share between threads freely."""

    __slots__ = ("_native", "_path")
    _native: Any
    _path: str | None

    def __init__(self) -> None:
        name = type(self).__name__
        raise TypeError(f"{name}() makes no key; use {name}.load(path), {name}.parse(text) or Key.generate()")

    @classmethod
    def _wrap(cls: type[Self], native: object, path: str | None = None) -> Self:
        key = object.__new__(cls)
        key._native = native
        key._path = path
        return key

    @classmethod
    def load(cls: type[Self], path: PathLike) -> Self:
        """Read a key file. FileNotFoundError, or KeyFileError when it is damaged or of the other kind."""
        key = load_key(path)
        if not isinstance(key, cls):
            raise _earmark.KeyFileError(f"{os.fspath(path)}: is {_kind(type(key))}, {_kind(cls)} is needed")
        return key

    @classmethod
    def parse(cls: type[Self], text: str, name: str = "key") -> Self:
        """Read the text of a key file; `name` stands in the errors. KeyFileError when it is damaged."""
        if not isinstance(text, str):
            raise TypeError(f"text: {type(text).__name__} given, the str of a key file is needed")
        key = _wrapped(_earmark.parse_key(text.encode("utf-8", "replace").decode(), str(name)))
        if not isinstance(key, cls):
            raise _earmark.KeyFileError(f"{name}: is {_kind(type(key))}, {_kind(cls)} is needed")
        return key

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits, the same for a key and its screening key; tells nothing about either."""
        return str(self._native.fingerprint())

    @property
    def path(self) -> str | None:
        """Where the key was loaded from or saved to, absolute; None for a key that is in memory only."""
        return self._path

    def save(self, path: PathLike) -> None:
        """Write the key file, mode 0600. FileExistsError when the path exists: keys are never overwritten."""
        text = _path_text(path)
        try:
            self._native.save(text)
        except _earmark.KeyFileError as error:
            if os.path.lexists(text):
                raise FileExistsError(str(error)) from None
            raise
        self._path = os.path.abspath(text)

    def text(self) -> str:
        """What save() writes, the secret in it: keep it as you keep the file."""
        return str(self._native.text())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._native.equals(other._native))  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.fingerprint))

    def __repr__(self) -> str:
        where = f", path={self._path!r}" if self._path else ""
        return f"<earmark.{type(self).__name__} {self.fingerprint}{where}>"

    def __copy__(self: Self) -> Self:
        return self

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        if self._path is None:
            raise TypeError("key: only a key that has a file is pickled, as its path; save(path) it first")
        return _load_pickled, (self._path, type(self).__name__, self.fingerprint)


class ScreeningKey(_AnyKey):
    """Finds marks and reads no payload: what a call centre is given. Made by Key.screening() or ScreeningKey.load().

    Pickled as the path of its file, never as its content.
    """

    __slots__ = ()


class Key(_AnyKey):
    """Marks and reads. 256 secret bits from Key.generate(), Key.load(path) or Key.from_bytes(32 bytes).

    Pickled as the path of its file, never as its content.

    >>> key = Key.generate()
    >>> key.screening().fingerprint == key.fingerprint
    True
    """

    __slots__ = ()

    @classmethod
    def generate(cls) -> Key:
        """A new key from the system's randomness."""
        return cls._wrap(_earmark.Key.generate())

    @classmethod
    def from_bytes(cls, master: bytes) -> Key:
        """The key of 32 given bytes, for tests and key stores. ValueError for another length."""
        if not isinstance(master, (bytes, bytearray)):
            raise TypeError(f"master: {type(master).__name__} given, 32 bytes are needed")
        if len(master) != 32:
            raise ValueError(f"master: {len(master)} bytes given, 32 are needed")
        return cls._wrap(_earmark.Key.from_bytes(bytes(master)))

    def screening(self) -> ScreeningKey:
        """The screening key of this key."""
        return ScreeningKey._wrap(self._native.screening())


AnyKey = Union[Key, ScreeningKey]
KeyLike = Union[Key, PathLike]
KeysLike = Union[AnyKey, PathLike, abc.Sequence[Union[AnyKey, PathLike]], abc.Mapping[str, Union[AnyKey, PathLike]]]


def load_key(path: PathLike) -> AnyKey:
    """Read a key file of either kind. FileNotFoundError, or KeyFileError when it is damaged."""
    text = _path_text(path)
    try:
        return _wrapped(_earmark.load_key(text), os.path.abspath(text))
    except _earmark.KeyFileError as error:
        if not os.path.exists(text):
            raise FileNotFoundError(str(error)) from None
        raise


def as_marking_key(key: object) -> Key:
    """The argument `key` of embedding: a Key, or the path of one."""
    if isinstance(key, ScreeningKey):
        raise TypeError("key: a ScreeningKey finds marks and cannot make them; give the Key")
    if isinstance(key, (str, os.PathLike)):
        return Key.load(key)
    if not isinstance(key, Key):
        raise TypeError(f"key: {type(key).__name__} given, an earmark.Key or the path of its file is needed")
    return key


def as_named_keys(keys: object) -> tuple[tuple[str, AnyKey], ...]:
    """The argument `key` of detection as (name, key): one key or path, a sequence of them, or a mapping by name.

    A key without a name of its own goes by the path it was given or loaded by, else by its fingerprint.
    """
    if isinstance(keys, abc.Mapping):
        named = tuple((str(name), _as_key(key)) for name, key in keys.items())
    elif isinstance(keys, (list, tuple)):
        named = tuple(_named(key) for key in keys)
    else:
        named = (_named(keys),)
    if not named:
        raise ValueError("key: none given, at least 1 is needed")
    return named


def _named(key: object) -> tuple[str, AnyKey]:
    found = _as_key(key)
    if isinstance(key, (str, os.PathLike)):
        return os.fspath(key), found
    return found.path or found.fingerprint, found


def _as_key(key: object) -> AnyKey:
    if isinstance(key, (str, os.PathLike)):
        return load_key(key)
    if not isinstance(key, (Key, ScreeningKey)):
        raise TypeError(
            f"key: {type(key).__name__} given; an earmark.Key, a ScreeningKey, the path of one, or several are needed"
        )
    return key


def _wrapped(native: _earmark.Key | _earmark.ScreeningKey, path: str | None = None) -> AnyKey:
    if isinstance(native, _earmark.Key):
        return Key._wrap(native, path)
    return ScreeningKey._wrap(native, path)


def _kind(key: type[_AnyKey]) -> str:
    return "a master key" if key is Key else "a screening key"


def _path_text(path: PathLike) -> str:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: {type(path).__name__} given, a str or os.PathLike is needed")
    text = os.fspath(path)
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("path: a str without zero characters is needed")
    return text


def _load_pickled(path: str, kind: str, fingerprint: str) -> AnyKey:
    key: AnyKey = Key.load(path) if kind == "Key" else ScreeningKey.load(path)
    if key.fingerprint != fingerprint:
        raise _earmark.KeyFileError(f"{path}: holds another key now ({key.fingerprint}, not {fingerprint})")
    return key
