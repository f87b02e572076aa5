// The received signal as log energy of every band, one row each quarter of a cell.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/simd/kernels.hpp"
#include "dsp/transform/pair_fft.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace earmark {

inline constexpr float energy_floor = 1e-10f;  // about one 16-bit step of noise: digital silence gives flat rows

struct CellRow {
    std::array<float, grid_bands> log_energy;  // natural logarithm of power; bands above Nyquist are left at the floor
    bool active;                               // louder than -60 dBFS

    template <class Archive>
    void exchange(Archive& archive) {
        archive(log_energy, active);
    }
};

// What the cells of all streams of one rate share: window, transform, which bins make which band. Never changes.
struct CellPlan {
    explicit CellPlan(int rate_hz, double top_hz = 0);  // top_hz: up to where the power of the bins is wanted
    double bin_hz() const noexcept { return static_cast<double>(sample_rate_hz) / fft.length(); }
    std::int64_t window_start(std::int64_t row) const noexcept;  // its first sample; the first rows begin before 0
    int bands() const noexcept { return bands_below_nyquist; }

    int sample_rate_hz, window_samples;
    PairFft fft;
    std::vector<float> window;
    int bands_below_nyquist = 0;
    // Of every band, then of bands without a share in anything until whole vector registers are full.
    std::vector<std::int32_t> first_bin;
    std::vector<float> shares;  // [tap][band]: how much of the bin `tap` after its first a band has
    int taps = 0, step = 0;     // step: bins from every band to the next, 0 where that differs
    std::size_t bins = 0;       // of which the power is looked at
};

// Hann window of 24 ms: one and a half times the embedder's, z + 20 % over 16 ms (design, section 4).
// Row k is centred on sample round(k * 4 ms * rate), whatever the rate, so that time never drifts. Rows 2 k and 2 k + 1
// are transformed, and come, together.
class Cells {
  public:
    using Sink = std::function<void(const CellRow&)>;

    Cells(std::shared_ptr<const CellPlan> plan, Sink sink);  // sink is called once a row, from push() and finish()
    Cells(int sample_rate_hz, Sink sink);
    void reset() noexcept;
    // Goes on with that row, an even one: the next sample pushed is to be the one at window_start(row).
    void begin(std::int64_t row) noexcept;
    void push(const float* samples, std::size_t count) noexcept;  // NaN and infinity count as silence
    void finish() noexcept;                                       // the rows whose centre lies before the end

    int bands() const noexcept { return plan_->bands(); }  // bands below Nyquist
    // Power of the bins of the row that the sink is just given; white noise of power P has P in every bin.
    std::span<const float> power() const noexcept { return {power_[emitted_].data(), plan_->bins}; }
    std::int64_t samples() const noexcept { return samples_; }
    std::int64_t rows() const noexcept { return rows_; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(buffer_, first_, held_, samples_, rows_);
    }

  private:
    static constexpr std::size_t pairs_at_once = 2, rows_at_once = 2 * pairs_at_once;
    using RowPowers = std::array<float, rows_at_once>;

    void push_silence(std::int64_t count) noexcept;
    bool is_ready(std::int64_t row) const noexcept;
    void emit_ready_rows() noexcept;
    void emit_rows(const RowPowers& mean_power, std::size_t count) noexcept;

    std::shared_ptr<const CellPlan> plan_;
    const simd::Kernels& kernels_;
    std::vector<PairFft> ffts_;  // rows that are ready together are transformed one after the other: code stays warm
    Sink sink_;
    std::vector<std::vector<float>> power_;  // of the rows that are ready together
    std::size_t emitted_ = 0;                // of these, the one that the sink is given
    float floor_log_;                        // log energy of a band above Nyquist
    std::vector<float> buffer_;              // samples from first_ on
    std::int64_t first_ = 0;                 // position of buffer_[0]
    std::uint64_t held_ = 0;                 // samples in buffer_
    std::int64_t samples_ = 0, rows_ = 0;
    std::int64_t end_row_;  // behind the last that there is to be
};

}  // namespace earmark
