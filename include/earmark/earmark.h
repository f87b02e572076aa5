/* earmark in C: marks speech with a keyed, inaudible mark and finds it again. For C, and for whatever can call C.
 *
 *     earmark_key *key = NULL;
 *     if (earmark_key_load("vendor.key", &key) != EARMARK_OK) fprintf(stderr, "%s\n", earmark_message());
 *
 *     earmark_embed_config config = EARMARK_EMBED_CONFIG;
 *     config.key = key;
 *     config.payload = "0123456789abcdef";
 *     config.sample_rate_hz = 24000;
 *     earmark_embedder *embedder = NULL;
 *     if (earmark_embedder_new(&config, &embedder) != EARMARK_OK) ...
 *     earmark_embedder_process(embedder, &samples, &samples, count);   // one channel, in place
 *
 * Audio: planar float channels, full scale +-1, at the host's own rate of 8000 to 192000 Hz; 1 to 64 channels.
 * Errors: every function that can fail returns a status; earmark_message() has the words, which name field, value and
 * range. No exception leaves the library. Nothing is written through a pointer to a result when the call failed,
 * except that earmark_embed() fills its output with silence: a failure never leaves unmarked audio to be played.
 * Threads: one thread at a time per embedder, detector and detection; objects are independent. Keys are read only:
 * share them freely. An embedder or detector keeps what it needs of a key, which may be freed at once.
 * Real time: earmark_embedder_process(), _flush() and _reset(), earmark_detector_push() and _reset() do not allocate,
 * lock, log or call the system, as embedder.hpp and detector.hpp promise; all others may.
 * Text: UTF-8, ends with a zero. Strings given are copied; strings returned belong to the object they came from.
 * Versions: the numbers of a SONAME add functions, values and fields at the end of structs, and take none away; `size`
 * tells which fields the caller knows.
 */
#ifndef EARMARK_EARMARK_H
#define EARMARK_EARMARK_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EARMARK_API __attribute__((visibility("default")))
#else
#define EARMARK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 2 to 4 are also the exit codes of the command line. */
typedef enum earmark_status {
    EARMARK_OK = 0,
    EARMARK_USAGE = 2,   /* an argument that is NULL, out of range or makes no sense */
    EARMARK_INPUT = 3,   /* audio that cannot be used: NaN, no samples, a rate out of range */
    EARMARK_KEY = 4,     /* a key that is missing, damaged, of another kind or of a later version */
    EARMARK_INTERNAL = 5 /* no memory, or a fault of earmark's own */
} earmark_status;

typedef struct earmark_key earmark_key; /* a master key, or a screening key, which finds and does not mark or read */
typedef struct earmark_embedder earmark_embedder;
typedef struct earmark_detector earmark_detector;
typedef struct earmark_detection earmark_detection; /* a verdict */

EARMARK_API const char* earmark_version(void);     /* "0.1.0" */
EARMARK_API const char* earmark_simd_target(void); /* the instruction set in use */
/* One line on why the last call of this thread that failed did so; "" before any. Valid until the next one fails. */
EARMARK_API const char* earmark_message(void);

/* Keys. *key is set on success only; free it with earmark_key_free(), which wipes it and takes NULL. */
EARMARK_API earmark_status earmark_key_load(const char* path, earmark_key** key);
EARMARK_API earmark_status earmark_key_parse(const char* text, const char* name, earmark_key** key); /* a key file's */
EARMARK_API earmark_status earmark_key_generate(earmark_key** key); /* a master key, from the system's randomness */
EARMARK_API earmark_status earmark_key_screening(const earmark_key* master, earmark_key** screening);
EARMARK_API earmark_status earmark_key_save(const earmark_key* key, const char* path); /* 0600, never over a file */
EARMARK_API int earmark_key_is_master(const earmark_key* key);                         /* 1, or 0 */
/* 16 hexadecimal digits that a master key and its screening key share; they tell nothing about the secret. */
EARMARK_API earmark_status earmark_key_fingerprint(const earmark_key* key, char fingerprint[17]);
EARMARK_API void earmark_key_free(earmark_key* key);

