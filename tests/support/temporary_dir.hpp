// A directory for the files of one test.
#pragma once

#include "support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ocx::testing {

/// A directory that is gone after the test.
class temporary_dir {
public:
    temporary_dir()
    {
        std::string name = (std::filesystem::temp_directory_path() / "ocx-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    temporary_dir(temporary_dir const&) = delete;
    temporary_dir& operator=(temporary_dir const&) = delete;
    ~temporary_dir() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file(std::string const& name) const { return (path_ / name).string(); }

    /// Writes a file with mode 0600 and returns its path.
    std::string write(std::string const& name, std::string_view text) const
    {
        auto const path = path_ / name;
        std::ofstream(path, std::ios::binary) << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return path.string();
    }

private:
    std::filesystem::path path_;
};

} // namespace ocx::testing
