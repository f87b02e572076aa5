#!/usr/bin/python3
"""Remakes dsp/detect/chip_nets.hpp: two small perceptrons that tell a chip's sign from the log energies round it.

    benchmarks/whitening/train_nets.py BUILD_DIR [--corpus DIR] [--steps 7000] [--seed 1] [--examples DIR]

Needs python3-torch, asterisk-core-sounds-{en,es,fr,it,ru}-g722, codec2-examples, flite and ffmpeg. Speech that those
packages ship, 19 hosts of at most 3 minutes, is marked, each host with a key of its own, and heard in the ways of
HEARD. What the full net makes greatest is the mean over the ways of the root of z, z being what a sum of sign times
residual gives over the root of its energy: the root lets a way where little is left of the mark count for more. The
prompt net serves the sequential test, which decides where the mark is strong: tanh of its output meets the sign in the
least mean square, all ways weighing alike. With --corpus, prints what the nets are worth on clips of that corpus that tune the mark (corpus.TRAIN) and whose voices are not among
the hosts: z over that of the linear filter, which sees the same 28 log energies. --examples keeps the examples there,
and takes those that are there already: making them takes longer than training.

z of the full net over that of nets that met the sign in the least mean square, all ways weighing alike (the same clips;
full net of 32 and 16 units unless it is said):
                                              clean  G.711    GSM  AMR 12.2  AMR 4.75  Opus 6k  mobile call
    least squares, ways weighed by 1 / z       0.94   0.95   1.03      1.00      1.08     1.13         1.05
    least squares, 1 / z^1.5                   0.92   0.93   1.03      0.99      1.11     1.17         1.06
    the same, and told how restless its bands
    have been for 2 s (what codec is it?)      0.92   0.93   1.03      0.99      1.11     1.16         1.09
    root of z                                  0.98   0.99   1.02      1.01      1.07     1.08         1.03
    root of z, 64 and 16 units                 0.98   1.00   1.07      1.03      1.10     1.10         1.09
Least squares ask for outputs as large as the evidence in every way, so a net has to find out the way; z does not.
Tried before, in least squares: a net without the level over the floor (noise at 10 dB + 16 % instead of + 26 %); twice
the neighbourhood, 48 units (next to nothing); an output not clipped (- 4 % where the mark is strong).
"""
import argparse
import functools
import multiprocessing
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy as np
import soundfile
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import corpus
from package import ROOT, earmark
from program import Program, seeded_bytes, write_key

HOST_S = 180
TAPS, MORE, PROMPT_TAPS = 28, 3, 20
UNITS = {'trained_chip_net': (64, 16), 'trained_prompt_net': (32, 16)}  # of the hidden layers
NET_TAPS = {'trained_chip_net': TAPS, 'trained_prompt_net': PROMPT_TAPS}
FOR_Z = {'trained_chip_net'}
MOST_CHIPS = 24000  # of one host heard in one way
SAME_VOICES = {'hum-ru-ivrvoice', 'hum-en-allison', 'hum-en-8k-vk5qi', 'tts-en-festival-slt32k', 'tts-en-espeak'}
VOICES = ('en_US_f_Allison', 'es_MX_f_Allison', 'fr_CA_f_June', 'it_IT_m_Carlo', 'ru_RU_f_IvrvoiceRU')
CODEC2 = ('hts1a', 'hts2a', 've9qrp', 'big_dog', 'cross', 'vk2tpm_004')
PAYLOAD = '0123456789abcdef'

attacks = earmark.attacks
talkers = functools.cache(attacks.packaged_voices)


def _codec(name):
    return lambda x, rate, seed: attacks.codec(x, rate, name=name)


def _narrow(then):
    """8 kHz first, as on a telephone."""
    return lambda x, rate, seed: then(corpus.resampled(x, rate, 8000), 8000, seed)


HEARD = {
    'clean': lambda x, rate, seed: (x, rate),
    'clean, 8 kHz': _narrow(lambda x, rate, seed: (x, rate)),
    'G.711': _codec('g711_mu'),
    'GSM': _codec('gsm'),
    'AMR 12.2': _codec('amr_12k2'),
    'AMR 7.95': _codec('amr_7k95'),
    'AMR 5.9': _codec('amr_5k9'),
    'AMR 4.75': _codec('amr_4k75'),
    'Opus 12k': _codec('opus_12k'),
    'Opus 8k': _codec('opus_8k'),
    'Opus 6k': _codec('opus_6k'),
    'MP3 32k': _codec('mp3_32k'),
    'noise 20 dB': lambda x, rate, seed: attacks.white_noise(x, rate, seed, snr_db=20),
    'noise 20 dB, 8 kHz': _narrow(lambda x, rate, seed: attacks.white_noise(x, rate, seed, snr_db=20)),
    'noise 10 dB, 8 kHz': _narrow(lambda x, rate, seed: attacks.white_noise(x, rate, seed, snr_db=10)),
    'pink noise 15 dB': lambda x, rate, seed: attacks.pink_noise(x, rate, seed, snr_db=15),
    'room 0.45 s': lambda x, rate, seed: attacks.reverb(x, rate, seed, rt60_s=0.45),
    'second talker 10 dB': lambda x, rate, seed: attacks.second_talker(x, rate, seed, talkers=talkers(),
                                                                       snr_db=10),
    'mobile call': lambda x, rate, seed: attacks.mobile_call(x, rate, seed, loss=0, ppm=0),
}


