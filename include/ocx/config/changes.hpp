// Which settings differ between two readings of the configuration: for reloading. Pure.
#pragma once

#include "ocx/config/config.hpp"
#include "ocx/config/keys.hpp"
#include "ocx/redact/secret.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ocx::config {

/// Names (`server.port`) of the settings with different values, in the order of keys.hpp.
[[nodiscard]] inline std::vector<std::string_view> changed_keys(settings const& before, settings const& after)
{
    std::vector<std::string_view> names;
    // Both are walked in the same order; the first walk keeps pointers into `before`, the second one compares.
    std::vector<void const*> old_values;
    for_each_key(before, [&](key_info const&, auto const& value) { old_values.push_back(&value); });
    std::size_t i = 0;
    for_each_key(after, [&](key_info const& key, auto const& value) {
        using value_type = std::remove_cvref_t<decltype(value)>;
        auto const& old = *static_cast<value_type const*>(old_values[i++]);
        bool is_same = false;
        if constexpr (std::is_same_v<value_type, secret<std::string>>)
            is_same = old.expose() == value.expose(); // both are ours and nobody can watch the time this takes
        else
            is_same = old == value;
        if (!is_same)
            names.push_back(key.name);
    });
    return names;
}

} // namespace ocx::config
