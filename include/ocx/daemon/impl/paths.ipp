// Bodies of daemon/paths.hpp.
#pragma once

#include "ocx/daemon/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace ocx::daemon::detail {

OCX_DECL std::string absolute_path(std::string const& path)
{
    std::error_code error;
    auto const full = std::filesystem::absolute(path, error);
    if (error)
        return path;
    auto const canonical = std::filesystem::weakly_canonical(full, error);
    return error ? full.string() : canonical.string();
}

/// As the original: letters, digits, dots and hyphens stay, so that "::1" becomes "__1".
OCX_DECL std::string file_name_part(std::string_view host)
{
    std::string out;
    for (char c : host) {
        auto const stays =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
        out += stays ? c : '_';
    }
    return out;
}

OCX_DECL bool is_given(std::vector<config::provenance> const& origins, std::string_view name)
{
    return std::any_of(origins.begin(), origins.end(), [name](config::provenance const& p) {
        return p.name == name && p.source != config::value_source::builtin;
    });
}

} // namespace ocx::daemon::detail

namespace ocx::daemon {

OCX_DECL file_paths paths_of(config::settings const& settings)
{
    auto const& given = settings.daemon;
    auto const stem =
        "/server-" + detail::file_name_part(settings.server.host) + "-" + std::to_string(settings.server.port);
    file_paths out;
    out.state_dir = detail::absolute_path(given.state_dir);
    out.pid_file = given.pid_file.empty() ? out.state_dir + stem + ".pid" : detail::absolute_path(given.pid_file);
    out.log_file = given.log_file.empty() ? out.state_dir + stem + ".log" : detail::absolute_path(given.log_file);
    return out;
}

OCX_DECL std::vector<std::string> find_pid_files(std::string const& state_dir, std::int64_t port)
{
    std::vector<std::string> found;
    auto const ending = "-" + std::to_string(port) + ".pid";
    std::error_code error;
    for (std::filesystem::directory_iterator at(state_dir, error), end; !error && at != end; at.increment(error)) {
        auto const name = at->path().filename().string();
        if (name.starts_with("server-") && name.ends_with(ending) && at->is_regular_file(error))
            found.push_back(at->path().string());
    }
    std::sort(found.begin(), found.end());
    return found;
}

OCX_DECL selection select_paths(config::settings const& settings, std::vector<config::provenance> const& origins)
{
    selection out;
    out.paths = paths_of(settings);
    std::error_code error;
    if (detail::is_given(origins, config::keys::host.name) || detail::is_given(origins, config::keys::pid_file.name) ||
        std::filesystem::exists(out.paths.pid_file, error))
        return out;
    auto found = find_pid_files(out.paths.state_dir, settings.server.port);
    if (found.size() > 1)
        out.candidates = std::move(found);
    else if (found.size() == 1) {
        out.paths.pid_file = found.front();
        if (!detail::is_given(origins, config::keys::log_file.name))
            out.paths.log_file = found.front().substr(0, found.front().size() - 4) + ".log";
    }
    return out;
}

} // namespace ocx::daemon
