// Bodies of transport/schema_sample.hpp.
#pragma once

#include "ocx/transport/schema_sample.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::transport::sample_detail {

/// Strings that read well in a demonstration, by format and by words in the property's name.
inline constexpr std::pair<std::string_view, std::string_view> format_samples[] = {
    {"date-time", "2026-01-02T03:04:05Z"},
    {"date", "2026-01-02"},
    {"time", "03:04:05Z"},
    {"duration", "P1D"},
    {"email", "ada@example.com"},
    {"hostname", "example.com"},
    {"ipv4", "192.0.2.1"},
    {"ipv6", "2001:db8::1"},
    {"uuid", "6f1d0c3a-2b4e-4f5a-8c7d-9e0f1a2b3c4d"},
    {"uri", "https://example.com/"},
    {"url", "https://example.com/"}};
inline constexpr std::pair<std::string_view, std::string_view> name_samples[] = {
    {"city", "Tokyo"},
    {"location", "Tokyo"},
    {"country", "Japan"},
    {"name", "Ada Lovelace"},
    {"title", "A small one"},
    {"email", "ada@example.com"},
    {"url", "https://example.com/"},
    {"date", "2026-01-02"},
    {"unit", "celsius"},
    {"lang", "en"},
    {"color", "blue"},
    {"query", "weather"},
    {"path", "/tmp/example.txt"},
    {"currency", "EUR"},
    {"summary", "A short summary."},
    {"answer", "42"},
    {"description", "A short description."}};

/// How far a reference may lead back to itself, and how much one sample may hold, before only the least is written.
inline constexpr int max_visits = 1;
inline constexpr int max_values = 400;
/// A schema whose least instance is endless ends here all the same.
inline constexpr int max_depth = 48;
inline constexpr std::size_t max_elements = 32;

class sampler {
public:
    explicit sampler(json::view root) : root_(root) {}

    /// `name` is the property's, for pleasant strings; `index` tells the elements of one array apart.
    std::string value(json::view schema, std::string_view name, std::size_t index)
    {
        if (schema.is_boolean() || !schema.is_object() || depth_ > max_depth)
            return "null";
        ++depth_;
        ++values_;
        auto out = any(schema, name, index);
        --depth_;
        return out;
    }

private:
    std::string any(json::view schema, std::string_view name, std::size_t index)
    {
        if (auto const fixed = schema["const"])
            return std::string(fixed.raw());
        if (auto const choices = schema["enum"]; choices.size() > 0)
            return std::string(choices.at(index % choices.size()).raw());
        if (auto const target = schema["$ref"].string())
            return reference(*target, name, index);
        if (schema["allOf"].size() > 0)
            return all_of(schema, name, index);
        for (auto const* keyword : {"anyOf", "oneOf"})
            if (auto const branches = schema[keyword]; branches.size() > 0)
                return branch(branches, name, index);
        return typed(schema, type_of(schema), name, index);
    }

    [[nodiscard]] bool writes_least() const { return least_ > 0 || values_ > max_values; }

    std::string reference(std::string const& target, std::string_view name, std::size_t index)
    {
        auto const visits = std::count(active_.begin(), active_.end(), target);
        active_.push_back(target);
        least_ += visits >= max_visits ? 1 : 0;
        auto out = value(pointed(target), name, index);
        least_ -= visits >= max_visits ? 1 : 0;
        active_.pop_back();
        return out;
    }

    /// The part of the schema that a reference such as `#/$defs/node` names; absent when there is none.
    [[nodiscard]] json::view pointed(std::string_view target) const
    {
        if (!target.starts_with('#'))
            return {};
        auto at = root_;
        auto rest = target.substr(1);
        while (rest.starts_with('/')) {
            auto const end = std::min(rest.find('/', 1), rest.size());
            std::string step(rest.substr(1, end - 1));
            for (auto const& [code, plain] : {std::pair("~1", "/"), std::pair("~0", "~")})
                for (std::size_t p = step.find(code); p != std::string::npos; p = step.find(code, p + 1))
                    step.replace(p, 2, plain);
            at = at.is_array() ? at.at(to_index(step)) : at[step];
            rest.remove_prefix(end);
        }
        return at;
    }

