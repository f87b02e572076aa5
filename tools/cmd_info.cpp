// earmark info: what this program is made of, what a key is, what a file holds.
#include "audio_reader.hpp"
#include "ledger/database.hpp"
#include "options.hpp"
#include "sound_library.hpp"
#include "standard_output.hpp"
#include "text.hpp"

#include <earmark/key.hpp>
#include <earmark/version.hpp>

namespace earmark::tools {

namespace {

struct Info {
    std::string file, key, raw;
};

void line(std::string label, const std::string& value) {
    label.resize(14, ' ');
    print_line(label + value);
}

void tell_program() {
    line("earmark", version);
    line("simd target", simd_target());
#ifdef EARMARK_FFTW_VERSION
    line("fft",
         "FFTW " EARMARK_FFTW_VERSION " single precision, GPL-2.0-or-later: whoever distributes this program must");
    line("", "do so under the GPL; earmark's own source is Apache-2.0");
#else
    line("fft", "KissFFT " EARMARK_KISSFFT_VERSION ", BSD-3-Clause");
#endif
    line("libsodium", EARMARK_SODIUM_VERSION);
    line("libsndfile", sound_library().sf_version_string());
    line("libebur128", EARMARK_EBUR128_VERSION);
    line("soxr", EARMARK_SOXR_VERSION ", LGPL-2.1-or-later");
    line("taglib", EARMARK_TAGLIB_VERSION ", LGPL-2.1 or MPL-1.1");
    line("CLI11", CLI11_VERSION);
    line("ledger", ledger::database_library());
    line("json", "nlohmann " EARMARK_JSON_VERSION);
}

void tell_key(const std::string& path) {
    const AnyKey key = load_key(path);
    const bool master = std::holds_alternative<Key>(key);
    line("key", path);
    line("kind", master ? "master key: marks, finds and reads" : "screening key: finds marks, reads no payload");
    line("fingerprint", std::visit([](const auto& any) { return any.fingerprint(); }, key));
}

void tell_file(const std::string& name, const std::optional<RawPcm>& raw) {
    AudioReader reader(name, raw);
    Block block(reader.format().channels, reader.block_samples());
    while (reader.read(block) > 0) {
    }
    const AudioFormat& format = reader.format();
    const double duration_s = static_cast<double>(reader.read_so_far()) / format.sample_rate_hz;
    line("file", name);
    line("format", container_name(format) + ", " + sample_format_name(format));
    line("rate", std::to_string(format.sample_rate_hz) + " Hz");
    line("channels", std::to_string(format.channels));
    line("duration", fixed(duration_s, 3) + " s, " + std::to_string(reader.read_so_far()) + " samples");
    if (!reader.damage().empty()) line("damage", reader.damage());
}

int run(const Info& options) {
    if (options.key.empty() && options.file.empty()) tell_program();
    if (!options.key.empty()) tell_key(options.key);
    if (!options.file.empty()) tell_file(options.file, raw_from(options.raw));
    return done;
}

}  // namespace

Command add_info(CLI::App& app) {
    CLI::App* command = app.add_subcommand("info", "Tell about this program, a key or an audio file");
    const auto options = std::make_shared<Info>();
    command->add_option("FILE", options->file, "Audio to describe; - is standard input")->type_name("FILE");
    add_key(*command, options->key, "Key to describe");
    add_raw(*command, options->raw);
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
