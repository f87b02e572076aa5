#include <earmark/embedder.hpp>

#include "bindings/c/key.hpp"
#include "bindings/c/status.hpp"

#include <cstddef>

using namespace earmark;

struct earmark_embedder {
    explicit earmark_embedder(const EmbedConfig& config)
        : embedder(config), channels(static_cast<std::size_t>(config.channels)) {}
    Embedder embedder;
    std::size_t channels;
};

namespace {

EmbedConfig config_from(const earmark_embed_config* given) {
    const earmark_embed_config config = c::known_fields(given, earmark_embed_config EARMARK_EMBED_CONFIG, "config");
    c::require(config.payload, "payload");
    return {.key = c::master_of(config.key),
            .payload = Payload::from_hex(config.payload),
            .sample_rate_hz = config.sample_rate_hz,
            .channels = config.channels,
            .profile = config.profile != nullptr ? profile_from_name(config.profile) : Profile::standard};
}

void give(const EmbedReport& report, earmark_embed_report* to) {
    c::give({0, report.samples, report.limited_samples, report.active_s, report.mark_db}, to, "report");
}

// Nobody shall play the host when it could not be marked.
void silence(const earmark_embed_config* config, float* const* out, std::size_t samples) noexcept {
    if (config == nullptr || out == nullptr || config->size < offsetof(earmark_embed_config, profile)) return;
    for (int c = 0; c < config->channels; ++c)
        if (out[c] != nullptr) std::fill_n(out[c], samples, 0.0f);
}

}  // namespace

earmark_status earmark_embed(const earmark_embed_config* config, const float* const* in, float* const* out,
                             size_t samples, earmark_embed_report* report) {
    const earmark_status status = c::guarded([&] {
        const EmbedConfig chosen = config_from(config);
        require_format(chosen.sample_rate_hz, chosen.channels);
        const auto channels = static_cast<std::size_t>(chosen.channels);
        c::require_planes(in, channels, samples, "in");
        c::require_planes(out, channels, samples, "out");
        const Marked marked = embed({{in, channels}, samples, chosen.sample_rate_hz}, chosen);
        if (report != nullptr) give(marked.report, report);
        for (std::size_t c = 0; c < channels; ++c)
            std::copy(marked.audio.channels[c].begin(), marked.audio.channels[c].end(), out[c]);
    });
    if (status != EARMARK_OK) silence(config, out, samples);
    return status;
}

earmark_status earmark_embedder_new(const earmark_embed_config* config, earmark_embedder** embedder) {
    return c::guarded([&] {
        c::require(embedder, "embedder");
        *embedder = new earmark_embedder(config_from(config));
    });
}

earmark_status earmark_embedder_process(earmark_embedder* embedder, const float* const* in, float* const* out,
                                        size_t samples) {
    return c::guarded([&] {
        c::require(embedder, "embedder");
        c::require_planes(in, embedder->channels, samples, "in");
        c::require_planes(out, embedder->channels, samples, "out");
        if (samples > 0) embedder->embedder.process(in, out, samples);
    });
}

earmark_status earmark_embedder_flush(earmark_embedder* embedder, float* const* out) {
    return c::guarded([&] {
        c::require(embedder, "embedder");
        c::require_planes(out, embedder->channels, embedder->embedder.latency_samples(), "out");
        embedder->embedder.flush(out);
    });
}

earmark_status earmark_embedder_reset(earmark_embedder* embedder) {
    return c::guarded([&] {
        c::require(embedder, "embedder");
        embedder->embedder.reset();
    });
}

size_t earmark_embedder_latency_samples(const earmark_embedder* embedder) {
    return embedder != nullptr ? embedder->embedder.latency_samples() : 0;
}

earmark_status earmark_embedder_report(const earmark_embedder* embedder, earmark_embed_report* report) {
    return c::guarded([&] {
        c::require(embedder, "embedder");
        give(embedder->embedder.report(), report);
    });
}

void earmark_embedder_free(earmark_embedder* embedder) {
    delete embedder;
}
