// earmark keygen: a new master key, or the screening key of one.
#include "options.hpp"
#include "standard_output.hpp"

#include <earmark/error.hpp>
#include <earmark/key.hpp>

#include <filesystem>

namespace earmark::tools {

namespace {

struct Keygen {
    std::string out, screening, from;
};

void refuse_existing(const std::string& path) {
    if (!path.empty() && std::filesystem::exists(std::filesystem::symlink_status(path))) {
        throw Error(Fault::key, path + ": exists, a key is never overwritten; choose another name or remove it first");
    }
}

void tell_master(const Key& key, const std::string& path) {
    print_line(path + ": master key, fingerprint " + key.fingerprint() + ", keep it secret");
}

void tell_screening(const Key& key, const std::string& path) {
    print_line(path + ": screening key, fingerprint " + key.fingerprint() + ", finds marks and reads no payload");
}

void make_both(const Keygen& options) {
    refuse_existing(options.out);
    refuse_existing(options.screening);
    const Key key = Key::generate();
    key.save(options.out);
    if (!options.screening.empty()) {
        try {
            key.screening().save(options.screening);
        } catch (const Error&) {
            std::filesystem::remove(options.out);  // both or none
            throw;
        }
    }
    tell_master(key, options.out);
    if (!options.screening.empty()) tell_screening(key, options.screening);
}

void make_screening(const Keygen& options) {
    refuse_existing(options.screening);
    const Key key = Key::load(options.from);
    key.screening().save(options.screening);
    tell_screening(key, options.screening);
}

int run(const Keygen& options) {
    if (options.from.empty()) {
        if (options.out.empty())
            throw Error(Fault::usage, "keygen: needs the file to write, as in earmark keygen vendor.key");
        if (options.out == options.screening)
            throw Error(Fault::usage, options.out + ": named twice, two keys need two files");
        make_both(options);
        return done;
    }
    if (!options.out.empty())
        throw Error(Fault::usage, "keygen: --from makes a screening key, it takes no " + options.out);
    if (options.screening.empty()) throw Error(Fault::usage, "keygen: --from needs --screening FILE to write");
    make_screening(options);
    return done;
}

}  // namespace

Command add_keygen(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("keygen", "Make a key; never overwrites, files are readable by their owner only");
    const auto options = std::make_shared<Keygen>();
    command->add_option("OUT", options->out, "File for the new master key")->type_name("KEY");
    command
        ->add_option("--screening", options->screening, "Also write its screening key: finds marks, reads no payload")
        ->type_name("KEY");
    command->add_option("--from", options->from, "Take this master key instead of a new one, for --screening")
        ->type_name("KEY");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
