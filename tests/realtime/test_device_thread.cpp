// What an audio device's thread runs: nothing but memory that is there already.
#include <doctest/doctest.h>
#include <earmark/earmark.h>
#include <earmark/ring.hpp>

#include "tests/realtime/interposed.hpp"
#include "tests/support/signals.hpp"
#include "tools/listen_intake.hpp"
#include "tools/live_exchange.hpp"

#include <memory>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 16000;

void check_nothing_but_computing(const Trespasses& trespasses) {
    CHECK(trespasses.allocations == 0);
    CHECK(trespasses.frees == 0);
    CHECK(trespasses.locks == 0);
    CHECK_FALSE(trespasses.system_call);
    CHECK(trespasses.finished);
}

}  // namespace

TEST_CASE("device thread: live, with a worker that keeps up and one that stands still") {
    for (const bool worker_stands : {false, true}) {
        CAPTURE(worker_stands);
        check_nothing_but_computing(in_a_cell([&] {
            const auto exchange = std::make_shared<tools::LiveExchange>(1, rate);
            const auto in = std::make_shared<Samples>(white_noise(0.02, rate, 0.1, 1)),
                       out = std::make_shared<Samples>(*in);
            return [=] {
                for (int block = 0; block < 500; ++block) {
                    const float* from = in->data();
                    float* to = out->data();
                    exchange->exchange(block % 50 != 0 ? &from : nullptr, &to, in->size());
                    if (!worker_stands) exchange->give(&to, exchange->take(&to, in->size()));
                }
            };
        }));
    }
}

TEST_CASE("device thread: listen, until its queue is full and has enough") {
    check_nothing_but_computing(in_a_cell([] {
        const auto intake = std::make_shared<tools::ListenIntake>(1, rate, 20 * rate);
        const auto in = std::make_shared<Samples>(white_noise(0.1, rate, 0.1, 1));
        return [=] {
            const float* from = in->data();
            while (intake->hear(&from, in->size())) {
            }
        };
    }));
}

TEST_CASE("device thread: through the C interface") {
    check_nothing_but_computing(in_a_cell([] {
        earmark_key* key = nullptr;
        earmark_embedder* embedder = nullptr;
        earmark_detector* detector = nullptr;
        earmark_key_generate(&key);
        earmark_embed_config marking = EARMARK_EMBED_CONFIG;
        marking.key = key;
        marking.payload = "0123456789abcdef";
        marking.sample_rate_hz = rate;
        earmark_detect_config looking = EARMARK_DETECT_CONFIG;
        const earmark_key* const keys[] = {key};
        looking.keys = keys;
        looking.key_count = 1;
        looking.sample_rate_hz = rate;
        REQUIRE(earmark_embedder_new(&marking, &embedder) == EARMARK_OK);
        REQUIRE(earmark_detector_new(&looking, &detector) == EARMARK_OK);
        const auto host = std::make_shared<Samples>(speech_like(3, rate, 1));
        return [=] {
            for (std::size_t done = 0; done + 160 <= host->size(); done += 160) {
                const float* in = host->data() + done;
                float* out = host->data() + done;
                earmark_embedder_process(embedder, &in, &out, 160);
                earmark_detector_push(detector, &in, 160);
            }
        };
    }));
}
