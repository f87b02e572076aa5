// Evenness: every second of speech shall carry about the same evidence.
//
// What a second is worth after a codec follows the squares of its depths in dB, summed over the telephone band
// (measured on the tuning speakers: AMR 12.2 and GSM z^2 a second over that sum vary by +-15 %, z itself by a factor of
// 2). Tonal voices and slow, separated words have little of it and are marked deeper, noisy voices shallower. Looks
// back only.
#pragma once

namespace earmark {

// Real time: no allocation.
class Evenness {
  public:
    // usual: sum of squared depths (dB^2 over bins 62.5 Hz apart) of an average frame; scale() is 1 there. 0: always 1.
    explicit Evenness(float usual);
    void reset() noexcept;

    // Factor of the depth for the next frame, 0.85 .. 1.7.
    float scale() const noexcept;
    // What the rule asked for in a frame, before scale(); 0 for a silent one.
    void add_frame(float squared_depths) noexcept;

  private:
    float usual_, recent_;
};

}  // namespace earmark
