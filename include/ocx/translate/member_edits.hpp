// Small changes to one JSON object that leave everything else byte for byte as it was: set a member, remove a member.
// Collected first and applied in one pass, so that "nothing to change" costs nothing and can be told from the result.
// Used for relayed events and output items; names are literals that need no escaping.
#pragma once

#include "ocx/util/json.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::translate {

class member_edits {
public:
    /// Sets `name` to `json`: in place where it exists, at the end otherwise. `name` must outlive the edits.
    OCX_DECL member_edits& set(std::string_view name, std::string json);
    OCX_DECL member_edits& set(std::string_view name, std::uint64_t number);
    /// Sets `name` only where the object lacks it. A value of another kind than `json` (null, a number where a string
    /// belongs) is as good as missing: clients would stumble over it.
    OCX_DECL member_edits& supply(std::string_view name, std::string json);
    OCX_DECL member_edits& remove(std::string_view name);

    /// Writes the edited object to `out` (replacing its content) and returns true; when `object` already is as wanted
    /// it returns false and leaves `out` alone.
    OCX_DECL bool apply(json::view object, std::string& out) const;

private:
    enum class action { set, supply, remove };
    struct edit {
        std::string_view name;
        std::string json;
        member_edits::action action = member_edits::action::set;
    };

    OCX_DECL member_edits& add(std::string_view name, std::string json, action what);
    [[nodiscard]] OCX_DECL std::size_t find(json::member const& m) const;
    [[nodiscard]] OCX_DECL bool changes(json::view object) const;

    static constexpr std::size_t capacity = 16;
    std::array<edit, capacity> edits_;
    std::size_t size_ = 0;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/member_edits.ipp"
#endif
