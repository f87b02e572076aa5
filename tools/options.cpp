#include "options.hpp"

#include "file_batch.hpp"
#include "text.hpp"

#include <earmark/earmark.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace earmark::tools {

namespace {

struct Named {
    std::string_view name;
    Command (*add)(CLI::App&);
};
constexpr Named commands[] = {{"keygen", add_keygen}, {"embed", add_embed},     {"detect", add_detect},
                              {"trace", add_trace},   {"label", add_label},     {"live", add_live},
                              {"listen", add_listen}, {"devices", add_devices}, {"ledger", add_ledger},
                              {"report", add_report}, {"info", add_info}};

std::string version_line() {
    return std::string("earmark ") + version + " (" + simd_target() + ")";
}

}  // namespace

CommandLine make_command_line(std::string_view wanted) {
    CommandLine line{std::make_unique<CLI::App>(
                         "Marks synthetic speech with a keyed, inaudible mark, and finds it again.", "earmark"),
                     {}};
    CLI::App& app = *line.app;
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.set_version_flag("--version", version_line, "Print version and SIMD target and exit");
    app.require_subcommand(1);
    app.footer("Run 'earmark COMMAND --help' for the options of a command.");
    if (wanted == "--version") return line;
    const auto only = std::ranges::find(commands, wanted, &Named::name);
    if (only != std::end(commands)) {
        line.commands.push_back(only->add(app));
        return line;
    }
    for (const Named& command : commands) line.commands.push_back(command.add(app));
    for (const auto add : {add_man, add_completion})
        line.commands.push_back(add(app));  // they read what the others say
    return line;
}

CLI::Option* add_key(CLI::App& app, std::string& path, const std::string& what) {
    return app.add_option("--key", path, what)->type_name("KEY");
}

CLI::Option* add_raw(CLI::App& app, std::string& text) {
    const std::string encodings = joined(raw_encodings(), ", ");
    return app.add_option("--raw", text, "Samples without a header; encoding is one of " + encodings)
        ->type_name("ENCODING:RATE:CHANNELS");
}

CLI::Option* add_profile(CLI::App& app, std::string& profile) {
    const std::vector<std::string> profiles{std::string(name(Profile::transparent)),
                                            std::string(name(Profile::standard)), std::string(name(Profile::robust))};
    return app.add_option("--profile", profile, "How deep the mark goes")
        ->check(CLI::IsMember(profiles))
        ->type_name("PROFILE")
        ->capture_default_str();
}

CLI::Option* add_search(CLI::App& app, std::string& search, const std::string& what) {
    const std::vector<std::string> searches{std::string(name(Search::none)), std::string(name(Search::drift)),
                                            std::string(name(Search::full))};
    return app.add_option("--search", search, what)
        ->check(CLI::IsMember(searches))
        ->type_name("SEARCH")
        ->capture_default_str();
}

CLI::Option* add_p_max(CLI::App& app, double& p_max) {
    return app.add_option("--p-max", p_max, "Marked means a false-alarm probability of at most this")
        ->type_name("P")
        ->capture_default_str();
}

CLI::Option* add_jobs(CLI::App& app, int& jobs, const std::string& what) {
    return app
        .add_option("--jobs", jobs, what + "; 0: as many as there are cores. Results come in the order of the files")
        ->check(CLI::Range(0, most_jobs))
        ->type_name("N")
        ->capture_default_str();
}

std::optional<RawPcm> raw_from(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(raw_pcm_from(text));
}

std::string value_name(const CLI::Option& option) {
    if (option.get_type_size_max() == 0) return "";
    const std::string type = option.get_type_name();
    return type.substr(0,
                       type.find(':') == std::string::npos || choices(option).empty() ? type.size() : type.find(':'));
}

std::vector<std::string> choices(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t open = type.find('{'), close = type.find('}');
    if (open == std::string::npos || close == std::string::npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::vector<const CLI::App*> visible_commands(const CLI::App& app) {
    std::vector<const CLI::App*> commands = app.get_subcommands([](const CLI::App*) { return true; });
    std::erase_if(commands, [](const CLI::App* command) { return command->get_group().empty(); });
    return commands;
}

std::vector<TypedCommand> typed_commands(const CLI::App& app) {
    std::vector<TypedCommand> all;
    for (const CLI::App* command : visible_commands(app)) {
        const std::vector<const CLI::App*> actions = visible_commands(*command);
        if (actions.empty()) all.push_back({command->get_name(), command});
        for (const CLI::App* action : actions) all.push_back({command->get_name() + " " + action->get_name(), action});
    }
    return all;
}

}  // namespace earmark::tools
