// Feeds broken files to the reader and the writer of labels: fuzz_labels ROUNDS SEED FILE...
//
// Every round damages a copy of one file, reads its labels, writes one and reads it back. Whatever the bytes are, there
// must be an answer or an earmark::Error, within seconds; a label that was written must be the only one read back.
// Run it under the sanitizers. The last line is "N rounds, N read, N written".
#include "tools/metadata/aigc_label.hpp"
#include "tools/metadata/labelled_file.hpp"

#include <earmark/error.hpp>

#include <unistd.h>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<char>;
using Random = std::mt19937_64;

constexpr unsigned seconds_a_round = 10;

Bytes contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void store(const std::string& path, const Bytes& bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Where the structure is: at the two ends, seldom in the middle of the audio.
std::size_t place(const Bytes& bytes, Random& random) {
    const std::size_t near = std::min<std::size_t>(bytes.size(), 2048);
    switch (random() % 5) {
        case 0:
            return random() % bytes.size();
        case 1:
            return bytes.size() - 1 - random() % near;
        default:
            return random() % near;
    }
}

void put_number(Bytes& bytes, std::size_t at, Random& random) {
    constexpr std::uint32_t numbers[] = {0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};
    const std::uint32_t number = numbers[random() % std::size(numbers)];
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) {
        bytes[at + i] = static_cast<char>(number >> (8 * i));
    }
}

void damage(Bytes& bytes, Random& random) {
    const std::size_t at = place(bytes, random), length = 1 + random() % 200;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), at + length));
    switch (random() % 7) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
            break;
        case 1:
            bytes[at] = static_cast<char>(random());
            break;
        case 2:  // 4 GiB, nothing, a sign
            put_number(bytes, at, random);
            break;
        case 3:  // cut off
            bytes.resize(std::max<std::size_t>(at, 1));
            break;
        case 4:  // cut out
            bytes.erase(begin, end);
            break;
        case 5: {  // twice: another label, another chunk
            const Bytes piece(begin, end);
            bytes.insert(begin, piece.begin(), piece.end());
            break;
        }
        default:  // no UTF-8, no JSON
            std::generate(begin, end, [&] { return static_cast<char>(random()); });
    }
    if (bytes.empty()) bytes.push_back('x');
}

struct Counts {
    long read = 0, written = 0;
};

void round(const std::string& path, Counts& counts) {
    using namespace earmark::tools;
    const std::string label = to_json({"1", "Fuzz", "1", "", "Fuzz", "1", ""});
    try {
        for (const std::string& text : read_labels(path).texts) read_label(text);
        ++counts.read;
    } catch (const earmark::Error&) {
    }
    try {
        write_label(path, label);
    } catch (const earmark::Error&) {
        return;
    }
    ++counts.written;
    const FoundLabels found = read_labels(path);
    if (found.texts == std::vector<std::string>{label}) return;
    std::fprintf(stderr, "%zu labels were read back\n", found.texts.size());
    std::abort();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: fuzz_labels ROUNDS SEED FILE...\n");
        return 2;
    }
    const long rounds = std::atol(argv[1]);
    const auto seed = static_cast<std::uint64_t>(std::atoll(argv[2]));
    std::vector<Bytes> files;
    for (int i = 3; i < argc; ++i) files.push_back(contents(argv[i]));
    std::string path = "/tmp/fuzz-labels-XXXXXX";
    const int fd = ::mkstemp(path.data());
    if (fd < 0) return 2;
    Counts counts;
    for (long i = 0; i < rounds; ++i) {
        Random random(seed + static_cast<std::uint64_t>(i));  // any round can be repeated alone
        Bytes bytes = files[static_cast<std::size_t>(i) % files.size()];
        for (std::uint64_t times = 1 + random() % 3; times > 0; --times) damage(bytes, random);
        store(path, bytes);
        std::fprintf(stderr, "\rround %ld", i);  // the last one is known after a crash
        ::alarm(seconds_a_round);
        round(path, counts);
    }
    ::alarm(0);
    ::close(fd);
    ::unlink(path.c_str());
    std::printf("%ld rounds, %ld read, %ld written\n", rounds, counts.read, counts.written);
    return 0;
}
