// Splits what a streaming client received into records, strictly: an SDK would crash on anything that is reported here.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ocx::test {

namespace bj = boost::json;

struct sse_record {
    std::string name; ///< of the event field, may be empty
    std::string data;
};

inline bj::value parse_json(std::string_view text)
{
    bj::parse_options options;
    options.max_depth = 256;
    boost::system::error_code failed;
    auto value = bj::parse(bj::string_view(text.data(), text.size()), failed, {}, options);
    return failed ? bj::value(nullptr) : value;
}

/// Records in order; breaches of the framing are added to `violations`.
inline std::vector<sse_record> split_records(std::string_view bytes, std::vector<std::string>& violations)
{
    std::vector<sse_record> records;
    if (!bytes.empty() && !bytes.ends_with("\n\n"))
        violations.emplace_back("the last record lacks its blank line");
    while (!bytes.empty()) {
        auto const end = bytes.find("\n\n");
        auto record = bytes.substr(0, end);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 2);
        sse_record out;
        if (record.starts_with("event: ")) {
            out.name = record.substr(7, record.find('\n') - 7);
            record.remove_prefix(record.find('\n') + 1);
        }
        if (!record.starts_with("data: ") || record.find('\n') != std::string_view::npos ||
            record.find('\r') != std::string_view::npos) {
            violations.emplace_back("a record is not one event line and one data line: " + std::string(record));
            continue;
        }
        out.data = record.substr(6);
        if (out.data != "[DONE]" && !parse_json(out.data).is_object())
            violations.emplace_back("data is not a JSON object: " + out.data);
        records.push_back(std::move(out));
    }
    return records;
}

/// The member at a path such as {"response", "id"}; null when any step is missing.
inline bj::value member_at(bj::value const& from, std::vector<std::string_view> const& path)
{
    auto const* at = &from;
    for (auto const name : path) {
        auto const* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(bj::string_view(name.data(), name.size()));
        if (at == nullptr)
            return nullptr;
    }
    return *at;
}

inline std::string text_at(bj::value const& from, std::vector<std::string_view> const& path)
{
    auto const value = member_at(from, path);
    return value.is_string() ? std::string(value.get_string().c_str()) : std::string();
}

inline std::int64_t number_at(bj::value const& from, std::vector<std::string_view> const& path)
{
    auto const value = member_at(from, path);
    return value.is_int64() ? value.get_int64() : -1;
}

inline bool has_member(bj::value const& from, std::string_view name)
{
    return from.is_object() && from.get_object().contains(bj::string_view(name.data(), name.size()));
}

} // namespace ocx::test
