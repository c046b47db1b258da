// Bodies of auth/preflight.hpp.
#pragma once

#include "ocx/auth/preflight.hpp"

#include <cstdio>
#include <filesystem>

namespace ocx::auth {

OCX_DECL outcome<preflight_report> preflight(std::string const& path, wall_time now)
{
    std::error_code error;
    auto full = std::filesystem::absolute(path, error);
    if (!error)
        full = std::filesystem::weakly_canonical(full, error);
    preflight_report out;
    out.path = error ? path : full.string();
    auto const loaded = load_login(out.path);
    if (!loaded)
        return loaded.error();
    if (auto usable = check_usable(loaded->login, now); !usable)
        return usable.error();
    out.account_id_present = !loaded->login.account_id.empty();
    if ((loaded->mode & 077) != 0) {
        char mode[16] = {};
        std::snprintf(mode, sizeof mode, "%04o", loaded->mode);
        out.warnings.push_back("Codex auth file " + out.path + " can be used by other users of this machine (mode " +
                               mode + "). Run `chmod 600 " + out.path + "`.");
    }
    if (loaded->login.ignores_api_key)
        out.warnings.push_back("Codex auth file " + out.path +
                               " also holds an API key, which this server does not use.");
    return out;
}

OCX_DECL std::string preflight_line(preflight_report const& report)
{
    return "Codex auth preflight OK: " + report.path +
           " (account_id_present=" + (report.account_id_present ? "True" : "False") + ")";
}

OCX_DECL std::string preflight_line(failure const& why)
{
    return "Codex auth preflight failed: " + why.message;
}

} // namespace ocx::auth
