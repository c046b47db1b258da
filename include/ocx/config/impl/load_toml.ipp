// Bodies of config/load_toml.hpp.
#pragma once

#include "ocx/config/load_toml.hpp"

#include "ocx/util/nearest.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <type_traits>

namespace ocx::config::detail {

OCX_DECL std::string place(std::string const& name, toml::source_region const& where)
{
    return name + ":" + std::to_string(where.begin.line) + ":" + std::to_string(where.begin.column);
}

enum class key_kind { unknown, text, list, hidden, other };

OCX_DECL key_kind kind_of(std::string_view name)
{
    auto found = key_kind::unknown;
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto& member) {
        using member_type = std::remove_cvref_t<decltype(member)>;
        if (key.name == name)
            found = key.is_list                                        ? key_kind::list
                    : std::is_same_v<member_type, std::string>         ? key_kind::text
                    : std::is_same_v<member_type, secret<std::string>> ? key_kind::hidden
                                                                       : key_kind::other;
    });
    return found;
}

/// What may stand where an unknown name was found: the keys of the section, or the sections.
OCX_DECL std::string known_names(std::string_view section)
{
    std::string list;
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto&) {
        auto const dot = key.name.find('.');
        auto const name = section.empty() ? key.name.substr(0, dot) : key.name.substr(dot + 1);
        auto const is_here = section.empty() || key.name.substr(0, dot) == section;
        auto const is_new =
            list.size() < name.size() || list.compare(list.size() - name.size(), name.size(), name) != 0;
        if (is_here && is_new)
            list.append(list.empty() ? "" : ", ").append(name);
    });
    return list;
}

/// " Did you mean port?" when a name of the section, or a section, is spelt like `written`.
OCX_DECL std::string suggestion(std::string_view section, std::string_view written)
{
    nearest_word nearest(written);
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto&) {
        auto const dot = key.name.find('.');
        if (section.empty())
            nearest.offer(key.name.substr(0, dot));
        else if (key.name.substr(0, dot) == section)
            nearest.offer(key.name.substr(dot + 1));
    });
    auto const found = nearest.found();
    return found.empty() ? std::string() : " Did you mean " + std::string(found) + "?";
}

/// Where a key was meant to be that stands outside a section, or in the wrong one.
OCX_DECL std::string home_of(std::string_view written)
{
    std::string found;
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto&) {
        auto const dot = key.name.find('.');
        if (found.empty() && key.name.substr(dot + 1) == written)
            found = " It belongs under [" + std::string(key.name.substr(0, dot)) + "].";
    });
    return found;
}

/// A list as the text that flags and variables would give; nothing when an element is no string or holds a comma.
OCX_DECL std::optional<raw_value> read_list(toml::array const& items, std::string const& origin)
{
    std::string joined;
    for (auto const& item : items) {
        auto const* text = item.as_string();
        if (!text || text->get().find(',') != std::string::npos)
            return std::nullopt;
        joined.append(joined.empty() ? "" : ",").append(text->get());
    }
    return raw_value(std::move(joined), origin);
}

OCX_DECL std::optional<raw_value> read_value(toml::node const& node, key_kind kind, std::string const& origin)
{
    if (auto const* items = node.as_array(); items && kind == key_kind::list)
        return read_list(*items, origin);
    if (auto const* text = node.as_string())
        return kind == key_kind::hidden ? raw_value(secret<std::string>(text->get()), origin)
                                        : raw_value(text->get(), origin);
    if (auto const* number = node.as_integer())
        return raw_value(number->get(), origin);
    if (auto const* number = node.as_floating_point())
        return raw_value(number->get(), origin);
    if (auto const* flag = node.as_boolean())
        return raw_value(flag->get(), origin);
    return std::nullopt;
}

OCX_DECL outcome<> read_section(toml::table const& table, std::string_view section, std::string const& name,
                                layer& into)
{
    for (auto const& [key, node] : table) {
        auto const full = std::string(section) + "." + std::string(key.str());
        auto const key_place = place(name, key.source());
        auto const kind = kind_of(full);
        if (kind == key_kind::unknown) {
            auto const moved = home_of(key.str());
            return failure(errc::invalid_request, key_place + ": there is no setting called " + shown(full) + "." +
                                                      (moved.empty() ? suggestion(section, key.str()) : moved) + " [" +
                                                      std::string(section) + "] may have: " + known_names(section) +
                                                      ".");
        }
        auto const value_place = place(name, node.source());
        // resolve() reads text as any kind, for flags and variables; in a file the quotes mean a string.
        if (kind == key_kind::other && node.is_string())
            return failure(errc::invalid_request, value_place + ": " + full + " must not be in quotes.");
        auto value = read_value(node, kind, value_place);
        if (!value)
            return failure(errc::invalid_request, value_place + ": " + full + " must be a single value.");
        if (auto done = check(full, *value); !done)
            return done.error();
        into.insert_or_assign(full, std::move(*value));
    }
    return boost::system::in_place_value;
}

OCX_DECL outcome<layer> read_document(toml::table const& document, std::string const& name)
{
    layer out;
    for (auto const& [key, node] : document) {
        auto const section = std::string(key.str());
        auto const* table = node.as_table();
        if (known_names(section).empty() || !table)
            return failure(errc::invalid_request,
                           place(name, key.source()) + ": " +
                               (table ? "there is no section called " : "no key may stand outside a section: ") +
                               shown(section) + "." + (table ? suggestion({}, section) : home_of(section)) +
                               " The sections are: " + known_names({}) + ".");
        if (auto done = read_section(*table, section, name, out); !done)
            return done.error();
    }
    return out;
}

} // namespace ocx::config::detail

namespace ocx::config {

OCX_DECL outcome<layer> parse_toml(std::string_view text, std::string const& name)
{
    try {
        return detail::read_document(toml::parse(text, name), name);
    } catch (toml::parse_error const& e) {
        // Only the place is repeated: the description may quote a value, and a value may be a key. Where the library
        // talks about the end of the file there is no better word than its own.
        return failure(errc::invalid_request, detail::place(name, e.source()) + ": this is not valid TOML.");
    }
}

OCX_DECL outcome<layer> load_toml(config_file const& file)
{
    std::error_code error;
    auto const status = std::filesystem::status(file.path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        if (!file.is_named)
            return layer();
        return failure(errc::not_found, "There is no configuration file at " + file.path + ".");
    }
    if (std::filesystem::is_directory(status))
        return failure(errc::io, "The configuration file " + file.path + " is a directory.");
    std::ifstream in(file.path, std::ios::binary);
    std::string const text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad())
        return failure(errc::io,
                       "The configuration file " + file.path + " cannot be read: " + std::strerror(errno) + ".");
    return parse_toml(text, file.path);
}

} // namespace ocx::config
