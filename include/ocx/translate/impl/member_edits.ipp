// Bodies of member_edits.hpp.
#pragma once

#include "ocx/translate/member_edits.hpp"

namespace ocx::translate {

namespace reply_detail {

/// Whether both are objects, both lists, both strings, or neither is any of these.
inline bool is_same_kind(json::view value, std::string_view json)
{
    auto const kind_of = [](char first) { return first == '{' || first == '[' || first == '"' ? first : '0'; };
    return !value.is_null() && kind_of(value.raw().front()) == kind_of(json.front());
}

} // namespace reply_detail

OCX_DECL member_edits& member_edits::set(std::string_view name, std::string json)
{
    return add(name, std::move(json), action::set);
}

OCX_DECL member_edits& member_edits::set(std::string_view name, std::uint64_t number)
{
    return add(name, std::to_string(number), action::set);
}

OCX_DECL member_edits& member_edits::supply(std::string_view name, std::string json)
{
    return add(name, std::move(json), action::supply);
}

OCX_DECL member_edits& member_edits::remove(std::string_view name)
{
    return add(name, std::string(), action::remove);
}

OCX_DECL member_edits& member_edits::add(std::string_view name, std::string json, action what)
{
    assert(size_ < capacity);
    edits_[size_++] = edit{name, std::move(json), what};
    return *this;
}

OCX_DECL std::size_t member_edits::find(json::member const& m) const
{
    for (std::size_t i = 0; i < size_; ++i) {
        if (m.name_is(edits_[i].name))
            return i;
    }
    return size_;
}

OCX_DECL bool member_edits::changes(json::view object) const
{
    std::array<bool, capacity> is_seen{};
    for (auto const& m : object.members()) {
        auto const i = find(m);
        if (i == size_)
            continue;
        is_seen[i] = true;
        auto const& e = edits_[i];
        if (e.action == action::remove || (e.action == action::set && m.value.raw() != e.json) ||
            (e.action == action::supply && !reply_detail::is_same_kind(m.value, e.json)))
            return true;
    }
    for (std::size_t i = 0; i < size_; ++i) {
        if (!is_seen[i] && edits_[i].action != action::remove)
            return true;
    }
    return false;
}

OCX_DECL bool member_edits::apply(json::view object, std::string& out) const
{
    if (!changes(object))
        return false;
    out.clear();
    std::array<bool, capacity> is_seen{};
    char separator = '{';
    auto const write = [&out, &separator](std::string_view escaped_name, std::string_view value) {
        out.push_back(separator);
        separator = ',';
        out.append("\"").append(escaped_name).append("\":").append(value);
    };
    for (auto const& m : object.members()) {
        auto const i = find(m);
        if (i == size_) {
            write(m.name, m.value.raw());
            continue;
        }
        is_seen[i] = true;
        auto const& e = edits_[i];
        if (e.action == action::remove)
            continue;
        auto const is_kept = e.action == action::supply && reply_detail::is_same_kind(m.value, e.json);
        write(m.name, is_kept ? m.value.raw() : std::string_view(e.json));
    }
    for (std::size_t i = 0; i < size_; ++i) {
        if (!is_seen[i] && edits_[i].action != action::remove)
            write(edits_[i].name, edits_[i].json);
    }
    if (separator == '{')
        out.push_back('{');
    out.push_back('}');
    return true;
}

} // namespace ocx::translate
