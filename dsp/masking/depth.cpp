#include "dsp/masking/depth.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <string>

namespace earmark {
namespace {

constexpr float thirty_db = 6.9077553f;  // as a natural logarithm of power

float between(double x, double x0, double x1, float y0, float y1) {
    return y0 + (y1 - y0) * static_cast<float>((x - x0) / (x1 - x0));
}

}  // namespace

float DepthRule::ramp(double frequency_hz) const noexcept {
    if (frequency_hz <= 300) return low_scale;
    if (frequency_hz <= 1500) return between(frequency_hz, 300, 1500, low_scale, 1);
    if (frequency_hz <= 4000) return between(frequency_hz, 1500, 4000, 1, high_scale);
    return high_scale;
}

float DepthRule::by_level(float below_loudest) const noexcept {
    const float thirties = below_loudest / thirty_db;
    return 1 - loud_cut * std::clamp(1 - thirties, 0.0f, 1.0f) + quiet_gain * std::clamp(thirties - 1, 0.0f, 1.0f);
}

float DepthRule::depth_db(float flatness, float ramp_here, float below_loudest) const noexcept {
    return (floor_db + noise_db * std::min(1.0f, 2 * flatness)) * ramp_here * by_level(below_loudest);
}

DepthRule depth_rule(Profile profile) noexcept {
    switch (profile) {
        case Profile::transparent:
            return {0.45f, 2.4f, 0.0f, 1.1f, 0.7f, 0.0f, 210, 0.15f};
        case Profile::standard:
            return {1.05f, 2.9f, 0.45f, 1.22f, 0.75f, 0.15f, 650, 0.15f};
        case Profile::robust:
            return {1.1f, 4.7f, 0.45f, 1.25f, 0.65f, 0.2f, 1000, 0.15f};
    }
    return {};
}

std::string_view name(Profile profile) {
    switch (profile) {
        case Profile::transparent:
            return "transparent";
        case Profile::standard:
            return "standard";
        case Profile::robust:
            return "robust";
    }
    return "?";
}

Profile profile_from_name(std::string_view text) {
    for (const Profile profile : {Profile::transparent, Profile::standard, Profile::robust})
        if (name(profile) == text) return profile;
    throw Error(Fault::usage, "profile: '" + std::string(text) + "' is not one of transparent, standard, robust");
}

}  // namespace earmark