    static std::size_t to_index(std::string const& text)
    {
        std::size_t index = static_cast<std::size_t>(-1);
        std::from_chars(text.data(), text.data() + text.size(), index);
        return index;
    }

    std::string branch(json::view branches, std::string_view name, std::size_t index)
    {
        json::view chosen;
        for (auto const& one : branches.elements()) {
            auto const is_null = one["type"].equals("null");
            if (is_null && writes_least())
                return "null";
            if (!chosen && !is_null)
                chosen = one;
        }
        return chosen ? value(chosen, name, index) : "null";
    }

    /// The members of all parts together when they are objects, else the first part.
    std::string all_of(json::view schema, std::string_view name, std::size_t index)
    {
        std::vector<std::string> parts;
        if (schema["properties"].size() > 0)
            parts.push_back(object(schema));
        for (auto const& one : schema["allOf"].elements())
            parts.push_back(value(one, name, index));
        auto const is_object = [](std::string const& part) { return part.starts_with('{'); };
        if (parts.size() == 1 || !std::all_of(parts.begin(), parts.end(), is_object))
            return parts.front();
        std::string out;
        json::writer to(out);
        to.begin_object();
        std::vector<std::string> seen;
        for (auto const& part : parts)
            for (auto const& member : json::view::trusted(part).members()) {
                auto key = member.decoded_name();
                if (std::find(seen.begin(), seen.end(), key) != seen.end())
                    continue;
                to.member(key, member.value);
                seen.push_back(std::move(key));
            }
        to.end_object();
        return out;
    }

    std::string type_of(json::view schema) const
    {
        auto const type = schema["type"];
        if (type.is_string())
            return writes_least() && schema["nullable"].boolean().value_or(false) ? "null" : type.string_or("");
        std::string first;
        for (auto const& one : type.elements()) {
            if (one.equals("null") && writes_least())
                return "null";
            if (first.empty() && !one.equals("null"))
                first = one.string_or("");
        }
        if (!first.empty() || type.is_array())
            return first.empty() ? "null" : first;
        if (schema["properties"] || schema["required"] || schema["additionalProperties"])
            return "object";
        if (schema["items"] || schema["prefixItems"])
            return "array";
        return schema["minimum"] || schema["maximum"] || schema["multipleOf"] ? "number" : "string";
    }

    std::string typed(json::view schema, std::string const& type, std::string_view name, std::size_t index)
    {
        if (type == "object")
            return object(schema);
        if (type == "array")
            return array(schema, name);
        if (type == "integer" || type == "number")
            return number(schema, type == "integer", index);
        if (type == "boolean")
            return "true";
        return type == "string" ? json::quoted(text(schema, name, index)) : "null";
    }

    std::string object(json::view schema)
    {
        std::vector<std::string> required;
        for (auto const& one : schema["required"].elements())
            required.push_back(one.string_or(""));
        auto const is_required = [&](std::string const& key) {
            return std::find(required.begin(), required.end(), key) != required.end();
        };
        std::string out;
        json::writer to(out);
        to.begin_object();
        std::size_t count = 0;
        for (auto const& member : schema["properties"].members()) {
            auto const key = member.decoded_name();
            if (writes_least() && !is_required(key))
                continue;
            to.member_raw(key, value(member.value, key, 0));
            ++count;
        }
        auto const others = schema["additionalProperties"];
        for (auto const& key : required)
            if (!schema["properties"][key]) {
                to.member_raw(key, others.is_object() ? value(others, key, 0) : json::quoted("sample"));
                ++count;
            }
        auto const least =
            static_cast<std::size_t>(std::max<std::int64_t>(schema["minProperties"].integer().value_or(0), 0));
        for (std::size_t i = 1; count < std::min(least, max_elements); ++i, ++count)
            to.member_raw("key" + std::to_string(i),
                          others.is_object() ? value(others, "", i) : json::quoted("sample"));
        to.end_object();
        return out;
    }

