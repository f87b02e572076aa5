// earmark report: measures a vendor's own clips and writes one HTML page. The measuring is the Python package's, where
// distortions, statistics and plots are at home; this command finds a Python that has it, and takes its place.
#include "options.hpp"

#include <earmark/detector.hpp>
#include <earmark/embedder.hpp>
#include <earmark/error.hpp>
#include <earmark/version.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace earmark::tools {

namespace {

struct Report {
    std::vector<std::string> clips;
    std::string key, out, distortions, windows, trials, keys, seed, p_max, title, jobs;
    std::string profile = std::string(name(Profile::standard));
    std::string search = std::string(name(Search::none));
};

// Does this Python have the package, of our version? Quietly: there may be another one.
constexpr const char* question =
    "import sys, earmark.report, scipy, soundfile, matplotlib; sys.exit(earmark.__version__ != sys.argv[1])";

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

bool has_package(const std::string& python) {
    std::vector<std::string> words{python, "-c", question, version};
    const std::vector<char*> arguments = pointers_to(words);
    const pid_t child = ::fork();
    if (child < 0) throw Error(Fault::input, python + ": cannot be started, " + std::strerror(errno));
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string python_with_package() {
    const char* named = std::getenv("EARMARK_PYTHON");
    if (named != nullptr && *named != '\0') {
        if (has_package(named)) return named;
        throw Error(Fault::input, std::string(named) +
                                      ": this Python, named by EARMARK_PYTHON, has no package earmark " + version +
                                      " with its report");
    }
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        if (has_package(python)) return python;
    }
    throw Error(Fault::input, std::string("report: no python3 here has the package earmark ") + version +
                                  " with its report and what that needs (numpy, scipy, soundfile, matplotlib); "
                                  "install it, or name another Python in EARMARK_PYTHON");
}

std::vector<std::string> words_for(const std::string& python, const Report& options) {
    std::vector<std::string> words{python, "-m", "earmark.report"};
    const auto add = [&](const char* flag, const std::string& value) {
        if (!value.empty()) words.push_back(std::string(flag) + "=" + value);
    };
    add("--key", options.key);
    add("--out", options.out);
    add("--profile", options.profile);
    add("--distortions", options.distortions);
    add("--windows", options.windows);
    add("--trials", options.trials);
    add("--keys", options.keys);
    add("--seed", options.seed);
    add("--p-max", options.p_max);
    add("--search", options.search);
    add("--title", options.title);
    add("--jobs", options.jobs);
    words.emplace_back("--");
    words.insert(words.end(), options.clips.begin(), options.clips.end());
    return words;
}

int run(const Report& options) {
    const std::string python = python_with_package();
    std::vector<std::string> words = words_for(python, options);
    std::signal(SIGPIPE, SIG_DFL);  // ignored here, it would stay so there
    ::execvp(python.c_str(), pointers_to(words).data());
    throw Error(Fault::input, python + ": cannot be started, " + std::strerror(errno));
}

}  // namespace

Command add_report(CLI::App& app) {
    CLI::App* command = app.add_subcommand(
        "report", "Measure quality, robustness and false alarms on your own clips; writes one HTML page with plots");
    const auto options = std::make_shared<Report>();
    const auto add = [&](const std::string& flag, std::string& to, const std::string& type, const std::string& what) {
        return command->add_option(flag, to, what)->type_name(type);
    };
    command->add_option("CLIPS", options->clips, "Files or folders of speech")->required()->type_name("FILE");
    add_key(*command, options->key, "Master key that marks; the page has its fingerprint, never the key")->required();
    add("--out", options->out, "FILE", "Page to write")->required();
    add_profile(*command, options->profile);
    add("--distortions", options->distortions, "NAMES", "Rows of earmark.attacks.table(), comma separated, or all");
    add("--windows", options->windows, "SECONDS", "Lengths of audio to judge, as 1,3,10");
    add("--trials", options->trials, "NUMBER", "Windows a clip, distortion and length");
    add("--keys", options->keys, "NUMBER", "Random keys a segment, for the false alarms");
    add("--seed", options->seed, "NUMBER", "The same seed gives the same figures");
    add("--p-max", options->p_max, "P", "Marked means a false-alarm probability of at most this");
    add_search(*command, options->search, "How much change of tempo and pitch to look through");
    add("--title", options->title, "TEXT", "Title of the page");
    add("--jobs", options->jobs, "NUMBER", "Threads");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
