"""What benchmarks/record.sh wrote: JSON, and beside it the text that says by which command and commit."""
import json
from dataclasses import dataclass

# name of the results: the section of record.sh that makes them
EXPECTED = {
    'robustness_standard': 'robustness', 'robustness_standard_8k': 'robustness', 'robustness_between': 'robustness',
    'robustness_joined': 'robustness', 'robustness_128_bits': 'robustness',
    'robustness_scaled': 'scaled', 'segments': 'segments', 'robustness_transparent': 'profiles', 'robustness_robust': 'profiles',
    'table': 'table', 'table_scaled': 'table', 'table_suites': 'table', 'table_suites_scaled': 'table', 'averaging': 'table',
    'quality': 'quality', 'false_alarms_trials': 'false_alarms', 'false_alarms_keys': 'false_alarms',
    'detection_delay': 'delay', 'streaming': 'streaming', 'speed': 'speed', 'long_files': 'speed',
}


# what the JSON of each must have, by how its name begins
NEEDED = {'robustness': ('distortions', 'clips', 'p_max', 'profile'), 'table': ('distortions', 'clips', 'p_max', 'profile'),
          'segments': ('rows', 'trials'), 'averaging': ('rows',), 'quality': ('profiles',), 'false_alarms': ('all', 'kinds', 'keys'),
          'detection_delay': ('rows', 'results'), 'streaming': ('one_stream',), 'speed': ('benchmarks',), 'long_files': ('rows',)}


class Broken(Exception):
    """A file that is there and cannot be used."""


@dataclass
class Results:
    name: str
    data: dict
    command: str  # '' where none is noted
    commit: str


def load(folder):
    """{name: Results} of those that are there; Broken names the file."""
    found = {}
    for name in EXPECTED:
        path = folder / f'{name}.json'
        if not path.exists():
            continue
        try:
            data = json.loads(path.read_text())
        except (ValueError, OSError) as error:
            raise Broken(f'{path}: {error}') from None
        if not isinstance(data, dict):
            raise Broken(f'{path}: a {type(data).__name__} where an object is needed')
        lacking = [key for kind, keys in NEEDED.items() if name.startswith(kind) for key in keys if key not in data]
        if lacking:
            raise Broken(f'{path}: it has no {", no ".join(lacking)}')
        found[name] = Results(name, data, *_made_by(path.with_suffix('.txt')))
    return found


def _made_by(path):
    lines = path.read_text().splitlines() if path.exists() else []
    said = lambda word: next((line[len(word):] for line in reversed(lines) if line.startswith(word)), '')
    return said('made by: ').replace(' --json FILE', ''), said('commit ')
