/* LADSPA plug-in "earmark": marks one channel; the host runs one for each channel, and they carry the same mark. It
 * serves ffmpeg (-af ladspa=), sox (ladspa), GStreamer and every other host.
 *
 * Key and payload are text, which control ports cannot carry, and a key has no place on a command line. So:
 *     EARMARK_KEY      a master key file
 *     EARMARK_PAYLOAD  what the mark says: 8, 16 or 32 hexadecimal digits
 *     EARMARK_PROFILE  transparent, standard (also when not set) or robust
 * They are read when the host makes an instance. Without a usable key and payload there is no instance, one line on
 * standard error says why, and the host has nothing to play: no mark, no audio.
 * Threads: as LADSPA says, run() is called by one thread at a time; it neither allocates nor locks nor logs. */
#include <earmark/earmark.h>

#include <ladspa.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { input_port, output_port, latency_port, port_count };

typedef struct {
    earmark_embedder* embedder;
    LADSPA_Data* ports[port_count];
} Plugin;

static const char* variable(const char* name, const char* what) {
    const char* value = getenv(name);
    if (value == NULL) fprintf(stderr, "earmark: %s is not set; it %s\n", name, what);
    return value;
}

static earmark_embedder* embedder_from_environment(unsigned long sample_rate_hz) {
    const char* key_file = variable("EARMARK_KEY", "names the key file");
    earmark_embed_config config = EARMARK_EMBED_CONFIG;
    config.payload = variable("EARMARK_PAYLOAD", "has 8, 16 or 32 hexadecimal digits");
    config.profile = getenv("EARMARK_PROFILE");
    config.sample_rate_hz = sample_rate_hz < INT_MAX ? (int)sample_rate_hz : INT_MAX;
    if (key_file == NULL || config.payload == NULL) return NULL;

    earmark_key* key = NULL;
    earmark_embedder* embedder = NULL;
    earmark_status status = earmark_key_load(key_file, &key);
    config.key = key;
    if (status == EARMARK_OK) status = earmark_embedder_new(&config, &embedder);
    if (status != EARMARK_OK) fprintf(stderr, "earmark: %s\n", earmark_message());
    earmark_key_free(key);
    return embedder;
}

static LADSPA_Handle instantiate(const LADSPA_Descriptor* descriptor, unsigned long sample_rate_hz) {
    (void)descriptor;
    Plugin* plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL) return NULL;
    plugin->embedder = embedder_from_environment(sample_rate_hz);
    if (plugin->embedder != NULL) return plugin;
    free(plugin);
    return NULL;
}

static void connect_port(LADSPA_Handle handle, unsigned long port, LADSPA_Data* data) {
    if (port < port_count) ((Plugin*)handle)->ports[port] = data;
}

static void report_latency(const Plugin* plugin) {
    if (plugin->ports[latency_port] != NULL)
        *plugin->ports[latency_port] = (LADSPA_Data)earmark_embedder_latency_samples(plugin->embedder);
}

static void activate(LADSPA_Handle handle) {
    earmark_embedder_reset(((Plugin*)handle)->embedder);
}

static void run(LADSPA_Handle handle, unsigned long samples) {
    const Plugin* plugin = handle;
    const float* in = plugin->ports[input_port];
    float* out = plugin->ports[output_port];
    report_latency(plugin);
    if (earmark_embedder_process(plugin->embedder, &in, &out, samples) != EARMARK_OK && out != NULL)
        memset(out, 0, samples * sizeof *out);
}

/* ffmpeg 5 hands over NULL when there was no instance. */
static void cleanup(LADSPA_Handle handle) {
    Plugin* plugin = handle;
    if (plugin == NULL) return;
    earmark_embedder_free(plugin->embedder);
    free(plugin);
}

static const LADSPA_PortDescriptor port_kinds[port_count] = {
    LADSPA_PORT_INPUT | LADSPA_PORT_AUDIO,
    LADSPA_PORT_OUTPUT | LADSPA_PORT_AUDIO,
    LADSPA_PORT_OUTPUT | LADSPA_PORT_CONTROL,
};

/* "latency" is the name by which hosts know that port. */
static const char* const port_names[port_count] = {"Host", "Marked", "latency"};

static const LADSPA_PortRangeHint port_ranges[port_count] = {{0, 0, 0}, {0, 0, 0}, {LADSPA_HINT_INTEGER, 0, 0}};

static const LADSPA_Descriptor earmark = {
    .UniqueID = 6648429, /* "erm"; not assigned by anyone */
    .Label = "earmark",
    .Properties = LADSPA_PROPERTY_HARD_RT_CAPABLE,
    .Name = "earmark: keyed, inaudible mark for synthetic speech",
    .Maker = "earmark",
    .Copyright = "Apache-2.0; with FFTW inside, GPL-2.0-or-later when distributed",
    .PortCount = port_count,
    .PortDescriptors = port_kinds,
    .PortNames = port_names,
    .PortRangeHints = port_ranges,
    .instantiate = instantiate,
    .connect_port = connect_port,
    .activate = activate,
    .run = run,
    .cleanup = cleanup,
};

__attribute__((visibility("default"))) const LADSPA_Descriptor* ladspa_descriptor(unsigned long index) {
    return index == 0 ? &earmark : NULL;
}
