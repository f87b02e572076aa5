#include "dsp/detect/saved_state.hpp"

#include "dsp/carrier/derive.hpp"
#include "dsp/carrier/seal.hpp"
#include "dsp/detect/archive.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace earmark {

template <class A>
void Channel::exchange(A& archive) {
    std::uint64_t asked_steps = asked_ ? inquiry_.steps() : 0;
    archive(cells_, slotter_, history_, rows_, active_rows_, shown_rows_, shown_active_rows_, news_, reads_live_,
            reading_key_, judging_, asked_, asked_steps, judged_key_, stretches_, judged_until_, stretch_first_,
            stretch_end_, scored_from_, judging_rows_, pause_, log_);
    for (auto& trace : traces_) archive(*trace);
    if (screening_) archive(screening_->rows);
    if (A::restores) choose_listeners();
    if (reads_live_) archive(despreader_);
    if (spectrogram_) archive(*spectrogram_);
    for (ScaleSearch& scales : scales_) archive(scales);
    if (A::restores && asked_) ask_again(asked_steps);
}

namespace {

constexpr std::array<char, 8> magic{'e', 'a', 'r', 'm', 'a', 'r', 'k', 'S'};
constexpr std::uint32_t state_version = 9;
constexpr std::uint32_t byte_order = 0x01020304;

struct Header {
    std::array<char, 8> kind = magic;
    std::uint32_t version = state_version, order = byte_order;
    std::int32_t sample_rate_hz = 0, channels = 0, keys = 0, search = 0, scores = 0, unused = 0;
    double p_max = 0;
    std::array<char, 16> key_fingerprint{};
    std::uint64_t bytes = 0;  // of all that follows
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 72);

std::vector<AnyKey> keys_of(const DetectConfig& config) {
    std::vector<AnyKey> keys;
    for (const NamedKey& key : config.keys) keys.push_back(key.key);
    return keys;
}

Header header_of(const DetectConfig& config, const Secret& sealing_key) {
    Header header;
    header.sample_rate_hz = config.sample_rate_hz;
    header.channels = config.channels;
    header.keys = static_cast<std::int32_t>(config.keys.size());
    header.search = static_cast<std::int32_t>(config.search);
    header.scores = config.scores;
    header.p_max = config.p_max;
    derive_fingerprint(sealing_key).copy(header.key_fingerprint.data(), header.key_fingerprint.size());
    return header;
}

[[noreturn]] void refuse(const std::string& what) {
    throw Error(Fault::input, "state: " + what);
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

void require_same(const char* field, double saved, double here) {
    if (saved != here)
        refuse(std::string(field) + " was " + number(saved) + " where it was saved, here it is " + number(here));
}

void check(const Header& saved, const Header& here, std::size_t bytes) {
    if (saved.kind != magic) refuse("these bytes are no saved stream of a detector");
    if (saved.order != byte_order) refuse("it comes from a machine of the other byte order");
    if (saved.version != state_version)
        refuse("it has version " + std::to_string(saved.version) + ", this build reads version " +
               std::to_string(state_version));
    require_same("sample_rate_hz", saved.sample_rate_hz, here.sample_rate_hz);
    require_same("channels", saved.channels, here.channels);
    require_same("p_max", saved.p_max, here.p_max);
    require_same("search", saved.search, here.search);
    require_same("scores", saved.scores, here.scores);
    require_same("the number of keys", saved.keys, here.keys);
    if (saved.key_fingerprint != here.key_fingerprint) refuse("it was saved with other keys, or in another order");
    if (saved.bytes != bytes)
        refuse("it has " + std::to_string(bytes) + " of " + std::to_string(saved.bytes) + " bytes after its header");
}

}  // namespace

std::vector<std::byte> save_channels(const StreamParts& parts, const Channels& channels) {
    const std::vector<AnyKey> keys = keys_of(parts.config);
    const Secret sealing_key = derive_sealing_key(keys);
    Saving archive;
    for (const auto& channel : channels) archive(*channel);
    Header header = header_of(parts.config, sealing_key);
    const auto header_bytes = std::as_writable_bytes(std::span(&header, 1));
    header.bytes = archive.saved.size() + sealed_extra_bytes;
    const std::vector<std::byte> sealed = seal(sealing_key, header_bytes, archive.saved);
    std::vector<std::byte> state(sizeof header + sealed.size());
    std::memcpy(state.data(), &header, sizeof header);
    std::copy(sealed.begin(), sealed.end(), state.begin() + sizeof header);
    return state;
}

void restore_channels(const StreamParts& parts, std::span<const std::byte> state, Channels& channels) {
    if (state.size() < sizeof(Header)) refuse("these " + std::to_string(state.size()) + " bytes are no saved stream");
    const std::vector<AnyKey> keys = keys_of(parts.config);
    const Secret sealing_key = derive_sealing_key(keys);
    Header header;
    std::memcpy(&header, state.data(), sizeof header);
    const auto sealed = state.subspan(sizeof header);
    check(header, header_of(parts.config, sealing_key), sealed.size());
    std::vector<std::byte> plain;
    if (!open_sealed(sealing_key, state.first(sizeof header), sealed, plain)) refuse("it is damaged");
    Restoring archive(plain);
    for (auto& channel : channels) archive(*channel);
    if (!archive.at_end()) refuse("it is longer than this build's");
}

}  // namespace earmark