/* Payloads are text: 8, 16 or 32 hexadecimal digits of either case, dashes as in a UUID are skipped. This one writes
 * the lower-case digits without dashes, as detections have them. */
EARMARK_API earmark_status earmark_payload_parse(const char* text, char digits[33]);

typedef struct earmark_embed_config {
    size_t size;            /* sizeof(earmark_embed_config) */
    const earmark_key* key; /* a master key */
    const char* payload;    /* what the mark says: 8, 16 or 32 hexadecimal digits */
    int sample_rate_hz;     /* 8000 to 192000 */
    int channels;           /* 1 to 64; every channel carries the same mark */
    const char* profile;    /* "transparent", "standard" or "robust"; NULL: "standard" */
} earmark_embed_config;
#define EARMARK_EMBED_CONFIG \
    { sizeof(earmark_embed_config), NULL, NULL, 0, 1, NULL }

typedef struct earmark_embed_report {
    size_t size;              /* sizeof(earmark_embed_report), set by the caller */
    uint64_t samples;         /* per channel */
    uint64_t limited_samples; /* samples round which the mark was made shallower so that nothing clips */
    double active_s;          /* seconds with enough sound to carry a mark, loudest channel */
    double mark_db;           /* energy of the change against the host's, dB; -infinity when nothing was changed */
} earmark_embed_report;
#define EARMARK_EMBED_REPORT \
    { sizeof(earmark_embed_report), 0, 0, 0, 0 }

/* A whole signal: in[c][0..samples) to out[c][0..samples), which may be the same memory. `report` may be NULL.
 * Refuses NaN, infinity, no samples, and samples outside -8 to 8. */
EARMARK_API earmark_status earmark_embed(const earmark_embed_config* config, const float* const* in, float* const* out,
                                         size_t samples, earmark_embed_report* report);

/* Block by block, blocks of any size from 0 up; the same samples in other blocks give the same bits. out[c][i] is the
 * marked sample that entered earmark_embedder_latency_samples() earlier, silence before the first; flush() gives as
 * many more and is then ready for a new signal. NaN and infinity are taken for silence. Without an embedder, or with a
 * NULL among the arguments, process() and flush() write nothing. */
EARMARK_API earmark_status earmark_embedder_new(const earmark_embed_config* config, earmark_embedder** embedder);
EARMARK_API earmark_status earmark_embedder_process(earmark_embedder* embedder, const float* const* in,
                                                    float* const* out, size_t samples);
EARMARK_API earmark_status earmark_embedder_flush(earmark_embedder* embedder, float* const* out);
EARMARK_API earmark_status earmark_embedder_reset(earmark_embedder* embedder);
EARMARK_API size_t earmark_embedder_latency_samples(const earmark_embedder* embedder); /* at most 32 ms; 0 of NULL */
EARMARK_API earmark_status earmark_embedder_report(const earmark_embedder* embedder, earmark_embed_report* report);
EARMARK_API void earmark_embedder_free(earmark_embedder* embedder);

typedef struct earmark_detect_config {
    size_t size;                    /* sizeof(earmark_detect_config) */
    const earmark_key* const* keys; /* master or screening keys */
    size_t key_count;               /* at least 1; every key more costs the others evidence */
    int sample_rate_hz;             /* 8000 to 192000 */
    int channels;                   /* 1 to 64; each is judged alone */
    const char* search;             /* "none"; NULL: "none" */
    double p_max;                   /* 0 < p_max < 1: marked means p <= p_max */
} earmark_detect_config;
#define EARMARK_DETECT_CONFIG \
    { sizeof(earmark_detect_config), NULL, 0, 0, 1, NULL, 1e-6 }

/* A whole signal. *detection is set on success only; free it with earmark_detection_free(). Not to find a mark is a
 * success. Refuses NaN, infinity and no samples. */
