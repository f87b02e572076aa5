#include "tools/label/receipt.hpp"

#include <earmark/key.hpp>
#include <earmark/version.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <ctime>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

double rounded(double value, double step) {
    return std::isfinite(value) ? std::round(value / step) * step : 0;
}

// Times to the millisecond, levels to the tenth: 0.1 * 3 would be written 0.30000000000000004.
Json milliseconds(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

Json tenths(double value) {
    return std::isfinite(value) ? Json(std::round(value * 10) / 10) : Json(nullptr);
}

Json duty(const char* name, bool checked) {
    Json one;
    one["duty"] = name;
    one["done"] = true;  // a receipt is written only when every duty was
    one["checked"] = checked;
    return one;
}

Json cue_duty(const Receipt& receipt) {
    const CuePlan& plan = *receipt.cue;
    const int rate = receipt.format->sample_rate_hz;
    Json one = duty("audible cue", receipt.verification.has_value());
    one["kind"] = receipt.request.cue.kind;
    one["level_lufs"] = tenths(plan.lufs);
    one["speech_lufs"] = tenths(plan.speech_lufs);
    one["placed"] = Json::array();
    for (const Span& span : plan.spans) {
        one["placed"].push_back({{"start_s", milliseconds(static_cast<double>(span.begin) / rate)},
                                 {"end_s", milliseconds(static_cast<double>(span.end) / rate)}});
    }
    if (!receipt.verification) return one;
    if (receipt.request.cue.kind == "spoken") {
        one["likeness"] = Json::array();
        for (const double likeness : receipt.verification->likeness)
            one["likeness"].push_back(rounded(likeness, 0.001));
        return one;
    }
    one["found"] = Json::array();
    for (const RhythmFound& cue : receipt.verification->rhythms) {
        one["found"].push_back({{"start_s", milliseconds(cue.start_s)}, {"end_s", milliseconds(cue.end_s)}});
    }
    return one;
}

Json mark_duty(const Receipt& receipt) {
    Json one = duty("hidden mark", receipt.verification.has_value());
    one["key_fingerprint"] = Key::load(receipt.request.key).fingerprint();
    one["payload"] = Payload::from_hex(receipt.request.payload).hex();
    one["profile"] = receipt.request.profile;
    one["mark_db"] = tenths(receipt.mark->mark_db);
    one["active_s"] = milliseconds(receipt.mark->active_s);
    if (!receipt.verification) return one;
    const Detection& found = *receipt.verification->mark;
    one["log10_p"] = found.log10_p;
    one["payload_log10_p"] = found.payload_log10_p;
    return one;
}

Json metadata_duty(const AigcLabel& label) {
    Json one = duty("metadata label", true);  // always read back
    one["AIGC"] = Json::parse(to_json(label));
    return one;
}

Json c2pa_duty(const C2paRequest& asked) {
    Json one = duty("C2PA hand-over", false);
    one["file"] = asked.file;
    one["signed"] = false;
    return one;
}

}  // namespace

std::string receipt_json(const Receipt& receipt) {
    Json all;
    all["earmark"] = version;
    all["time_utc"] = utc_now();
    all["input"] = receipt.request.in;
    all["output"] = receipt.request.out;
    all["container"] = receipt.container;
    all["bytes"] = receipt.bytes;
    if (receipt.format) {
        all["sample_rate_hz"] = receipt.format->sample_rate_hz;
        all["channels"] = receipt.format->channels;
        all["samples"] = receipt.samples;
    }
    all["duties"] = Json::array();
    if (receipt.cue) all["duties"].push_back(cue_duty(receipt));
    if (receipt.mark) all["duties"].push_back(mark_duty(receipt));
    if (receipt.label) all["duties"].push_back(metadata_duty(*receipt.label));
    if (receipt.request.c2pa.asked()) all["duties"].push_back(c2pa_duty(receipt.request.c2pa));
    all["note"] = "what was asked, done and measured; no statement that a law is satisfied";
    // A file name need not be UTF-8; JSON must be.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace earmark::tools
