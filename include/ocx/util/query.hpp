// The query of a request URL, decoded and in order. Arrays keep their brackets as clients write them: `include[]`,
// `metadata[k]`; which names mean what is the endpoints' business. Split by server/router.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx {

/// One `name=value`.
struct query_item {
    query_item() = default;
    query_item(std::string n, std::string v) : name(std::move(n)), value(std::move(v)) {}

    std::string name;
    std::string value;

    bool operator==(query_item const&) const = default;
};

using query_list = std::vector<query_item>;

/// All values of an array parameter in order, written `name[]=` or bare `name=`: clients send both.
[[nodiscard]] inline std::vector<std::string> query_values(query_list const& query, std::string_view name)
{
    std::vector<std::string> values;
    for (auto const& item : query) {
        std::string_view bare = item.name;
        if (bare.ends_with("[]"))
            bare.remove_suffix(2);
        if (bare == name)
            values.push_back(item.value);
    }
    return values;
}

/// The last value of `name`: what counts when a client repeats itself. nullopt when it is not there.
[[nodiscard]] inline std::optional<std::string> query_value(query_list const& query, std::string_view name)
{
    std::optional<std::string> found;
    for (auto const& item : query) {
        if (item.name == name)
            found = item.value;
    }
    return found;
}

/// The members of an object parameter: `metadata[a]=1&metadata[b]=2` gives {a,1}, {b,2}.
[[nodiscard]] inline query_list query_members(query_list const& query, std::string_view name)
{
    query_list members;
    for (auto const& item : query) {
        std::string_view const whole = item.name;
        if (whole.size() > name.size() + 2 && whole.starts_with(name) && whole[name.size()] == '[' &&
            whole.ends_with(']'))
            members.emplace_back(std::string(whole.substr(name.size() + 1, whole.size() - name.size() - 2)),
                                 item.value);
    }
    return members;
}

} // namespace ocx