def hosts(folder, rng):
    """(name, samples, rate) of the packaged speech."""
    for voice in VOICES:
        files = sorted(p for p in pathlib.Path('/usr/share/asterisk/sounds', voice).rglob('*.g722')
                       if p.stat().st_size > 8000)
        rng.shuffle(files)
        for part in range(3):
            raw, wav = folder / 'host.g722', folder / 'host.wav'
            raw.write_bytes(b''.join(p.read_bytes() for p in files[part::3])[:HOST_S * 8000])
            subprocess.run(['ffmpeg', '-v', 'error', '-y', '-f', 'g722', '-i', raw, '-ar', '16000', '-ac', '1', wav],
                           check=True)
            yield f'{voice} {part}', *soundfile.read(wav)
    yield 'codec2', np.concatenate([soundfile.read(f'/usr/share/codec2/wav/{name}.wav')[0] for name in CODEC2]), 8000
    text = pathlib.Path('/usr/share/common-licenses/Apache-2.0').read_text()
    for number, voice in enumerate(('rms', 'awb', 'slt')):
        wav = folder / 'host.wav'
        start = 1000 + 3000 * number
        subprocess.run(['flite', '-voice', voice, '-t', text[start:start + 3000], '-o', wav], check=True)
        yield f'flite {voice}', *soundfile.read(wav)


def examples(name, samples, rate, build, program, folder, seed):
    """For each way of hearing: inputs of the full and the prompt net and the sign, (chips, 2, 32)."""
    key = write_key(folder / 'key', seeded_bytes('nets', seed, name))
    host, marked, received = folder / 'host.wav', folder / 'marked.wav', folder / 'received.wav'
    soundfile.write(host, np.clip(samples, -1, 1), rate)
    marked.unlink(missing_ok=True)
    program.embed(host, marked, key, PAYLOAD, 'standard')
    samples, rate = soundfile.read(marked)
    for way, attack in HEARD.items():
        heard, heard_rate = attack(samples, rate, seed)
        soundfile.write(received, np.clip(heard, -1, 1), heard_rate)
        command = [build / 'benchmarks/train_whitening', 'examples', key, PAYLOAD, received]
        both = [np.frombuffer(subprocess.run([*command, *more], check=True, capture_output=True).stdout, np.float32)
                .reshape(-1, TAPS + MORE + 1) for more in ([], ['--prompt'])]
        count = min(map(len, both))
        yield way, np.stack([rows[:count] for rows in both], 1)


def audible(rows):
    """Chips round which something moves; digital silence and dead bands teach nothing."""
    return rows[:, 0, :TAPS].std(1) > 0.05


class Net(torch.nn.Module):
    """Learns on the deviation of the log energies from their mean, beside the level of the first cell: the same
    function as one of the plain inputs, but one that is found sooner."""

    def __init__(self, taps, first, second):
        super().__init__()
        self.taps = taps
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(taps + 1 + MORE, first), torch.nn.ReLU(), torch.nn.Linear(first, second), torch.nn.ReLU(),
            torch.nn.Linear(second, 1))

    def forward(self, x):
        cells, more = x[:, :self.taps], x[:, TAPS:TAPS + MORE]
        deviation = (cells - cells.mean(1, keepdim=True)) / 2
        level = cells[:, 9:11].sum(1, keepdim=True) / 8
        return self.layers(torch.cat([deviation, level, more], 1))[:, 0]

    def weights(self):
        """As WholeNet takes them (dsp/detect/whole_net.hpp)."""
        first, second, last = (self.layers[i] for i in (0, 2, 4))
        learnt = first.weight.detach().numpy()
        cells = learnt[:, :self.taps] / 2
        cells = cells - cells.mean(1, keepdims=True)
        cells[:, 9:11] += learnt[:, self.taps:self.taps + 1] / 8
        plain = np.concatenate([cells, learnt[:, self.taps + 1:]], 1)
        out = []
        for weight, bias in ((plain, first.bias), (second.weight.detach().numpy(), second.bias)):
            bias = bias.detach().numpy()
            for unit in range(0, len(weight), 8):
                out += [bias[unit:unit + 8], weight[unit:unit + 8].T.ravel()]
        out += [last.bias.detach().numpy(), last.weight.detach().numpy().ravel()]
        return np.concatenate(out)


def least_squares(residual, sign):
    return ((residual - sign) ** 2).mean()


def lack_of_z(residual, sign):
    """Of chips [way, chip]."""
    z = (residual * sign).mean(1) / torch.sqrt((residual ** 2).mean(1) + 1e-6)
    return -torch.sqrt(z.clamp(min=1e-3)).mean()


