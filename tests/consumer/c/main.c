/* An outside program in C: marks noise block by block, finds the mark again, and is told what is wrong. */
#include <earmark/earmark.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { rate_hz = 16000, samples = 10 * rate_hz, block = 321 };

static earmark_detection* verdict_on(const earmark_key* key, const float* received) {
    earmark_detect_config config = EARMARK_DETECT_CONFIG;
    earmark_detection* found = NULL;
    config.keys = &key;
    config.key_count = 1;
    config.sample_rate_hz = rate_hz;
    if (earmark_detect(&config, &received, samples, &found) != EARMARK_OK) fprintf(stderr, "%s\n", earmark_message());
    return found;
}

static int mark(const earmark_key* key, const float* host, float* marked) {
    earmark_embed_config config = EARMARK_EMBED_CONFIG;
    earmark_embedder* embedder = NULL;
    size_t done = 0;
    config.key = key;
    config.payload = "0123456789abcdef";
    config.sample_rate_hz = rate_hz;
    if (earmark_embedder_new(&config, &embedder) != EARMARK_OK) return 0;
    while (done < samples) {
        const size_t count = samples - done < block ? samples - done : block;
        const float* in = host + done;
        float* out = marked + done;
        if (earmark_embedder_process(embedder, &in, &out, count) != EARMARK_OK) return 0;
        done += count;
    }
    earmark_embedder_free(embedder);
    return 1;
}

int main(void) {
    float *host = malloc(samples * sizeof *host), *marked = malloc(samples * sizeof *marked);
    uint32_t state = 1;
    earmark_key* key = NULL;
    int i, good;
    for (i = 0; i < samples; ++i) {
        state = state * 1664525u + 1013904223u;
        host[i] = 0.1f * ((float)(state >> 8) / 8388608.0f - 1);
    }
    if (earmark_key_generate(&key) != EARMARK_OK || !mark(key, host, marked)) return 1;
    {
        earmark_detection *of_marked = verdict_on(key, marked), *of_host = verdict_on(key, host);
        const char* payload = earmark_detection_payload(of_marked);
        good = earmark_detection_marked(of_marked) && !earmark_detection_marked(of_host) && payload != NULL &&
               strcmp(payload, "0123456789abcdef") == 0;
        printf("earmark %s from C: marked %d, payload %s, host %d\n", earmark_version(),
               earmark_detection_marked(of_marked), payload != NULL ? payload : "-", earmark_detection_marked(of_host));
        earmark_detection_free(of_marked);
        earmark_detection_free(of_host);
    }
    earmark_key_free(key);
    key = NULL;
    good = good && earmark_key_load("no-such.key", &key) == EARMARK_KEY && key == NULL &&
           strstr(earmark_message(), "no-such.key") != NULL;
    free(host);
    free(marked);
    return good ? 0 : 1;
}
