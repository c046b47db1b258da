// Bodies of transport/cassette_files.hpp.
#pragma once

#include "ocx/transport/cassette_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace ocx::transport::files_detail {

OCX_DECL outcome<cassette> load_one(std::filesystem::path const& path)
{
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in.is_open())
        return failure(errc::io, "The cassette " + path.string() + " cannot be read: " + std::strerror(errno) + ".");
    std::string const text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad())
        return failure(errc::io, "The cassette " + path.string() + " cannot be read to its end.");
    auto out = parse_cassette(text, path.filename().string());
    if (!out && path.has_parent_path())
        return failure(out.error().reason, out.error().message + " (In " + path.parent_path().string() + ".)");
    return out;
}

} // namespace ocx::transport::files_detail

namespace ocx::transport {

OCX_DECL outcome<std::vector<cassette>> load_cassettes(std::string const& path)
{
    std::error_code error;
    auto const status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return failure(errc::not_found, "There is no cassette file or directory at " + path + ".");
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(status))
        files.emplace_back(path);
    else
        for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
            if (at->path().extension() == ".jsonl" && !at->is_directory(error))
                files.push_back(at->path());
    if (error)
        return failure(errc::io, "The directory " + path + " cannot be read: " + error.message() + ".");
    if (files.empty())
        return failure(errc::not_found, "There is no cassette (*.jsonl) in the directory " + path + ".");
    std::sort(files.begin(), files.end());
    std::vector<cassette> out;
    for (auto const& file : files) {
        auto one = files_detail::load_one(file);
        if (!one)
            return one.error();
        out.push_back(std::move(*one));
    }
    return out;
}

} // namespace ocx::transport