def train(pools, name, options):
    """pools: for each way its examples as net `name` sees them, shuffled."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    net, batch, warm_up = Net(NET_TAPS[name], *UNITS[name]), 768, 300
    optimiser = torch.optim.Adam(net.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=options.steps)
    for step in range(options.steps):
        starts = [step % (len(pool) // batch) * batch for pool in pools]
        chosen = torch.from_numpy(np.stack([pool[at:at + batch] for pool, at in zip(pools, starts)]).astype(np.float32))
        sign = chosen[:, :, -1]
        residual = torch.tanh(net(chosen.flatten(0, 1))).view(sign.shape)
        # Least squares first: they set the scale, which z leaves free.
        loss = (lack_of_z if name in FOR_Z and step >= warm_up else least_squares)(residual, sign)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            print(f'  {name}, {step} of {options.steps}: {float(loss):.4f}', flush=True)
    return net


def z(residual, sign):
    return float((residual * sign).sum() / np.sqrt((residual.astype(np.float64) ** 2).sum() + 1e-9))


def validate(nets, options, build, program, folder):
    header = (ROOT / 'dsp/carrier/chip_filter_taps.hpp').read_text().split('trained_whitening_taps')[1]
    taps = np.array([float(x) for x in re.findall(r'(-?\d+\.\d+)f', header)], np.float32)
    ratios = {way: [] for way in HEARD}
    clips = [clip for clip in corpus.load(options.corpus, 'train') if clip.name not in SAME_VOICES]
    for clip in clips:
        for way, rows in examples(clip.name, clip.samples, clip.rate, build, program, folder, options.seed + 1):
            rows = rows[audible(rows)]
            linear = z(np.clip(rows[:, 0, :TAPS] @ taps, -2.2, 2.2), rows[:, 0, -1])
            with torch.no_grad():
                ratios[way].append([z(net(torch.from_numpy(rows[:, i])).clamp(-1, 1).numpy(), rows[:, i, -1]) / linear
                                    for i, net in enumerate(nets)])
    print(f'z over that of the linear filter, geometric mean of {len(clips)} clips: full net, prompt net')
    for way, pairs in ratios.items():
        full, prompt = np.exp(np.log(pairs).mean(0))
        print(f'{way:22}{full:7.3f}{prompt:7.3f}')


def header(nets, hosts_used):
    lines = [f'// Made by benchmarks/whitening/train_nets.py from {hosts_used} hosts, each heard in {len(HEARD)} ways; '
             'do not edit.', '#pragma once', '', '#include <array>', '', 'namespace earmark {', '',
             '// Weights as WholeNet takes them (whole_net.hpp), and units of the two hidden layers.']
    for name, net in nets.items():
        weights, (first, second) = net.weights(), UNITS[name]
        lines += [f'inline constexpr std::array<int, 2> {name}_units{{{first}, {second}}};',
                  '// clang-format off', f'inline constexpr std::array<float, {len(weights)}> {name}{{']
        lines += ['    ' + ', '.join(f'{w:.4f}f' for w in weights[i:i + 12]) + ',' for i in range(0, len(weights), 12)]
        lines += ['};', '// clang-format on']
    return '\n'.join([*lines, '', '}  // namespace earmark', ''])


def example_files(options, folder):
    """(host, way, file) of the examples of every host heard in every way; those that are not there yet are made."""
    folder.mkdir(parents=True, exist_ok=True)
    program = Program(str(options.build / 'tools/earmark'))
    with tempfile.TemporaryDirectory() as scratch:
        for name, samples, rate in hosts(pathlib.Path(scratch), random.Random(options.seed)):
            files = {way: folder / f'{name}__{way}.npy'.replace(' ', '_') for way in HEARD}
            if not all(file.exists() for file in files.values()):
                for way, rows in examples(name, samples, rate, options.build, program, pathlib.Path(scratch),
                                          options.seed):
                    np.save(files[way], rows.astype(np.float16))
                print(name, flush=True)
            yield from ((name, way, file) for way, file in files.items())


def pools_of(files, rng):
    """{way: (chips, 2, 32)}, shuffled."""
    kept = {way: [] for way in HEARD}
    for _, way, file in files:
        rows = np.load(file)
        rows = rows[rng.permutation(len(rows))[:MOST_CHIPS]]
        kept[way].append(rows[audible(rows.astype(np.float32))])
    return {way: rng.permutation(np.concatenate(rows)) for way, rows in kept.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--corpus')
    parser.add_argument('--steps', type=int, default=7000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--examples', type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = list(example_files(options, options.examples or pathlib.Path(scratch, 'examples')))
        pools = pools_of(files, np.random.default_rng(options.seed))
        with multiprocessing.get_context('fork').Pool(len(UNITS)) as workers:
            jobs = {name: workers.apply_async(train, ([pool[:, which] for pool in pools.values()], name, options))
                    for which, name in enumerate(UNITS)}
            nets = {name: job.get() for name, job in jobs.items()}
        (ROOT / 'dsp/detect/chip_nets.hpp').write_text(header(nets, len({host for host, _, _ in files})))
        if options.corpus:
            validate(list(nets.values()), options, options.build, Program(str(options.build / 'tools/earmark')),
                     pathlib.Path(scratch))


if __name__ == '__main__':
    main()
