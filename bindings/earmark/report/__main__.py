"""python3 -m earmark.report: exit 0 done, 2 wrong usage, 3 unusable input, 4 key trouble, as the command earmark."""
from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile

from .. import KeyFileError
from ..key import Key
from . import ATTACKS, WINDOWS, measure, page


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # one line, as everywhere
        sys.exit(_complain(2, message))


def _complain(code: int, message: object) -> int:
    print("earmark: " + " ".join(str(message).split()), file=sys.stderr)
    return code


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="earmark report", description="Measure quality, robustness and false alarms on your own clips.")
    parser.add_argument("clips", nargs="+", metavar="CLIPS", help="files or folders of speech")
    parser.add_argument("--key", required=True, help="master key that marks; the page has its fingerprint")
    parser.add_argument("--out", required=True, help="page to write")
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--distortions", default=ATTACKS, help="rows of earmark.attacks.table(), comma separated")
    parser.add_argument("--windows", default=",".join(f"{length:g}" for length in WINDOWS), help="lengths in s")
    parser.add_argument("--trials", type=int, default=2, help="windows a clip, distortion and length")
    parser.add_argument("--keys", type=int, default=20, help="random keys a segment, for false alarms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--p-max", type=float, default=1e-6)
    parser.add_argument("--search", default="none")
    parser.add_argument("--title", default="Reliability of the inaudible mark")
    parser.add_argument("--jobs", type=int)
    return parser.parse_args(words)


def _windows(text: str) -> list[float]:
    try:
        return [float(length) for length in text.split(",")]
    except ValueError:
        raise ValueError(f"windows: {text!r} is no list of lengths in s, as 1,3,10") from None


def _write(path: str, text: str) -> None:
    """Aside, then into place: an old page stays until the new one is whole."""
    folder, name = os.path.split(os.path.abspath(path))
    descriptor, aside = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with open(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(aside, 0o666 & ~mask)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise


def main(words: list[str]) -> int:
    options = _arguments(words)
    try:
        if os.path.isdir(options.out) or not os.path.isdir(os.path.dirname(os.path.abspath(options.out))):
            raise OSError(f"{options.out}: cannot be written, it is a folder or in none")
        report = measure(
            options.clips,
            key=Key.load(options.key),
            profile=options.profile,
            attacks=options.distortions,
            windows=_windows(options.windows),
            trials=options.trials,
            keys=options.keys,
            seed=options.seed,
            p_max=options.p_max,
            search=options.search,
            title=options.title,
            command=shlex.join(["earmark", "report", *words]),
            jobs=options.jobs,
        )
        _write(options.out, page(report))
    except KeyFileError as error:
        return _complain(4, error)
    except FileNotFoundError as error:
        return _complain(4 if str(error).startswith(f"{options.key}:") else 3, error)
    except (OSError, ImportError) as error:
        return _complain(3, error)
    except (ValueError, TypeError) as error:
        return _complain(3 if _names_a_file(str(error), options.clips) else 2, error)
    except KeyboardInterrupt:
        return 130
    print(f"{options.out}: {len(report['clips'])} clips, {len(report['robustness'])} distortions, key {report['setting']['key_fingerprint']}")
    return 0


def _names_a_file(message: str, clips: list[str]) -> bool:
    return message.startswith("clips:") or any(message.startswith(clip) for clip in clips)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
