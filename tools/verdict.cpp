#include "verdict.hpp"

#include "text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

// JSON knows no infinity: the nearest number that it does know.
double finite(double value) {
    if (std::isnan(value)) return 0;
    constexpr double most = std::numeric_limits<double>::max();
    return std::clamp(value, -most, most);
}

// Times to the microsecond: 12.3, not 12.299999999999999.
double time(double seconds) {
    return std::round(finite(seconds) * 1e6) / 1e6;
}

// A count is printed as one.
Json count(double value) {
    value = finite(value);
    if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
    return value;
}

std::string seconds(double value) {
    return fixed(value, 1) + " s";
}

// Everything but where it comes from.
void fill(Json& line, const Detection& verdict, bool with_scores) {
    line["marked"] = verdict.marked;
    line["log10_p"] = finite(verdict.log10_p);
    line["payload"] = verdict.payload ? Json(verdict.payload->hex()) : Json(nullptr);
    line["payload_log10_p"] = verdict.payload ? Json(finite(verdict.payload_log10_p)) : Json(nullptr);
    line["key"] = verdict.marked ? Json(verdict.key) : Json(nullptr);
    line["channel"] = verdict.channel;
    line["start_s"] = time(verdict.start_s);
    line["end_s"] = time(verdict.end_s);
    line["time_scale"] = finite(verdict.time_scale);
    line["frequency_scale"] = finite(verdict.frequency_scale);
    line["duration_s"] = time(verdict.duration_s);
    line["active_s"] = time(verdict.active_s);
    line["decided_s"] = verdict.marked ? Json(time(verdict.decided_s)) : Json(nullptr);
    line["hypotheses"] = count(verdict.hypotheses);
    if (!verdict.reason.empty()) line["reason"] = verdict.reason;
    line["segments"] = Json::array();
    for (const Segment& segment : verdict.segments) {
        line["segments"].push_back(
            {{"start_s", time(segment.start_s)}, {"end_s", time(segment.end_s)}, {"log10_p", finite(segment.log10_p)}});
    }
    if (with_scores) {
        line["scores"] = Json::array();
        for (const Score& score : verdict.scores) {
            line["scores"].push_back({{"start_s", time(score.start_s)}, {"z", finite(score.z)}});
        }
    }
}

// A file name need not be UTF-8; JSON must be.
std::string text_of(const Json& line) {
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string verdict_line(const std::string& file, const Detection& verdict) {
    if (!verdict.marked) {
        std::string line = file + ": NOT FOUND, ";
        line += verdict.reason.empty()
                    ? "p = 10^" + fixed(verdict.log10_p, 1) + " over " + seconds(verdict.active_s) + " of active speech"
                    : verdict.reason;
        return one_line(line + " (not found does not mean human)");
    }
    std::string line = file + ": MARKED, p = 10^" + fixed(verdict.log10_p, 1) + ", ";
    if (verdict.payload) {
        line += "payload " + verdict.payload->hex() + " (p = 10^" + fixed(verdict.payload_log10_p, 1) + ")";
    } else {
        line += "payload not read";
    }
    line += ", key " + verdict.key + ", from " + seconds(verdict.start_s) + " to " + seconds(verdict.end_s);
    if (verdict.channel > 0) line += ", channel " + std::to_string(verdict.channel);
    return one_line(line);
}

std::string event_line(const std::string& file, const std::string& event, const Detection& verdict) {
    std::string line = file + ": at " + seconds(verdict.duration_s) + " ";
    if (event == "began") {
        line += "a mark BEGAN at " + seconds(verdict.segments.back().start_s) + ", p = 10^" +
                fixed(verdict.log10_p, 1) + ", key " + verdict.key;
    } else if (event == "payload") {
        line += "payload " + verdict.segments.back().payload->hex();
    } else {
        line += "the mark ENDED at " + seconds(verdict.end_s);
    }
    return one_line(line);
}

std::string json_line(const std::string& file, const Detection& verdict, bool with_scores) {
    Json line;
    line["file"] = file;
    fill(line, verdict, with_scores);
    return text_of(line);
}

std::string json_event(const std::string& file, const std::string& event, const Detection& verdict) {
    Json line;
    line["event"] = event;
    line["file"] = file;
    fill(line, verdict, false);
    return text_of(line);
}

}  // namespace earmark::tools
