#include "dsp/detect/segmenter.hpp"

#include <cmath>

namespace earmark {
namespace {

constexpr int least_read_slots = 4;  // 2 s: less is not tried by itself

Track part(const Track& track, int from, int until) {
    return {track.first + from, Phases(std::span(track.phases.begin() + from, track.phases.begin() + until))};
}

class Cutter {
  public:
    Cutter(const Stretch& stretch, Answers& answers, std::vector<Segment>& segments)
        : stretch_(stretch), answers_(answers), segments_(segments) {}

    // Leaves out what carries no mark.
    void cut_gaps(const Track& track) { cut_gaps(track, track); }

    // untrimmed: the same with the ends that were cut off.
    void cut_gaps(const Track& track, const Track& untrimmed) {
        const Answer gap = answers_.ask({Question::About::silent_run, track});
        if (gap.until == 0) return cut_payloads(track, untrimmed);
        const int slots = static_cast<int>(track.phases.size());
        if (gap.from > 0) {
            const Track before = part(track, 0, gap.from);
            cut_gaps(before, gap.until == slots ? untrimmed : before);
        }
        if (gap.until < slots) {
            const Track behind = part(track, gap.until, slots);
            cut_gaps(behind, gap.from == 0 ? untrimmed : behind);
        }
    }

    // Parts payloads: where the one read does not fit, and another is read instead. Where two of equal length leave
    // nothing to read in the whole, one of the halves tells. An end is cut off for next to nothing said against it, and
    // in a weak mark it may hold what a payload just lacks.
    void cut_payloads(const Track& track, const Track& untrimmed) {
        Answer reading = read(track);
        if (!reading.read && untrimmed.phases.size() > track.phases.size()) reading = read(untrimmed);
        const Answer known = reading.read ? reading : read_either_half(track);
        if (!known.read) return add(track, reading);
        const Answer misfit = answers_.ask({Question::About::misfit, track, known.payload});
        const int slots = static_cast<int>(track.phases.size());
        if (misfit.until == 0 || misfit.until - misfit.from == slots) return add(track, reading);
        const Answer other = read(part(track, misfit.from, misfit.until));
        if (other.read ? other.payload == known.payload : reading.read) return add(track, reading);
        if (misfit.from > 0) cut_payloads(part(track, 0, misfit.from));
        cut_payloads(part(track, misfit.from, misfit.until));
        if (misfit.until < slots) cut_payloads(part(track, misfit.until, slots));
    }

    void cut_payloads(const Track& track) { cut_payloads(track, track); }

    Answer read_either_half(const Track& track) {
        const int slots = static_cast<int>(track.phases.size()), half = slots / 2;
        if (half < least_read_slots) return {};
        const Answer reading = read(part(track, 0, half));
        return reading.read ? reading : read(part(track, half, slots));
    }

    void add(const Track& track, const Answer& reading) {
        const double log10_p = answers_.ask({Question::About::weight, track}).log10_p;
        if (log10_p > std::log10(stretch_.p_max) || segments_.size() == segments_.capacity()) return;
        Segment segment{static_cast<double>(stretch_.first_slot + track.first) * slot_s,
                        static_cast<double>(stretch_.first_slot + track.end()) * slot_s,
                        log10_p,
                        {},
                        0};
        if (reading.read) {
            segment.payload = reading.payload;
            segment.payload_log10_p = reading.log10_p;
        }
        segments_.push_back(segment);
    }

    Answer read(const Track& track) { return answers_.ask({Question::About::payload, track}); }

  private:
    const Stretch& stretch_;
    Answers& answers_;
    std::vector<Segment>& segments_;
};

}  // namespace

void cut_into_segments(const Stretch& stretch, const Track& track, Answers& answers, std::vector<Segment>& segments) {
    Cutter cutter(stretch, answers, segments);
    const std::size_t before = segments.size();
    cutter.cut_gaps(track);
    if (segments.size() == before) cutter.add(track, cutter.read(track));  // only the whole is evidence enough
}

}  // namespace earmark
