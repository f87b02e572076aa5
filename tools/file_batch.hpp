// Many files at once, told in their order, with a progress line; one that fails does not stop the others.
#pragma once

#include "in_order.hpp"
#include "progress.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>

namespace earmark::tools {

inline constexpr int most_jobs = 1024;

class FileBatch {
  public:
    // what: for the progress line; jobs: 0 = as many as there are cores.
    FileBatch(const char* what, std::size_t files, int jobs) : what_(what), files_(files), jobs_(jobs) {}

    // Then each file may have a progress line of its own.
    bool one_at_a_time() const { return files_ == 1 || jobs_ == 1; }

    // work(i) is called from several threads; tell(i, result) or fail(i, error) after it, in the order of the files, by
    // this thread. Both give an exit code; returns the worst.
    template <class Result>
    int run(const std::function<Result(std::size_t)>& work, const std::function<int(std::size_t, const Result&)>& tell,
            const std::function<int(std::size_t, const Error&)>& fail) {
        std::optional<InOrder<Result>> results;  // no thread for one file: that takes longer to begin than a short file
        std::optional<Progress> count;
        if (files_ > 1) results.emplace(files_, jobs_, work);
        if (!one_at_a_time()) count.emplace(what_, files_, "files");
        int worst = 0;
        for (std::size_t i = 0; i < files_; ++i) {
            std::optional<Result> result;
            std::optional<Error> error;
            try {
                result = results ? results->next() : work(i);
            } catch (const Error& caught) {
                error = caught;
            }
            if (count) count->clear();
            worst = std::max(worst, result ? tell(i, *result) : fail(i, *error));
            if (count) count->at(i + 1);
        }
        return worst;
    }

  private:
    const char* what_;
    std::size_t files_;
    int jobs_;
};

}  // namespace earmark::tools
