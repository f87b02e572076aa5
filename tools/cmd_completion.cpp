// earmark completion bash|zsh|fish (hidden): shell completions, read off the option tables.
#include "options.hpp"
#include "standard_output.hpp"
#include "text.hpp"

#include <map>

namespace earmark::tools {

namespace {

using Options = std::vector<const CLI::Option*>;

Options flags_of(const CLI::App& app) {
    Options flags = app.get_options();
    std::erase_if(flags, [](const CLI::Option* option) { return option->get_positional(); });
    return flags;
}

std::vector<std::string> spellings(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_snames()) names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
    return names;
}

std::string command_words(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::App* command : visible_commands(app)) words.push_back(command->get_name());
    for (const CLI::Option* flag : flags_of(app)) {
        for (const std::string& name : spellings(*flag)) words.push_back(name);
    }
    return joined(words, " ");
}

bool takes_file(const CLI::Option& option) {
    const std::string value = value_name(option);
    return value == "FILE" || value == "KEY" || value == "DIR";
}

// Between single quotes of sh, fish and zsh alike.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string bash(const CLI::App& app) {
    std::string values, words, actions;
    for (const auto& [name, command] : typed_commands(app)) {
        words += "        " + quoted(name) + ") words=" + quoted(command_words(*command)) + " ;;\n";
        for (const CLI::Option* flag : flags_of(*command)) {
            if (value_name(*flag).empty()) continue;
            const std::string reply = takes_file(*flag)
                                          ? "compgen -f -- \"$word\""
                                          : "compgen -W " + quoted(joined(choices(*flag), " ")) + " -- \"$word\"";
            values += "        '" + name + " " + spellings(*flag).back() + "') mapfile -t COMPREPLY < <(" + reply +
                      "); return ;;\n";
        }
    }
    for (const CLI::App* command : visible_commands(app)) {
        if (visible_commands(*command).empty()) continue;
        actions +=
            "    if [ \"$command\" = " + command->get_name() +
            " ]; then\n        if [ \"$COMP_CWORD\" -eq 2 ]; then\n            mapfile -t COMPREPLY < <(compgen -W " +
            quoted(command_words(*command)) +
            " -- \"$word\")\n            return\n        fi\n        command=\"$command ${COMP_WORDS[2]}\"\n    fi\n";
    }
    return "# bash completion for earmark, made by earmark completion bash\n"
           "_earmark() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} "
           "words\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W " +
           quoted(command_words(app)) + " -- \"$word\")\n        return\n    fi\n" + actions +
           "    case \"$command $before\" in\n" + values + "    esac\n    case \"$command\" in\n" + words +
           "    esac\n"
           "    case \"$word\" in\n"
           "        -*) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\") ;;\n"
           "        *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
           "    esac\n"
           "}\n"
           "complete -o filenames -F _earmark earmark\n";
}

std::string zsh_spec(const CLI::Option& option) {
    std::string description;
    for (const char c : option.get_description()) description += (c == '[' || c == ']' || c == ':') ? ' ' : c;
    std::string out;
    for (const std::string& name : spellings(option)) {
        std::string action;
        if (takes_file(option)) {
            action = ":file:_files";
        } else if (!value_name(option).empty()) {
            action =
                ":value:" + (choices(option).empty() ? std::string(" ") : "(" + joined(choices(option), " ") + ")");
        }
        out += " \\\n                " + quoted("*" + name + "[" + description + "]" + action);
    }
    return out;
}

std::string zsh_arguments(const CLI::App& command) {
    std::string out = "            _arguments";
    for (const CLI::Option* flag : flags_of(command)) out += zsh_spec(*flag);
    return out + " \\\n                '*:file:_files' ;;\n";
}

std::string zsh_names(const CLI::App& app) {
    std::string names;
    for (const CLI::App* command : visible_commands(app))
        names += "        " + quoted(command->get_name() + ":" + command->get_description()) + "\n";
    return names;
}

std::string zsh(const CLI::App& app) {
    const std::string commands = zsh_names(app);
    std::string cases, actions;
    for (const auto& [name, command] : typed_commands(app))
        cases += "        " + quoted(name) + ")\n" + zsh_arguments(*command);
    for (const CLI::App* command : visible_commands(app)) {
        if (visible_commands(*command).empty()) continue;
        actions += "    if [ \"$command\" = " + command->get_name() + " ]; then\n        commands=(\n" +
                   zsh_names(*command) +
                   "        )\n        if (( CURRENT == 2 )); then\n            _describe action commands\n"
                   "            return\n        fi\n        command=\"$command ${words[2]}\"\n        shift words\n"
                   "        (( CURRENT-- ))\n    fi\n";
    }
    return "#compdef earmark\n# zsh completion for earmark, made by earmark completion zsh\n"
           "_earmark() {\n    local -a commands\n    commands=(\n" +
           commands +
           "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
           "    local command=${words[2]}\n    shift words\n    (( CURRENT-- ))\n" +
           actions + "    case $command in\n" + cases +
           "    esac\n}\nif [ \"$funcstack[1]\" = _earmark ]; then _earmark \"$@\"; else compdef _earmark earmark; "
           "fi\n";
}

std::string fish(const CLI::App& app) {
    std::string out = "# fish completion for earmark, made by earmark completion fish\n";
    for (const CLI::App* command : visible_commands(app)) {
        out += "complete -c earmark -n __fish_use_subcommand -f -a " + command->get_name() + " -d " +
               quoted(command->get_description()) + "\n";
        const std::vector<const CLI::App*> actions = visible_commands(*command);
        std::vector<std::string> names;
        for (const CLI::App* action : actions) names.push_back(action->get_name());
        for (const CLI::App* action : actions)
            out += "complete -c earmark -n '__fish_seen_subcommand_from " + command->get_name() +
                   "; and not __fish_seen_subcommand_from " + joined(names, " ") + "' -f -a " + action->get_name() +
                   " -d " + quoted(action->get_description()) + "\n";
    }
    for (const auto& [typed, command] : typed_commands(app)) {
        std::string seen;
        for (const std::string& word : CLI::detail::split(typed, ' '))
            seen += (seen.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + word;
        for (const CLI::Option* flag : flags_of(*command)) {
            out += "complete -c earmark -n '" + seen + "'";
            for (const std::string& name : flag->get_snames()) out += " -s " + name;
            for (const std::string& name : flag->get_lnames()) out += " -l " + name;
            if (takes_file(*flag)) {
                out += " -r -F";
            } else if (!value_name(*flag).empty()) {
                out += " -x" + (choices(*flag).empty() ? "" : " -a " + quoted(joined(choices(*flag), " ")));
            }
            out += " -d " + quoted(flag->get_description()) + "\n";
        }
    }
    return out;
}

}  // namespace

Command add_completion(CLI::App& app) {
    CLI::App* command = app.add_subcommand("completion", "Print the completion of a shell")->group("");
    const auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    return {command, [shell, &app] {
                const std::map<std::string, std::string (*)(const CLI::App&)> shells{
                    {"bash", bash}, {"zsh", zsh}, {"fish", fish}};
                print(shells.at(*shell)(app));
                return static_cast<int>(done);
            }};
}

}  // namespace earmark::tools
