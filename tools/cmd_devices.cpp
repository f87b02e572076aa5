// earmark devices: what `live` and `listen` can be told to use.
#include "options.hpp"
#include "sound_device.hpp"
#include "standard_output.hpp"
#include "text.hpp"

#include <earmark/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace earmark::tools {

namespace {

std::string defaults_of(const SoundDevice& device) {
    std::vector<std::string> words;
    if (device.default_input) words.push_back("default input");
    if (device.default_output) words.push_back("default output");
    return joined(words, ", ");
}

std::string padded(std::string text, std::size_t width, bool right = false) {
    if (text.size() >= width) return text;
    text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    return text;
}

std::string json_of_device(const SoundDevice& device) {
    nlohmann::ordered_json line;
    line["device"] = device.number;
    line["name"] = device.name;
    line["system"] = device.system;
    line["inputs"] = device.inputs;
    line["outputs"] = device.outputs;
    line["sample_rate_hz"] = std::lround(device.sample_rate_hz);
    line["default_input"] = device.default_input;
    line["default_output"] = device.default_output;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

int run(bool json) {
    const SoundSystem sound;
    const std::vector<SoundDevice>& devices = sound.devices();
    if (devices.empty()) throw Error(Fault::input, "no sound device was found");
    std::size_t width = 4;
    for (const SoundDevice& device : devices) width = std::max(width, device.name.size());
    if (!json) print_line(" no  " + padded("name", width) + "  in out     rate  system");
    for (const SoundDevice& device : devices) {
        const std::string defaults = defaults_of(device);
        const std::string rate = std::to_string(std::lround(device.sample_rate_hz));
        print_line(json ? json_of_device(device)
                        : padded(std::to_string(device.number), 3, true) + "  " + padded(device.name, width) + " " +
                              padded(std::to_string(device.inputs), 3, true) + " " +
                              padded(std::to_string(device.outputs), 3, true) + "  " + padded(rate, 7, true) + "  " +
                              device.system + (defaults.empty() ? "" : ", " + defaults));
    }
    return done;
}

}  // namespace

Command add_devices(CLI::App& app) {
    CLI::App* command = app.add_subcommand("devices", "List the sound devices that live and listen can use");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON object a line for every device");
    return {command, [json] { return run(*json); }};
}

}  // namespace earmark::tools
