"""Files of every container that holds a label, and programs that are not ours to read them with."""

import json
import subprocess

LABEL = ["--producer", "ExampleVoice", "--produce-id", "id-1"]
FIELDS = {
    "Label": "1",
    "ContentProducer": "ExampleVoice",
    "ProduceID": "id-1",
    "ReservedCode1": "",
    "ContentPropagator": "ExampleVoice",
    "PropagateID": "id-1",
    "ReservedCode2": "",
}

# name: the container, and what ffmpeg needs to make it of a WAV. "tagged" ones have other metadata that must stay.
KINDS = {
    "plain.wav": ["-map_metadata", "-1"],
    "odd.wav": ["-c:a", "pcm_u8", "-frames:a", "1001"],
    "rf64.wav": ["-rf64", "always"],
    "plain.mp3": ["-map_metadata", "-1", "-write_id3v2", "0"],
    "id3v24.mp3": ["-id3v2_version", "4"],
    "id3v23.mp3": ["-id3v2_version", "3", "-write_id3v1", "1"],
    "tagged.flac": [],
    "tagged.ogg": ["-c:a", "libvorbis"],
    "tagged.opus": ["-ar", "48000"],
    "tagged.m4a": [],
    "faststart.m4a": ["-movflags", "+faststart"],
    "keys.m4a": ["-movflags", "+faststart+use_metadata_tags"],
}


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], check=True)


def make(folder, speech, name):
    path = folder / name
    ffmpeg("-i", speech, "-metadata", "title=A title", "-metadata", "artist=An artist", *KINDS[name], path)
    return path


def packets(path):
    """A digest of the coded audio, packet by packet, as ffmpeg finds it."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "framemd5", "-"], capture_output=True, check=True)
    assert done.stderr == b"", done.stderr
    # Timestamps may count from another place; what is in the packets may not change.
    return [line.split(b",")[4:6] for line in done.stdout.splitlines() if not line.startswith(b"#")]


def tags(path):
    """All tags that ffprobe shows, keys in lower case."""
    words = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags:stream_tags", path]
    shown = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    found = {}
    for part in (*shown.get("streams", []), shown.get("format", {})):
        found.update({key.lower(): value for key, value in part.get("tags", {}).items()})
    return found


def riff_chunks(path):
    """(id, data) of every chunk; asserts that the sizes add up to the file."""
    data = path.read_bytes()
    long = data[:4] == b"RF64"
    size = int.from_bytes(data[20:28], "little") if long else int.from_bytes(data[4:8], "little")
    assert size == len(data) - 8
    chunks, at = [], 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if long and data[at : at + 4] == b"data":
            size = int.from_bytes(data[28:36], "little")
        chunks.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        assert len(chunks[-1][1]) == size
        at += 8 + size + size % 2
    return chunks


def exiftool_values(path):
    words = ["exiftool", "-a", "-u", "-s3", "-AIGC", "-UserDefinedText", path]
    return subprocess.run(words, capture_output=True, check=True, text=True).stdout.splitlines()


def labels_by_others(path, *, all_programs=True):
    """The label's texts as independent programs read them; at least one program for every container."""
    name = path.name
    if name.endswith(".wav"):
        return [data.decode() for chunk, data in riff_chunks(path) if chunk == b"AIGC"]
    found = [text for key, text in tags(path).items() if key == "aigc"]
    if not all_programs:
        return found
    shown = [line.removeprefix("(AIGC) ") for line in exiftool_values(path) if "Label" in line]
    assert shown == found
    if name.endswith(".flac"):
        words = ["metaflac", "--show-tag=AIGC", path]
        assert subprocess.run(words, capture_output=True, check=True, text=True).stdout.splitlines() == [f"AIGC={text}" for text in found]
    if name.endswith(".opus"):
        done = subprocess.run(["opusinfo", path], capture_output=True, text=True)
        assert done.returncode == 0 and "WARNING" not in done.stdout, done.stdout
        assert [line.strip() for line in done.stdout.splitlines() if "AIGC" in line] == [f"AIGC={text}" for text in found]
    return found
