# The Debian packages each purpose needs, and how to get them. Sourced by tests/run.sh and tools/quickstart.sh.

packages_build=(g++ cmake ninja-build pkg-config libfftw3-dev libsodium-dev libebur128-dev libhwy-dev libtag1-dev libsoxr-dev libsndfile1-dev libcli11-dev nlohmann-json3-dev libsqlite3-dev ladspa-sdk portaudio19-dev)
packages_tests=(ccache libkissfft-dev doctest-dev libbenchmark-dev clang-format python3 python3-pytest python3-numpy python3-scipy python3-soundfile
    pybind11-dev python3-dev python3-setuptools python3-wheel python3-venv python3-tqdm python3-pandas python3-matplotlib python3-distributed python3-fsspec mypy unzip binutils
    espeak-ng flite ffmpeg libavcodec-extra libimage-exiftool-perl flac opus-tools sox rubberband-cli alsa-utils libasound2-plugins jackd2 pipewire pipewire-bin pipewire-alsa wireplumber dbus-daemon man-db groff-base zsh fish)
[ "$(dpkg --print-architecture)" != amd64 ] || packages_tests+=(g++-aarch64-linux-gnu)  # what of vectors ARM's compiler refuses
packages_quickstart=(espeak-ng ffmpeg libavcodec-extra python3 python3-numpy python3-soundfile python3-matplotlib)

# Installs those that are missing; asks for nothing and does nothing when all are there.
require_packages() {
    local package missing=() as_root=()
    for package in "$@"; do
        # It says so once for every architecture that has the package.
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "installing ${missing[*]}" >&2
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
}
