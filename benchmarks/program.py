"""The `earmark` program as the benchmarks call it: the figures are those of the command a user runs."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess

SCRATCH = '/dev/shm' if os.path.isdir('/dev/shm') else None  # files that live for a moment stay in memory
FILES_A_CALL = 400  # keeps a command line far below the system's limit


class Program:
    def __init__(self, path=None):
        self.path = str(path) if path else self._found()
        if not os.access(self.path, os.X_OK):
            raise SystemExit(f'{self.path} is not a program; name one with --earmark')

    @staticmethod
    def _found():
        """That named by EARMARK, else the newest one built in this tree, else the one installed."""
        if os.environ.get('EARMARK'):
            return os.environ['EARMARK']
        root = pathlib.Path(__file__).resolve().parent.parent
        built = [p for p in root.glob('build*/tools/earmark') if os.access(p, os.X_OK)]
        if built:
            return str(max(built, key=lambda p: p.stat().st_mtime))
        installed = shutil.which('earmark')
        if not installed:
            raise SystemExit('no earmark program in build*/tools or on the PATH; build it, or name it with --earmark')
        return installed

    def _run(self, arguments, good):
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode not in good:
            raise RuntimeError(f'earmark {arguments[0]} exit {done.returncode}: {done.stderr.strip()[:500]}')
        return done.stdout

    def version(self):
        return self._run(['--version'], {0}).strip()

    def embed(self, host, marked, key, payload, profile):
        self._run(['embed', host, marked, '--key', key, '--payload', payload, '--profile', profile], {0})

    def detect(self, files, keys, options=()):
        """One verdict (the object of `detect --json`) for each file, in order."""
        verdicts = []
        for start in range(0, len(files), FILES_A_CALL):
            batch = files[start:start + FILES_A_CALL]
            named = [part for key in keys for part in ('--key', key)]
            lines = self._run(['detect', *batch, *named, '--json', *options], {0, 1}).splitlines()
            if len(lines) != len(batch):
                raise RuntimeError(f'earmark detect gave {len(lines)} verdicts for {len(batch)} files')
            verdicts += [json.loads(line) for line in lines]
        return verdicts


def seeded_bytes(*seed, size=32):
    """The same bytes for the same words, on every machine: SHAKE-256 of the words."""
    return hashlib.shake_256('/'.join(map(str, seed)).encode()).digest(size)


def seeded_number(*seed):
    return int.from_bytes(seeded_bytes(*seed, size=6), 'big')


def write_key(path, master):
    """A key file (version 1, see dsp/carrier/key_text.hpp) of 32 given bytes, so that a run can be repeated.

    Never make a key for use this way: `earmark keygen` draws from the system's randomness.
    """
    sync = hashlib.blake2b(b'', digest_size=32, key=master, salt=(1).to_bytes(8, 'little') + bytes(8),
                           person=b'earmark1' + bytes(8)).digest()  # crypto_kdf_derive_from_key of libsodium
    fingerprint = hashlib.blake2b(b'earmark fingerprint 1', digest_size=16, key=sync).hexdigest()[:16]
    lines = ['earmark key 1', '# Keep this file secret: whoever has it can mark audio and read marks.', 'kind: master',
             f'secret: {master.hex()}', f'fingerprint: {fingerprint}', '']
    text = '\n'.join(lines)
    text += f'checksum: {hashlib.blake2b(text.encode(), digest_size=16).hexdigest()[:16]}\n'
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as out:
        out.write(text)
    return path
