// Bodies of config/template.hpp.
#pragma once

#include "ocx/config/template.hpp"

#include <algorithm>
#include <array>

namespace ocx::config::detail {

/// What the original's file sets; everything else is written as a comment.
inline constexpr std::array original_keys{keys::host.name,
                                          keys::port.name,
                                          keys::default_model.name,
                                          keys::timeout.name,
                                          keys::verbose.name,
                                          keys::max_stored_items.name,
                                          keys::max_concurrent_requests.name,
                                          keys::auth_json.name,
                                          keys::backend_base_url.name,
                                          keys::client_version.name,
                                          keys::state_dir.name,
                                          keys::stop_timeout.name};

/// What the original's file shows as examples, with its words.
OCX_DECL std::string example_of(key_info const& key)
{
    if (key.name == keys::api_key.name)
        return "\"change-me\"";
    if (key.name == keys::pid_file.name)
        return "\"/path/to/openai-api-server-via-codex.pid\"";
    if (key.name == keys::log_file.name)
        return "\"/path/to/openai-api-server-via-codex.log\"";
    return {};
}

/// A TOML basic string.
OCX_DECL std::string toml_text(std::string const& value, environment const& env)
{
    auto text = value;
    char const* home = env("HOME");
    std::string const below = home && *home != '\0' ? std::string(home) + "/" : std::string("/");
    if (below != "/" && text.starts_with(below))
        text = "~/" + text.substr(below.size());
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

OCX_DECL std::string toml_text(std::int64_t value, environment const&)
{
    return std::to_string(value);
}
OCX_DECL std::string toml_text(double value, environment const&)
{
    auto const text = number_text(value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
OCX_DECL std::string toml_text(bool value, environment const&)
{
    return value ? "true" : "false";
}
OCX_DECL std::string toml_text(secret<std::string> const&, environment const&)
{
    return "\"\"";
}

} // namespace ocx::config::detail

namespace ocx::config {

OCX_DECL outcome<std::string> default_file(environment const& env)
{
    // Only what says where the user lives counts here: the file shows defaults, not what is set right now.
    environment const places = [&env](char const* name) -> char const* {
        std::string_view const wanted(name);
        return wanted == "HOME" || wanted == "CODEX_HOME" || wanted == "XDG_CONFIG_HOME" ? env(name) : nullptr;
    };
    auto const start = resolve({}, places, {});
    if (!start)
        return start.error();
    std::string out = "# OpenAI API Server via Codex configuration.\n"
                      "# CLI flags override environment variables, and environment variables override\n"
                      "# values in this file.\n";
    std::string_view section;
    for_each_key(start->values, [&](key_info const& key, auto const& value) {
        auto const dot = key.name.find('.');
        if (key.name.substr(0, dot) != section) {
            section = key.name.substr(0, dot);
            out.append("\n[").append(section).append("]\n");
        }
        auto const is_original = std::find(detail::original_keys.begin(), detail::original_keys.end(), key.name) !=
                                 detail::original_keys.end();
        auto const example = detail::example_of(key);
        if (!is_original && example.empty())
            out.append("# ").append(key.summary).append(":\n");
        out.append(is_original ? "" : "# ").append(key.name.substr(dot + 1)).append(" = ");
        out.append(example.empty() ? detail::toml_text(value, env) : example).append("\n");
    });
    return out;
}

} // namespace ocx::config
