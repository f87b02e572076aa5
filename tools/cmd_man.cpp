// earmark man (hidden): the manual page, read off the option tables. The build installs what it prints.
#include "options.hpp"
#include "standard_output.hpp"

#include <earmark/version.hpp>

namespace earmark::tools {

namespace {

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
    }
    if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
    return out;
}

std::string bold(const std::string& text) {
    return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
    return "\\fI" + escaped(text) + "\\fR";
}

std::string spelled(const CLI::Option& option) {
    if (option.get_positional()) return italic(option.get_name(true));
    std::string out;
    for (const std::string& name : option.get_snames()) out += (out.empty() ? "" : ", ") + bold("-" + name);
    for (const std::string& name : option.get_lnames()) out += (out.empty() ? "" : ", ") + bold("--" + name);
    const std::string value = value_name(option);
    return value.empty() ? out : out + " " + italic(value);
}

std::string synopsis(const TypedCommand& typed) {
    const CLI::App& command = *typed.app;
    const std::string out = ".B earmark " + escaped(typed.name);
    std::string words;
    for (const CLI::Option* option : command.get_options()) {
        if (option == command.get_help_ptr()) continue;
        const std::string more = option->get_positional() && option->get_expected_max() > 1 ? "..." : "";
        const std::string word = spelled(*option) + more;
        words += " " + (option->get_required() ? word : "[" + word + "]");
    }
    return out + "\n" + words.substr(words.empty() ? 0 : 1) + "\n";
}

std::string described(const CLI::Option& option) {
    std::string out = ".TP\n" + spelled(option) + "\n" + escaped(option.get_description());
    const std::vector<std::string> values = choices(option);
    if (!values.empty()) {
        std::string all;
        for (const std::string& value : values) all += (all.empty() ? "" : ", ") + bold(value);
        out += ": " + all;
    }
    if (!option.get_default_str().empty()) out += " (default " + escaped(option.get_default_str()) + ")";
    return out + ".\n";
}

std::string page(const CLI::App& app) {
    std::string out = std::string(".TH EARMARK 1 \"\" \"earmark ") + version + "\" \"User Commands\"\n";
    out += ".SH NAME\nearmark \\- keyed, inaudible mark for synthetic speech, and its detector\n.SH SYNOPSIS\n";
    const std::vector<TypedCommand> commands = typed_commands(app);
    for (const TypedCommand& command : commands) {
        if (command.app != commands.front().app) out += ".br\n";
        out += synopsis(command);
    }
    out += ".SH DESCRIPTION\n" + escaped(app.get_description()) +
           "\nA mark is found with its key alone; the original is not needed.\n"
           "That no mark is found does not mean that a human is speaking.\n"
           ".PP\nAudio is WAV, FLAC, Ogg, MP3 and whatever else libsndfile reads, at 8 to 192 kHz.\n"
           "The name \\fB\\-\\fR is standard input or output, which carries WAV or, with \\fB\\-\\-raw\\fR, bare "
           "samples.\n"
           ".SH OPTIONS\n";
    for (const CLI::Option* option : app.get_options()) out += described(*option);
    for (const auto& [name, command] : commands) {
        out += ".SH EARMARK " + escaped(name) + "\n" + escaped(command->get_description()) + ".\n";
        for (const CLI::Option* option : command->get_options()) out += described(*option);
    }
    out += R"(.SH EXIT STATUS
.TP
0
Done; for detect and listen: every input is marked; for trace: and in the ledger; for ledger verify: it is whole.
.TP
1
For detect and listen: at least one input is not marked; for trace: or not in the ledger; for ledger verify: it is broken. For
label: with \fB\-\-verify\fR something that was asked for is missing, and no file was written; with \fB\-\-check\fR
a rule is broken.
.TP
2
Wrong usage; for embed: or no consent.
.TP
3
Audio or a ledger that cannot be read, used or written; a sound device that is missing, or goes. A failed embed or
label leaves no output file.
.TP
4
A key that is missing, damaged or of another kind.
.SH ENVIRONMENT
.TP
.B NO_COLOR
When set and not empty, bars have no colour.
.TP
.B EARMARK_PYTHON
The Python that report runs, which must have the package earmark; python3 when not set.
.SH EXAMPLES
.nf
earmark keygen vendor.key \-\-screening screen.key
earmark embed in.wav out.wav \-\-key vendor.key \-\-payload 0123456789abcdef
earmark detect out.wav \-\-key screen.key \-\-json
earmark ledger create audio.ledger
earmark embed in.wav out.wav \-\-key vendor.key \-\-ledger audio.ledger \-\-provider Example \-\-model tts\-2
earmark trace call.wav \-\-key vendor.key \-\-ledger audio.ledger
earmark label in.wav out.wav \-\-cue rhythm \-\-key vendor.key \-\-payload 0123456789abcdef \-\-producer Name \-\-verify
earmark label \-\-check out.wav
ffmpeg \-i call.m4a \-f wav \- | earmark detect \- \-\-key vendor.key
earmark live \-\-key vendor.key \-\-payload 0123456789abcdef \-\-device mic \-\-output\-device speaker
earmark listen \-\-key screen.key \-\-seconds 60 \-\-json
.fi
)";
    return out;
}

}  // namespace

Command add_man(CLI::App& app) {
    CLI::App* command = app.add_subcommand("man", "Print the manual page")->group("");
    return {command, [&app] {
                print(page(app));
                return static_cast<int>(done);
            }};
}

}  // namespace earmark::tools
