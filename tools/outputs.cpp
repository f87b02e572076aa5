#include "outputs.hpp"

#include <earmark/error.hpp>

#include <sys/stat.h>
#include <filesystem>
#include <map>
#include <utility>

namespace earmark::tools {

namespace {

using FileNumber = std::pair<dev_t, ino_t>;

std::map<FileNumber, std::string> numbers_of(const std::vector<std::string>& files) {
    std::map<FileNumber, std::string> numbers;
    for (const std::string& file : files) {
        struct stat there {};
        if (::stat(file.c_str(), &there) == 0) numbers.emplace(FileNumber{there.st_dev, there.st_ino}, file);
    }
    return numbers;
}

void make_folder(const std::string& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (!std::filesystem::is_directory(folder))
        throw Error(Fault::input, folder + ": is no folder and cannot be made one" +
                                      (failure ? ", " + failure.message() : std::string()));
}

}  // namespace

std::vector<InAndOut> outputs_in(const std::string& folder, const std::vector<std::string>& inputs) {
    std::map<std::string, std::string> taken;
    std::vector<InAndOut> files;
    for (const std::string& in : inputs) {
        const std::string name = in == "-" ? "" : std::filesystem::path(in).filename().string();
        if (name.empty()) throw Error(Fault::usage, in + ": has no name that --out-dir could keep");
        const auto [other, is_new] = taken.emplace(name, in);
        if (!is_new) throw Error(Fault::usage, in + ": has the name of " + other->second + ", give them two calls");
        files.push_back({in, (std::filesystem::path(folder) / name).string()});
    }
    const auto input_numbers = numbers_of(inputs);
    for (const InAndOut& file : files) {
        struct stat there {};
        if (::stat(file.out.c_str(), &there) != 0) continue;
        const auto input = input_numbers.find({there.st_dev, there.st_ino});
        if (input != input_numbers.end())
            throw Error(Fault::usage, file.out + ": is also the input " + input->second + ", choose another --out-dir");
    }
    make_folder(folder);
    return files;
}

}  // namespace earmark::tools
