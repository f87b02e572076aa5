"""Pipes carry WAV or bare samples, and give bit for bit what files give."""

import subprocess

import pytest
import soundfile
from conftest import PAYLOAD, binary, peak_kb, refused, run

RAW = {"u8": "PCM_U8", "s16le": "PCM_16", "s24le": "PCM_24", "s32le": "PCM_32", "f32le": "FLOAT", "mulaw": "ULAW", "alaw": "ALAW"}


def samples_of(data, tmp_path):
    path = tmp_path / "samples.wav"
    path.write_bytes(data)
    return soundfile.read(path, dtype="float64")[0].tobytes()


@pytest.mark.parametrize("form", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_pipe_equals_file(tmp_path, voice, embed, form):
    source, target = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(source, voice(24000), 24000, subtype=form)
    assert embed(source, target).code == 0
    wanted = samples_of(target.read_bytes(), tmp_path)
    piped = embed("-", "-", stdin=source.read_bytes())
    assert piped.code == 0 and samples_of(piped.out, tmp_path) == wanted
    to_pipe = embed(source, "-")
    assert samples_of(to_pipe.out, tmp_path) == wanted
    from_pipe = tmp_path / "from_pipe.wav"
    assert embed("-", from_pipe, stdin=source.read_bytes()).code == 0
    assert from_pipe.read_bytes() == target.read_bytes()


@pytest.mark.parametrize("encoding", RAW)
def test_raw_equals_wav(tmp_path, voice, key, embed, encoding):
    wav, bare = tmp_path / "in.wav", tmp_path / "in.raw"
    soundfile.write(wav, voice(8000), 8000, subtype=RAW[encoding])
    soundfile.write(bare, soundfile.read(wav)[0], 8000, format="RAW", subtype=RAW[encoding])
    option = ("--raw", f"{encoding}:8000:1")
    assert embed(wav, tmp_path / "out.wav").code == 0
    marked = embed("-", "-", *option, stdin=bare.read_bytes())
    assert marked.code == 0 and len(marked.out) == bare.stat().st_size
    (tmp_path / "piped.raw").write_bytes(marked.out)
    assert embed(bare, tmp_path / "out.raw", *option).code == 0
    assert (tmp_path / "out.raw").read_bytes() == marked.out
    there = soundfile.read(tmp_path / "out.raw", format="RAW", subtype=RAW[encoding], samplerate=8000, channels=1)[0]
    assert there.tobytes() == soundfile.read(tmp_path / "out.wav")[0].tobytes()
    assert run("detect", "-", "--key", key, *option, stdin=marked.out).code == 0


@pytest.mark.parametrize("container,form", [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_coded_input_on_a_pipe(tmp_path, voice, key, embed, container, form):
    source = tmp_path / "in.bin"
    soundfile.write(source, voice(16000), 16000, format=container, subtype=form)
    result = embed("-", "-", "--sample-format", "pcm_16", stdin=source.read_bytes())
    assert result.code == 0, result.err
    assert len(result.out) == 44 + 2 * soundfile.info(source).frames
    assert run("detect", "-", "--key", key, stdin=result.out).code == 0


@pytest.mark.parametrize("reader", [["sox", "-t", "wav", "-", "-t", "raw", "-"], ["ffmpeg", "-v", "error", "-i", "-", "-f", "s16le", "-"]])
def test_others_read_our_pipe(speech, key, reader):
    words = f"cat {speech} | {binary()} embed - - --key {key} --payload {PAYLOAD} 2>/dev/null | {' '.join(reader)}"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", words], capture_output=True, check=True)
    assert len(done.stdout) == 2 * soundfile.info(speech).frames


@pytest.mark.parametrize(
    "writer",
    ["sox {} -t wav -", "ffmpeg -v error -i {} -f wav -", "ffmpeg -v error -i {} -rf64 always -f wav -", "ffmpeg -v error -i {} -f flac -"],
)
def test_we_read_the_pipes_of_others(tmp_path, speech, embed, writer):
    piped = subprocess.run(writer.format(speech).split(), capture_output=True, check=True).stdout
    assert embed("-", tmp_path / "piped.wav", stdin=piped).code == 0
    assert embed(speech, tmp_path / "file.wav").code == 0
    assert (tmp_path / "piped.wav").read_bytes() == (tmp_path / "file.wav").read_bytes()


def test_header_is_completed_when_stdout_is_a_file(tmp_path, speech, key, embed):
    target = tmp_path / "out.wav"
    subprocess.run(
        f"cat {speech} | {binary()} embed - - --key {key} --payload {PAYLOAD} > {target} 2>/dev/null", shell=True, check=True
    )
    assert embed(speech, tmp_path / "file.wav").code == 0
    assert target.read_bytes() == (tmp_path / "file.wav").read_bytes()


def test_bytes_behind_the_samples_do_not_count(tmp_path, marked, embed):
    data = marked.read_bytes()
    tail = b"LIST" + (40000).to_bytes(4, "little") + bytes(40000)
    assert embed("-", "-", stdin=data + tail).out[44:] == embed("-", "-", stdin=data).out[44:]


def test_stray_bytes(tmp_path, speech, key, embed):
    data = speech.read_bytes()[44:] + b"x"
    refused(embed("-", tmp_path / "out.wav", "--raw", "s16le:16000:1", stdin=data), 3, "inside a sample")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text,hint",
    [("s16le", "encoding:rate"), ("s17le:8000:1", "s17le"), ("s16le:100:1", "8000 .. 192000"), ("s16le:8000:0", "1 .. 64"), ("s16le:8k:1", "8k")],
)
def test_bad_raw(embed, text, hint):
    refused(embed("-", "-", "--raw", text), 2, "--raw", hint)


def test_memory_does_not_grow_with_the_signal(key):
    """Ten times the audio, the same peak; the pipe never ends up in memory."""

    def peak(seconds):
        feed = f"head -c {seconds * 32000} /dev/urandom"
        return peak_kb(feed, 0, "embed", "-", "-", "--raw", "s16le:16000:1", "--key", key, "--payload", PAYLOAD)

    assert peak(1200) < peak(120) * 1.2 + 1000
