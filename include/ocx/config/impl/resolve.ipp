// Bodies of config/resolve.hpp.
#pragma once

#include "ocx/config/resolve.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <type_traits>

namespace ocx::config::detail {

OCX_DECL failure refuse(raw_value const& from, std::string const& what)
{
    return failure(errc::invalid_request, from.origin + ": " + what);
}

OCX_DECL std::string number_text(double value)
{
    std::ostringstream text;
    text << value;
    return text.str();
}

OCX_DECL std::string shown(std::string_view text)
{
    std::string out = "\"";
    for (char c : text.substr(0, 60))
        out += c >= ' ' && c <= '~' ? c : '?';
    return out + (text.size() > 60 ? "...\"" : "\"");
}

template <class Number>
std::optional<Number> read_number(std::string_view text)
{
    Number value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

OCX_DECL std::string limits_text(key_info const& key)
{
    auto const text = [](double value) {
        return std::floor(value) == value ? std::to_string(static_cast<std::int64_t>(value)) : number_text(value);
    };
    if (key.most == key_info().most)
        return "at least " + text(key.least);
    return "between " + text(key.least) + " and " + text(key.most);
}

OCX_DECL outcome<> check_limits(key_info const& key, raw_value const& from, double value)
{
    if (std::isfinite(value) && value >= key.least && value <= key.most)
        return boost::system::in_place_value;
    return refuse(from, std::string(key.name) + " must be " + limits_text(key) + ".");
}

/// `choices` are separated by single spaces.
inline bool is_choice(std::string_view choices, std::string_view word)
{
    while (!choices.empty()) {
        auto const end = std::min(choices.find(' '), choices.size());
        if (choices.substr(0, end) == word)
            return true;
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return false;
}

OCX_DECL outcome<> assign(key_info const& key, raw_value const& from, std::int64_t& into)
{
    auto value = std::optional<std::int64_t>();
    if (auto const* number = std::get_if<std::int64_t>(&from.value))
        value = *number;
    auto const* text = std::get_if<std::string>(&from.value);
    if (text)
        value = read_number<std::int64_t>(*text);
    if (!value)
        return refuse(from,
                      std::string(key.name) + " must be a whole number" + (text ? ", not " + shown(*text) + "." : "."));
    into = *value;
    return check_limits(key, from, static_cast<double>(*value));
}

OCX_DECL outcome<> assign(key_info const& key, raw_value const& from, double& into)
{
    auto value = std::optional<double>();
    if (auto const* whole = std::get_if<std::int64_t>(&from.value))
        value = static_cast<double>(*whole);
    if (auto const* number = std::get_if<double>(&from.value))
        value = *number;
    auto const* text = std::get_if<std::string>(&from.value);
    if (text)
        value = read_number<double>(*text);
    if (!value)
        return refuse(from, std::string(key.name) + " must be a number" + (text ? ", not " + shown(*text) + "." : "."));
    into = *value;
    return check_limits(key, from, *value);
}

OCX_DECL outcome<> assign(key_info const& key, raw_value const& from, bool& into)
{
    if (auto const* flag = std::get_if<bool>(&from.value)) {
        into = *flag;
        return boost::system::in_place_value;
    }
    auto const* text = std::get_if<std::string>(&from.value);
    if (!text)
        return refuse(from, std::string(key.name) + " must be true or false.");
    std::string lower = *text;
    std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
    for (auto const* yes : {"1", "true", "yes", "on"})
        if (lower == yes) {
            into = true;
            return boost::system::in_place_value;
        }
    for (auto const* no : {"0", "false", "no", "off"})
        if (lower == no) {
            into = false;
            return boost::system::in_place_value;
        }
    return refuse(from, std::string(key.name) + " must be true or false (also 1/0, yes/no, on/off), not " +
                            shown(*text) + ".");
}

OCX_DECL outcome<> assign(key_info const& key, raw_value const& from, std::string& into)
{
    auto const* text = std::get_if<std::string>(&from.value);
    if (!text)
        return refuse(from, std::string(key.name) + " must be a string.");
    if (text->find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
        return refuse(from, std::string(key.name) + " must not contain line breaks or NUL.");
    if (text->empty() && !key.may_be_empty)
        return refuse(from, std::string(key.name) + " must not be empty.");
    if (!key.choices.empty() && !is_choice(key.choices, *text))
        return refuse(from, std::string(key.name) + " must be one of: " + std::string(key.choices) + ".");
    into = *text;
    return boost::system::in_place_value;
}

OCX_DECL outcome<> assign(key_info const& key, raw_value const& from, secret<std::string>& into)
{
    auto const* hidden = std::get_if<secret<std::string>>(&from.value);
    if (!hidden)
        return refuse(from, std::string(key.name) + " must be a string.");
    // Exposed to look at its characters only: a key with a control character could never be sent in a header.
    for (char c : hidden->expose())
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return refuse(from, std::string(key.name) + " must not contain control characters.");
    into = *hidden;
    return boost::system::in_place_value;
}

OCX_DECL std::string value_text(std::string const& value)
{
    return value;
}
OCX_DECL std::string value_text(std::int64_t value)
{
    return std::to_string(value);
}
OCX_DECL std::string value_text(double value)
{
    return number_text(value);
}
OCX_DECL std::string value_text(bool value)
{
    return value ? "true" : "false";
}
OCX_DECL std::string value_text(secret<std::string> const& value)
{
    return value.empty() ? "(not set)" : "(set)";
}

/// The value that counts for one key, by the order of the sources; no value: the default stays.
OCX_DECL std::optional<std::pair<value_source, raw_value>>
pick(key_info const& key, layer const& flags, environment const& env, layer const& file, bool is_secret)
{
    if (auto const flag = flags.find(key.name); flag != flags.end())
        return std::pair(value_source::flag, flag->second);
    std::string const variable(key.variable);
    char const* text = env(variable.c_str());
    if (text && *text != '\0') {
        if (is_secret)
            return std::pair(value_source::variable, raw_value(secret<std::string>(text), variable));
        return std::pair(value_source::variable, raw_value(std::string(text), variable));
    }
    if (auto const entry = file.find(key.name); entry != file.end())
        return std::pair(value_source::file, entry->second);
    return std::nullopt;
}

/// The defaults that depend on where the user lives.
OCX_DECL outcome<settings> defaults(environment const& env)
{
    settings values;
    char const* home = env("CODEX_HOME");
    values.codex.auth_json = (home && *home != '\0' ? std::string(home) : std::string("~/.codex")) + "/auth.json";
    // Nobody may need it: without HOME and XDG_CONFIG_HOME only the commands that use the directory complain.
    auto dir = default_config_dir(env);
    values.daemon.state_dir = dir ? *dir + "/run" : std::string();
    return values;
}

} // namespace ocx::config::detail

namespace ocx::config {

OCX_DECL outcome<> check(std::string_view name, raw_value const& value)
{
    outcome<> result = failure(errc::internal, "There is no setting called " + std::string(name) + ".");
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto& member) {
        if (key.name == name)
            result = detail::assign(key, value, member);
    });
    return result;
}

OCX_DECL outcome<resolved> resolve(layer const& flags, environment const& env, layer const& file)
{
    auto start = detail::defaults(env);
    if (!start)
        return start.error();
    resolved out;
    out.values = std::move(*start);
    std::optional<failure> first;
    for_each_key(out.values, [&](key_info const& key, auto& member) {
        if (first)
            return;
        using member_type = std::remove_cvref_t<decltype(member)>;
        provenance origin{std::string(key.name), {}, value_source::builtin, "default"};
        if (auto const chosen = detail::pick(key, flags, env, file, std::is_same_v<member_type, secret<std::string>>)) {
            origin.source = chosen->first;
            origin.origin = chosen->second.origin;
            if (auto done = detail::assign(key, chosen->second, member); !done)
                first = done.error();
        }
        if constexpr (std::is_same_v<member_type, std::string>) {
            auto expanded = key.is_path ? expand_home(member, env) : outcome<std::string>(member);
            if (expanded)
                member = std::move(*expanded);
            else
                first = failure(errc::invalid_request, origin.origin + ": " + expanded.error().message);
        }
        origin.shown = detail::value_text(member);
        out.origins.push_back(std::move(origin));
    });
    if (first)
        return *first;
    return out;
}

OCX_DECL std::vector<std::string> list_of(std::string_view value)
{
    std::vector<std::string> out;
    while (!value.empty()) {
        auto const comma = value.find(',');
        auto item = value.substr(0, comma);
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
        while (!item.empty() && item.front() == ' ')
            item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ')
            item.remove_suffix(1);
        if (!item.empty())
            out.emplace_back(item);
    }
    return out;
}

OCX_DECL outcome<std::string> expand_home(std::string path, environment const& env)
{
    if (path != "~" && path.compare(0, 2, "~/") != 0)
        return path;
    char const* home = env("HOME");
    if (!home || *home == '\0')
        return failure(errc::invalid_request, "cannot expand ~ in " + detail::shown(path) + ": HOME is not set.");
    return home + path.substr(1);
}

OCX_DECL outcome<std::string> default_config_dir(environment const& env)
{
    char const* xdg = env("XDG_CONFIG_HOME");
    std::string const root = xdg && *xdg != '\0' ? xdg : "~/.config";
    return expand_home(root + "/openai-api-server-via-codex", env);
}

OCX_DECL outcome<config_file> find_config_file(std::optional<std::string> const& flag, environment const& env)
{
    config_file out;
    char const* variable = env(config_variable);
    std::string named = flag ? *flag : variable ? std::string(variable) : std::string();
    if (!named.empty()) {
        auto path = expand_home(std::move(named), env);
        if (!path)
            return path.error();
        out.path = std::move(*path);
        out.is_named = true;
        return out;
    }
    auto dir = default_config_dir(env);
    if (!dir)
        return dir.error();
    out.path = *dir + "/config.toml";
    return out;
}

} // namespace ocx::config
