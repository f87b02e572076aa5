// The option tables of all commands in one tree: it parses, and the man page and the completions are read off it.
#pragma once

#include "raw_pcm.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::tools {

enum Exit { done = 0, not_marked = 1 };  // beyond that the numbers of earmark::Fault

struct Command {
    CLI::App* app;
    std::function<int()> run;  // the exit code
};

// One of these stands in each cmd_*.cpp.
Command add_keygen(CLI::App& app);
Command add_embed(CLI::App& app);
Command add_detect(CLI::App& app);
Command add_trace(CLI::App& app);
Command add_ledger(CLI::App& app);
Command add_report(CLI::App& app);
Command add_label(CLI::App& app);
Command add_live(CLI::App& app);
Command add_listen(CLI::App& app);
Command add_devices(CLI::App& app);
Command add_info(CLI::App& app);
Command add_man(CLI::App& app);
Command add_completion(CLI::App& app);

struct CommandLine {
    std::unique_ptr<CLI::App> app;
    std::vector<Command> commands;
};
// wanted: what was typed first. When it names a command the others are left out, whose tables take as long as all else
// before the first sample.
CommandLine make_command_line(std::string_view wanted);

// Spelled the same in every command that has them.
CLI::Option* add_key(CLI::App& app, std::string& path, const std::string& what);
CLI::Option* add_raw(CLI::App& app, std::string& text);
CLI::Option* add_profile(CLI::App& app, std::string& profile);
CLI::Option* add_search(CLI::App& app, std::string& search, const std::string& what);
CLI::Option* add_p_max(CLI::App& app, double& p_max);
CLI::Option* add_jobs(CLI::App& app, int& jobs, const std::string& what);
std::optional<RawPcm> raw_from(const std::string& text);

// What follows an option or argument in the man page and the completions.
std::string value_name(const CLI::Option& option);
std::vector<std::string> choices(const CLI::Option& option);
std::vector<const CLI::App*> visible_commands(const CLI::App& app);

// A command as it is typed, "detect" or "ledger verify": those with actions of their own stand for them.
struct TypedCommand {
    std::string name;
    const CLI::App* app;
};
std::vector<TypedCommand> typed_commands(const CLI::App& app);

}  // namespace earmark::tools
