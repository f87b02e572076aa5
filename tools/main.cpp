// The command: parses, runs one subcommand, and turns whatever goes wrong into one line and an exit code.
#include "options.hpp"
#include "standard_output.hpp"
#include "text.hpp"

#include <earmark/error.hpp>

#include <csignal>
#include <cstdio>
#include <sstream>

namespace earmark::tools {

namespace {

int complain(Fault fault, const std::string& what) {
    std::fprintf(stderr, "earmark: %s\n", one_line(what).c_str());
    return static_cast<int>(fault);
}

int run_chosen(const CommandLine& line) {
    for (const Command& command : line.commands) {
        if (command.app->parsed()) return command.run();
    }
    return static_cast<int>(Fault::usage);  // not reached: one command is required
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
    std::string typed;
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        typed += at->get_name() + " ";
    }
    if (!typed.empty()) return std::string(error.what()) + ", see earmark " + typed + "--help";
    std::vector<std::string> names;
    for (const CLI::App* command : visible_commands(app)) names.push_back(command->get_name());
    return std::string(error.what()) + ", the commands are " + joined(names, ", ");
}

int parse_and_run(int argc, const char* const* argv) {
    const CommandLine line = make_command_line(argc > 1 ? argv[1] : "");
    try {
        line.app->parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
        std::ostringstream out, unused;
        line.app->exit(asked, out, unused);
        print(out.str());
        return done;
    } catch (const CLI::ParseError& error) {
        return complain(Fault::usage, usage_error(*line.app, error));
    }
    return run_chosen(line);
}

// As if the signal had not been ignored: what a shell expects of a filter whose reader has gone.
int end_by_closed_pipe() {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    return 128 + SIGPIPE;
}

}  // namespace

}  // namespace earmark::tools

int main(int argc, char** argv) {
    using namespace earmark::tools;
    // A closed pipe comes back as an error, so that a file written aside is removed before we end.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return parse_and_run(argc, argv);
    } catch (const PipeClosed&) {
        return end_by_closed_pipe();
    } catch (const earmark::Error& error) {
        return complain(error.fault(), error.what());
    } catch (const std::exception& error) {
        return complain(earmark::Fault::input, std::string("unexpected failure: ") + error.what());
    }
}
