// earmark: a keyed, inaudible mark for synthetic speech, and the detector that finds it again.
#pragma once

#include <earmark/audio.hpp>
#include <earmark/cue.hpp>
#include <earmark/cue_detector.hpp>
#include <earmark/detector.hpp>
#include <earmark/embedder.hpp>
#include <earmark/error.hpp>
#include <earmark/key.hpp>
#include <earmark/parallel_detector.hpp>
#include <earmark/payload.hpp>
#include <earmark/ring.hpp>
#include <earmark/version.hpp>
