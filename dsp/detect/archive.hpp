// A stream's state as bytes and back: every class says once, in exchange(), what its state is, and both ways follow it.
// Plain memory of this machine's byte order; saved_state.cpp seals it and checks where it comes from, so that what is
// read here is what was written.
#pragma once

#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace earmark {

// Plain numbers, and structures of whole numbers without gaps.
template <class T>
inline constexpr bool plain_memory = std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                                     (std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);

template <class Way>
class Archive {
  public:
    template <class... T>
    void operator()(T&... values) {
        (one(values), ...);
    }

  protected:
    template <class T>
    void one(T& value) {
        if constexpr (plain_memory<T>)
            way().bytes(&value, sizeof value);
        else
            value.exchange(way());
    }
    template <class T, std::size_t count>
    void one(std::array<T, count>& values) {
        if constexpr (plain_memory<T>)
            way().bytes(values.data(), sizeof values);
        else
            for (T& value : values) one(value);
    }
    template <class T>
    void one(std::vector<T>& values) {
        std::uint64_t count = values.size();
        one(count);
        way().resize(values, count);
        if constexpr (plain_memory<T>)
            way().bytes(values.data(), count * sizeof(T));
        else
            for (T& value : values) one(value);
    }
    void one(Payload& payload) {
        std::array<std::uint8_t, 16> bytes{};
        std::uint32_t size = static_cast<std::uint32_t>(payload.bytes().size());
        std::memcpy(bytes.data(), payload.bytes().data(), size);
        (*this)(size, bytes);
        if (size > bytes.size()) size = 0;
        payload = Payload::from_bytes(std::span(bytes).first(size));
    }
    void one(Segment& segment) {
        bool read = segment.payload.has_value();
        Payload payload = segment.payload.value_or(Payload{});
        (*this)(segment.start_s, segment.end_s, segment.log10_p, read, payload, segment.payload_log10_p,
                segment.time_scale, segment.frequency_scale);
        segment.payload = read ? std::optional(payload) : std::nullopt;
    }
    void one(Score& score) { (*this)(score.start_s, score.z); }

  private:
    Way& way() { return static_cast<Way&>(*this); }
};

class Saving : public Archive<Saving> {
  public:
    static constexpr bool restores = false;
    void bytes(const void* from, std::size_t count) {
        const auto* first = static_cast<const std::byte*>(from);
        saved.insert(saved.end(), first, first + count);
    }
    template <class T>
    void resize(std::vector<T>&, std::uint64_t) {}

    std::vector<std::byte> saved;
};

class Restoring : public Archive<Restoring> {
  public:
    static constexpr bool restores = true;
    explicit Restoring(std::span<const std::byte> saved) : left_(saved) {}
    void bytes(void* to, std::size_t count) {
        if (count > left_.size()) throw Error(Fault::input, "state: it ends too early");
        if (count > 0) std::memcpy(to, left_.data(), count);
        left_ = left_.subspan(count);
    }
    // Never beyond what was reserved: push() must not allocate afterwards either.
    template <class T>
    void resize(std::vector<T>& values, std::uint64_t count) {
        if (count > values.capacity()) throw Error(Fault::input, "state: it holds more than fits");
        values.resize(count);
    }
    bool at_end() const { return left_.empty(); }

  private:
    std::span<const std::byte> left_;
};

}  // namespace earmark
