#include <earmark/error.hpp>
#include <earmark/key.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace earmark;
namespace fs = std::filesystem;

namespace {

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (fs::temp_directory_path() / "earmark-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { fs::remove_all(path_); }
    fs::path operator/(const std::string& name) const { return path_ / name; }
    bool is_empty() const { return fs::is_empty(path_); }

  private:
    fs::path path_;
};

class Umask {
  public:
    explicit Umask(mode_t mask) : before_(::umask(mask)) {}
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(before_); }

  private:
    mode_t before_;
};

// Writes beyond this many bytes of a file fail, for root as well; stands for a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit limit{bytes, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int);
};

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

unsigned mode(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::key);
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("key file: goes round for both kinds") {
    const TemporaryDirectory directory;
    const Key key = Key::generate();
    key.save(directory / "vendor.key");
    key.screening().save(directory / "screen.key");
    CHECK(content(directory / "vendor.key") == key.text());
    CHECK(Key::load(directory / "vendor.key") == key);
    CHECK(std::get<Key>(load_key(directory / "vendor.key")) == key);
    CHECK(std::get<ScreeningKey>(load_key(directory / "screen.key")) == key.screening());
}

TEST_CASE("key file: mode 0600 whatever the umask") {
    const TemporaryDirectory directory;
    const Key key = Key::generate();
    for (const mode_t mask : {0U, 022U, 077U, 0777U}) {
        const fs::path path = directory / std::to_string(mask);
        {
            const Umask umask(mask);
            key.save(path);
        }
        CHECK(mode(path) == 0600);
        CHECK(Key::load(path) == key);
    }
}

TEST_CASE("key file: nothing that exists is overwritten") {
    const TemporaryDirectory directory;
    const fs::path path = directory / "vendor.key";
    const Key key = Key::generate();
    key.save(path);
    const std::string refusal = path.string() + ": exists already, and a key is never overwritten: choose another name";
    CHECK(error_of([&] { Key::generate().save(path); }) == refusal);
    CHECK(error_of([&] { key.screening().save(path); }) == refusal);
    CHECK(Key::load(path) == key);

    write(directory / "empty", "");
    CHECK(error_of([&] { key.save(directory / "empty"); }) != "no error");
    CHECK(content(directory / "empty") == "");

    // Nor is a link followed, to a file or to nothing.
    fs::create_symlink(directory / "target", directory / "link");
    CHECK(error_of([&] { key.save(directory / "link"); }) != "no error");
    CHECK_FALSE(fs::exists(directory / "target"));
}

TEST_CASE("key file: a write that fails leaves no file") {
    const TemporaryDirectory directory;
    const Key key = Key::generate();
    for (const rlim_t bytes : {0, 1, 100, 200}) {
        const std::string error = error_of([&] {
            const FileSizeLimit limit(bytes);  // not round the checks, whose output may go to a file
            key.save(directory / "vendor.key");
        });
        CHECK(error.find((directory / "vendor.key").string() + ": cannot be written: ") == 0);
    }
    CHECK(directory.is_empty());
    key.save(directory / "vendor.key");
    CHECK(Key::load(directory / "vendor.key") == key);
}

TEST_CASE("key file: a place that cannot be written is named") {
    const TemporaryDirectory directory;
    const fs::path path = directory / "nowhere" / "vendor.key";
    CHECK(error_of([&] { Key::generate().save(path); }).find(path.string() + ": cannot be created: ") == 0);
}

TEST_CASE("key file: what cannot be read is told apart") {
    const TemporaryDirectory directory;
    const auto load_error = [&](const fs::path& path) {
        const std::string error = error_of([&] { load_key(path); });
        CHECK(error_of([&] { Key::load(path); }) == error);
        const std::string start = path.string() + ": ";
        CHECK(error.substr(0, start.size()) == start);
        return error.substr(start.size());
    };
    CHECK(load_error(directory / "missing.key") == "no such file");
    fs::create_directory(directory / "folder");
    CHECK(load_error(directory / "folder") == "is a directory, not a key file");
    write(directory / "empty.key", "");
    CHECK(load_error(directory / "empty.key") == "is empty");
    CHECK(load_error(directory / "empty.key" / "below").find("cannot be opened: ") == 0);
    write(directory / "speech.wav", std::string("RIFF\x24\0\0\0WAVEfmt ", 16));
    CHECK(load_error(directory / "speech.wav").find("is not an earmark key file") == 0);
    write(directory / "large.key", "earmark key 1\n" + std::string(65537, '#'));
    CHECK(load_error(directory / "large.key") == "is larger than 64 KiB: not an earmark key file");
    CHECK(load_error("/dev/zero") == "is larger than 64 KiB: not an earmark key file");  // reading stops
    CHECK(error_of([&] { load_key(""); }) == "'': no such file");

    const std::string text = Key::generate().text();
    write(directory / "cut.key", text.substr(0, text.size() / 2));
    CHECK(load_error(directory / "cut.key").find("is truncated") == 0);
    write(directory / "later.key", "earmark key 2\n" + text.substr(text.find('\n') + 1));
    CHECK(load_error(directory / "later.key").find("is a key file of version 2") == 0);
}

TEST_CASE("key file: a screening key is no master key") {
    const TemporaryDirectory directory;
    Key::generate().screening().save(directory / "screen.key");
    CHECK(error_of([&] {
              Key::load(directory / "screen.key");
          }).find((directory / "screen.key").string() + ": is a screening key, which finds marks but cannot") == 0);
}

TEST_CASE("key file: of exactly 64 KiB is still read, one byte more is not") {
    const TemporaryDirectory directory;
    write(directory / "most", std::string(65536, 'x'));
    write(directory / "more", std::string(65537, 'x'));
    CHECK(error_of([&] { load_key(directory / "most"); }).find("is not an earmark key file") != std::string::npos);
    CHECK(error_of([&] { load_key(directory / "more"); }).find("is larger than 64 KiB") != std::string::npos);
}