    std::string array(json::view schema, std::string_view name)
    {
        auto const bound = [&](char const* keyword, std::size_t otherwise) {
            auto const given = schema[keyword].integer();
            return given && *given >= 0 ? static_cast<std::size_t>(*given) : otherwise;
        };
        auto const first = schema["prefixItems"];
        auto count = std::max(bound("minItems", 0), first.size());
        if (count == 0 && !writes_least())
            count = 1;
        count = std::min({count, bound("maxItems", max_elements), std::max(max_elements, first.size())});
        auto const items = schema["items"];
        std::string out;
        json::writer to(out);
        to.begin_array();
        for (std::size_t i = 0; i < count; ++i) {
            auto const fixed = first.at(i);
            to.raw(fixed ? value(fixed, name, i) : items.is_object() ? value(items, name, i) : json::quoted("sample"));
        }
        to.end_array();
        return out;
    }

    /// A number near 1 within the bounds; a multiple where one is asked for.
    static std::string number(json::view schema, bool is_whole, std::size_t index)
    {
        auto low = schema["minimum"].number();
        auto high = schema["maximum"].number();
        auto const step = is_whole ? 1.0 : 0.0;
        auto const above = schema["exclusiveMinimum"];
        auto const below = schema["exclusiveMaximum"];
        auto const is_above = above.is_number() || (above.boolean().value_or(false) && low);
        auto const is_below = below.is_number() || (below.boolean().value_or(false) && high);
        if (above.is_number())
            low = above.number();
        if (below.is_number())
            high = below.number();
        auto multiple = schema["multipleOf"].number().value_or(step);
        if (is_whole && multiple < 1)
            multiple = 1;
        auto const fits = [&](double v) {
            return (!low || (is_above ? v > *low : v >= *low)) && (!high || (is_below ? v < *high : v <= *high));
        };
        auto v = 1.0 + static_cast<double>(index);
        if (multiple > 0)
            v = std::ceil(v / multiple) * multiple;
        if (!fits(v) && multiple > 0) {
            v = low ? std::ceil(*low / multiple) * multiple : std::floor(high.value_or(1) / multiple) * multiple;
            if (!fits(v))
                v += low ? multiple : -multiple;
        } else if (!fits(v)) {
            v = low && high ? (*low + *high) / 2 : low ? *low + 1 : *high - 1;
        }
        return number_text(v);
    }

    static std::string number_text(double v)
    {
        std::array<char, 40> out{};
        auto const whole = std::floor(v) == v && std::abs(v) < 9e15;
        auto const end = whole ? std::to_chars(out.data(), out.data() + out.size(), static_cast<std::int64_t>(v)).ptr
                               : std::to_chars(out.data(), out.data() + out.size(), v).ptr;
        return std::string(out.data(), end);
    }

    static std::string text(json::view schema, std::string_view name, std::size_t index)
    {
        auto const format = schema["format"].string_or("");
        for (auto const& [key, sample] : format_samples)
            if (format == key)
                return std::string(sample);
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        std::string out = "sample";
        for (auto const& [word, sample] : name_samples)
            if (lower.find(word) != std::string::npos) {
                out = sample;
                break;
            }
        if (index > 0)
            out += " " + std::to_string(index + 1);
        auto const least = std::clamp<std::int64_t>(schema["minLength"].integer().value_or(0), 0, 4096);
        auto const most = std::max<std::int64_t>(schema["maxLength"].integer().value_or(4096), 0);
        while (out.size() < static_cast<std::size_t>(least))
            out += " sample";
        if (out.size() > static_cast<std::size_t>(most))
            out.resize(static_cast<std::size_t>(std::max(least, most)));
        return out;
    }

    json::view root_;
    std::vector<std::string> active_; // references being followed
    int least_ = 0;                   // above 0: a reference came back to itself
    int values_ = 0;
    int depth_ = 0;
};

} // namespace ocx::transport::sample_detail

namespace ocx::transport {

OCX_DECL std::string schema_sample(json::view schema)
{
    if (!schema.is_object())
        return "{}";
    return sample_detail::sampler(schema).value(schema, "", 0);
}

} // namespace ocx::transport
