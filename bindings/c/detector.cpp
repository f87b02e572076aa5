#include <earmark/detector.hpp>

#include "bindings/c/detection.hpp"
#include "bindings/c/key.hpp"
#include "bindings/c/status.hpp"

#include <cstddef>
#include <utility>
#include <vector>

using namespace earmark;

struct earmark_detector {
    explicit earmark_detector(const DetectConfig& config)
        : detector(config), channels(static_cast<std::size_t>(config.channels)) {}
    Detector detector;
    std::size_t channels;
};

namespace {

DetectConfig config_from(const earmark_detect_config* given) {
    const earmark_detect_config config = c::known_fields(given, earmark_detect_config EARMARK_DETECT_CONFIG, "config");
    DetectConfig chosen;
    if (config.key_count > 0) c::require(config.keys, "keys");
    for (std::size_t k = 0; k < config.key_count; ++k) {
        const std::string place = std::to_string(k);
        if (config.keys[k] == nullptr) throw Error(Fault::usage, "keys[" + place + "]: NULL");
        chosen.keys.push_back({place, config.keys[k]->any});
    }
    chosen.sample_rate_hz = config.sample_rate_hz;
    chosen.channels = config.channels;
    if (config.search != nullptr) chosen.search = search_from_name(config.search);
    chosen.p_max = config.p_max;
    return chosen;
}

}  // namespace

earmark_status earmark_detect(const earmark_detect_config* config, const float* const* in, size_t samples,
                              earmark_detection** detection) {
    return c::guarded([&] {
        c::require(detection, "detection");
        const DetectConfig chosen = config_from(config);
        require_format(chosen.sample_rate_hz, chosen.channels);
        const auto channels = static_cast<std::size_t>(chosen.channels);
        c::require_planes(in, channels, samples, "in");
        *detection = new earmark_detection(detect({{in, channels}, samples, chosen.sample_rate_hz}, chosen));
    });
}

earmark_status earmark_detector_new(const earmark_detect_config* config, earmark_detector** detector) {
    return c::guarded([&] {
        c::require(detector, "detector");
        *detector = new earmark_detector(config_from(config));
    });
}

earmark_status earmark_detector_push(earmark_detector* detector, const float* const* in, size_t samples) {
    return c::guarded([&] {
        c::require(detector, "detector");
        c::require_planes(in, detector->channels, samples, "in");
        if (samples > 0) detector->detector.push(in, samples);
    });
}

earmark_status earmark_detector_poll(earmark_detector* detector, earmark_detection** detection) {
    return c::guarded([&] {
        c::require(detector, "detector");
        c::require(detection, "detection");
        auto renewed = detector->detector.poll();
        *detection = renewed ? new earmark_detection(std::move(*renewed)) : nullptr;
    });
}

earmark_status earmark_detector_finish(earmark_detector* detector, earmark_detection** detection) {
    return c::guarded([&] {
        c::require(detector, "detector");
        c::require(detection, "detection");
        *detection = new earmark_detection(detector->detector.finish());
    });
}

earmark_status earmark_detector_save(const earmark_detector* detector, void* state, size_t* bytes) {
    return c::guarded([&] {
        c::require(detector, "detector");
        c::require(bytes, "bytes");
        const std::vector<std::byte> saved = detector->detector.save();
        const size_t room = std::exchange(*bytes, saved.size());
        if (state == nullptr) return;
        if (room < saved.size())
            throw Error(Fault::usage,
                        "bytes: " + std::to_string(room) + ", the state takes " + std::to_string(saved.size()));
        std::memcpy(state, saved.data(), saved.size());
    });
}

earmark_status earmark_detector_restore(earmark_detector* detector, const void* state, size_t bytes) {
    return c::guarded([&] {
        c::require(detector, "detector");
        c::require(state, "state");
        detector->detector.restore({static_cast<const std::byte*>(state), bytes});
    });
}

earmark_status earmark_detector_reset(earmark_detector* detector) {
    return c::guarded([&] {
        c::require(detector, "detector");
        detector->detector.reset();
    });
}

void earmark_detector_free(earmark_detector* detector) {
    delete detector;
}