EARMARK_API earmark_status earmark_detect(const earmark_detect_config* config, const float* const* in, size_t samples,
                                          earmark_detection** detection);

/* Block by block, blocks of any size from 0 up. NaN and infinity are taken for silence. poll() gives the verdict so far
 * when it was renewed since the last poll, twice a second of audio at least, and otherwise sets *detection to NULL;
 * who is marked once stays marked. finish() gives the verdict and is then ready for a new signal. */
EARMARK_API earmark_status earmark_detector_new(const earmark_detect_config* config, earmark_detector** detector);
EARMARK_API earmark_status earmark_detector_push(earmark_detector* detector, const float* const* in, size_t samples);
EARMARK_API earmark_status earmark_detector_poll(earmark_detector* detector, earmark_detection** detection);
EARMARK_API earmark_status earmark_detector_finish(earmark_detector* detector, earmark_detection** detection);
EARMARK_API earmark_status earmark_detector_reset(earmark_detector* detector);
/* The stream so far, without any secret, for a detector of the same config elsewhere, which goes on from there. save()
 * sets *bytes to what the state takes, and writes it when `state` has room for as many, *bytes before; a NULL `state`
 * asks for the size. restore() fails with EARMARK_INPUT, and changes nothing, on a state of another version, config or
 * key, or a damaged one. */
EARMARK_API earmark_status earmark_detector_save(const earmark_detector* detector, void* state, size_t* bytes);
EARMARK_API earmark_status earmark_detector_restore(earmark_detector* detector, const void* state, size_t bytes);
EARMARK_API void earmark_detector_free(earmark_detector* detector);

/* What a verdict says; see Detection in detector.hpp. Of NULL: 0, -1 for the key, NULL for text. */
EARMARK_API int earmark_detection_marked(const earmark_detection* detection);     /* 1, or 0 */
EARMARK_API double earmark_detection_log10_p(const earmark_detection* detection); /* proved bound; 0: no evidence */
EARMARK_API const char* earmark_detection_payload(const earmark_detection* detection); /* digits; NULL: not read */
EARMARK_API double earmark_detection_payload_log10_p(const earmark_detection* detection);
EARMARK_API int earmark_detection_key(const earmark_detection* detection); /* place in `keys`; -1: not marked */
EARMARK_API int earmark_detection_channel(const earmark_detection* detection);
EARMARK_API double earmark_detection_start_s(const earmark_detection* detection);
EARMARK_API double earmark_detection_end_s(const earmark_detection* detection);
EARMARK_API double earmark_detection_time_scale(const earmark_detection* detection);
EARMARK_API double earmark_detection_frequency_scale(const earmark_detection* detection);
EARMARK_API double earmark_detection_duration_s(const earmark_detection* detection);
EARMARK_API double earmark_detection_active_s(const earmark_detection* detection);
EARMARK_API double earmark_detection_hypotheses(const earmark_detection* detection);
EARMARK_API double earmark_detection_decided_s(const earmark_detection* detection); /* heard when it became marked */
EARMARK_API int earmark_detection_ongoing(const earmark_detection* detection);      /* polled: the mark had not ended */
EARMARK_API const char* earmark_detection_reason(const earmark_detection* detection); /* why undecided; "" when not */

typedef struct earmark_segment {
    size_t size; /* sizeof(earmark_segment), set by the caller */
    double start_s, end_s;
    double log10_p;
} earmark_segment;
#define EARMARK_SEGMENT \
    { sizeof(earmark_segment), 0, 0, 0 }

EARMARK_API size_t earmark_detection_segments(const earmark_detection* detection); /* stretches that are marked */
EARMARK_API earmark_status earmark_detection_segment(const earmark_detection* detection, size_t index,
                                                     earmark_segment* segment);
EARMARK_API void earmark_detection_free(earmark_detection* detection);

#ifdef __cplusplus
}
#endif

#endif
