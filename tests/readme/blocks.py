"""The fenced blocks of README.md, each with what is to become of it. The comment in the line above the fence decides:

    <!-- not run: REASON -->          left alone, for that reason
    <!-- run with: tests/... -->      what calls the functions of a block that has no main, or feeds a program that has
    nothing                           it runs as it stands

Languages: cpp, c, python, sh (all lines succeed), console (`$ ` lines and what they print; numbers may differ), and
text, which is no code."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = {"cpp", "c", "python", "sh", "console", "text"}
MARKER = re.compile(r"<!-- (not run|run with): (.+) -->")


@dataclasses.dataclass(frozen=True)
class Block:
    line: int  # of the fence
    language: str
    text: str
    not_run: str = ""
    run_with: str = ""

    def __str__(self):
        return f"{self.language}-{self.line}"


def blocks(text):
    """Raises ValueError, naming the line, on a block that no rule covers."""
    found, lines, number = [], text.splitlines(), 0
    while number < len(lines):
        line = lines[number]
        if line.startswith(("    ", "\t")) and line.strip() and not (number and lines[number - 1].strip()):
            raise ValueError(f"line {number + 1}: an indented block; fence it and name its language")
        if not line.startswith("```"):
            number += 1
            continue
        language = line[3:].strip()
        if language not in LANGUAGES:
            raise ValueError(f"line {number + 1}: '{language}' is not one of {', '.join(sorted(LANGUAGES))}")
        end = lines.index("```", number + 1)
        marker = MARKER.fullmatch(lines[number - 1]) if number else None
        kind = {marker[1].replace(" ", "_"): marker[2]} if marker else {}
        found.append(Block(number + 1, language, "\n".join(lines[number + 1 : end]) + "\n", **kind))
        number = end + 1
    return found


def readme():
    return blocks((ROOT / "README.md").read_text())
