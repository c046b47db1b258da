// The properties that the fuzzers check, shared with the test that replays their corpus. Each takes one input and
// returns false when the property is broken.
#pragma once

#include "ocx/protocol/delta_scan.hpp"
#include "ocx/sse/decoder.hpp"
#include "ocx/util/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::fuzz {

/// Boost.JSON refuses lone surrogate escapes, and we allow them: \uD8.. becomes \u08.. before both judge.
inline std::string without_surrogates(std::string text)
{
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (text[i] != '\\')
            continue;
        if (text[i + 1] == 'u' && (text[i + 2] == 'd' || text[i + 2] == 'D'))
            text[i + 2] = '0';
        ++i;
    }
    return text;
}

/// Boost.JSON refuses exponents beyond int; RFC 8259 does not.
inline bool has_giant_exponent(std::string_view text)
{
    std::size_t digits = 0;
    bool in_exponent = false;
    for (char const c : text) {
        bool const digit = c >= '0' && c <= '9';
        in_exponent = c == 'e' || c == 'E' || (in_exponent && (digit || c == '+' || c == '-'));
        digits = in_exponent && digit ? digits + 1 : 0;
        if (digits > 6)
            return true;
    }
    return false;
}

inline bool same(json::view ours, boost::json::value const& theirs)
{
    if (auto const* object = theirs.if_object()) {
        for (auto const& m : ours.members()) {
            if (!object->contains(m.decoded_name()))
                return false;
        }
        return ours.is_object() && std::all_of(object->begin(), object->end(), [&](auto const& pair) {
                   return same(ours[std::string_view(pair.key())], pair.value());
               });
    }
    if (auto const* array = theirs.if_array()) {
        std::size_t i = 0;
        for (auto const& element : ours.elements()) {
            if (i == array->size() || !same(element, (*array)[i++]))
                return false;
        }
        return ours.is_array() && i == array->size();
    }
    if (auto const* string = theirs.if_string())
        return ours.string() == std::string(*string) &&
               json::unescape(json::quoted(*string).substr(1)) == std::string(*string) + '"';
    if (auto const* number = theirs.if_int64())
        return ours.integer() == *number;
    if (auto const* truth = theirs.if_bool())
        return ours.boolean() == *truth;
    return theirs.is_null() ? ours.is_null() : ours.is_number();
}

/// Accepted exactly when Boost.JSON accepts, with the same values; views stay inside text that is not JSON.
inline bool check_json(std::string_view input)
{
    auto const text = without_surrogates(std::string(input));
    bool const valid = !json::validate(text).has_value();
    if (valid == json::validate(input).has_value())
        return false;
    auto const v = json::view::trusted(text);
    if (!valid) {
        (void)v.size();
        (void)v["a"].string();
        (void)v.at(1)["b"].integer();
    }
    if (has_giant_exponent(text))
        return true;
    boost::json::parse_options options;
    options.max_depth = json::default_max_depth;
    boost::system::error_code error;
    auto const tree = boost::json::parse(text, error, {}, options);
    return valid == !error && (!valid || same(v, tree));
}

using sse_records = std::vector<std::pair<std::string, std::string>>;

inline void take_events(sse::decoder& decoder, sse_records& into)
{
    while (auto const event = decoder.pop())
        into.emplace_back(event->name, event->data);
}

/// The first byte steers the pieces, the rest is the stream: cut anywhere, it gives the same events and the same
/// verdict as whole.
inline bool check_sse(std::string_view input)
{
    constexpr std::size_t limit = 256;
    if (input.empty())
        return true;
    auto steer = static_cast<unsigned char>(input.front()) * 2654435761u + 1;
    auto const stream = input.substr(1);
    sse::decoder whole(limit);
    sse::decoder pieces(limit);
    sse_records expected;
    sse_records got;
    bool const accepted = whole.push(stream).has_value();
    take_events(whole, expected);
    bool still_accepted = true;
    for (std::size_t at = 0; at < stream.size();) {
        steer = steer * 1664525u + 1013904223u;
        auto const length = (steer >> 28) % 8 == 0 ? (steer >> 8) % 64 + 1 : (steer >> 8) % 3 + 1;
        still_accepted = pieces.push(stream.substr(at, length)).has_value();
        at += length;
        if (steer % 4 != 0)
            take_events(pieces, got);
    }
    whole.finish();
    pieces.finish();
    take_events(whole, expected);
    take_events(pieces, got);
    return accepted == still_accepted && expected == got && whole.comments() == pieces.comments();
}

inline bool same_integer(std::optional<std::uint64_t> const& found, json::view v)
{
    auto const value = v.integer();
    return found.has_value() == value.has_value() && (!found || *found == static_cast<std::uint64_t>(*value));
}

/// What the scanner accepts is JSON and reads the same through a view; without its obfuscation it is JSON still.
inline bool check_delta_scan(std::string_view text)
{
    protocol::delta_event found;
    if (!protocol::scan_delta(text, found))
        return true;
    if (json::validate(text).has_value())
        return false;
    auto const v = json::view::trusted(text);
    auto const cut = std::string(text.substr(0, found.obfuscation.offset)) +
                     std::string(text.substr(found.obfuscation.offset + found.obfuscation.length));
    if (json::validate(cut).has_value() || json::view::trusted(cut)["obfuscation"])
        return false;
    auto const digits = text.substr(found.sequence_digits.offset, found.sequence_digits.length);
    return v["type"].equals(found.type) && v["item_id"].escaped() == found.item_id &&
           v["call_id"].escaped() == found.call_id && v["delta"].escaped() == found.delta &&
           bool(v["delta"]) == found.has_delta() && bool(v["item_id"]) == found.has_item_id() &&
           bool(v["call_id"]) == found.has_call_id() && bool(v["logprobs"]) == found.has_logprobs &&
           bool(v["obfuscation"]) == !found.obfuscation.empty() && v["sequence_number"].raw() == digits &&
           same_integer(found.sequence_number, v["sequence_number"]) &&
           same_integer(found.output_index, v["output_index"]) &&
           same_integer(found.content_index, v["content_index"]) &&
           same_integer(found.summary_index, v["summary_index"]);
}

} // namespace ocx::fuzz
