// What must hold for every request that leaves for the backend, whatever the client sent. A second opinion: it reads
// the body with Boost.JSON and shares no code with the translators. Each violation is one sentence; none means all is
// well.
#pragma once

#include "ocx/util/headers.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::test {

namespace detail {

using violation_list = std::vector<std::string>;

inline std::string text_of(boost::json::object const& object, std::string_view name)
{
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

inline bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Text that looks like a credential: a JWT, an API key, a refresh token, or a bearer scheme with something behind it.
inline bool holds_token(std::string_view text)
{
    constexpr std::array<std::string_view, 5> starts = {"eyJ", "sk-", "rt_", "rt.", "Bearer "};
    constexpr std::size_t shortest_token = 20;
    for (auto const start : starts) {
        for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
            auto const rest = text.substr(at + start.size());
            auto const end = std::find_if_not(rest.begin(), rest.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.';
            });
            if (end - rest.begin() >= static_cast<std::ptrdiff_t>(shortest_token))
                return true;
        }
    }
    return false;
}

inline void check_members(boost::json::object const& body, violation_list& found)
{
    constexpr std::array<std::string_view, 14> known = {
        "model",     "instructions",   "input",  "tools",   "tool_choice",  "parallel_tool_calls",
        "reasoning", "store",          "stream", "include", "service_tier", "prompt_cache_key",
        "text",      "client_metadata"};
    for (auto const& member : body) {
        std::string const name(member.key());
        if (std::find(known.begin(), known.end(), name) == known.end())
            found.push_back("the backend does not know the top-level field '" + name + "'");
    }
}

inline void check_forced_values(boost::json::object const& body, violation_list& found)
{
    auto const is = [&](char const* name, bool wanted) {
        auto const* value = body.if_contains(name);
        return value != nullptr && value->is_bool() && value->as_bool() == wanted;
    };
    if (!is("store", false))
        found.push_back("store is not false");
    if (!is("stream", true))
        found.push_back("stream is not true");
    if (text_of(body, "model").empty())
        found.push_back("model is missing or empty");
    auto const* instructions = body.if_contains("instructions");
    if (instructions == nullptr || !instructions->is_string())
        found.push_back("instructions is not a string");
    auto const* tools = body.if_contains("tools");
    if (tools != nullptr && (!tools->is_array() || tools->as_array().empty()))
        found.push_back("tools is there but not a list with something in it");
    auto const* include = body.if_contains("include");
    auto const has_reasoning = include != nullptr && include->is_array() &&
                               std::count(include->as_array().begin(), include->as_array().end(),
                                          boost::json::value("reasoning.encrypted_content")) == 1;
    if (!has_reasoning)
        found.push_back("include does not ask for reasoning.encrypted_content once");
    if (text_of(body, "prompt_cache_key").size() > 64)
        found.push_back("prompt_cache_key is longer than 64 characters");
}

inline void check_message(boost::json::object const& item, std::string const& place, violation_list& found)
{
    auto const role = text_of(item, "role");
    if (role != "user" && role != "assistant" && role != "developer")
        found.push_back(place + " has the role '" + role + "'");
    auto const* content = item.if_contains("content");
    if (content == nullptr || !content->is_array() || content->as_array().empty()) {
        found.push_back(place + " has no list of content parts");
        return;
    }
    for (auto const& part : content->as_array()) {
        auto const type = part.is_object() ? text_of(part.as_object(), "type") : std::string();
        auto const is_output = type == "output_text" || type == "refusal";
        auto const is_input = type == "input_text" || type == "input_image" || type == "input_file";
        if (role == "assistant" ? !is_output : !is_input)
            found.push_back(place + " with role '" + role + "' holds a part of type '" + type + "'");
    }
}

/// The calls and outputs of one request by call id.
struct call_book {
    std::map<std::string, std::string> calls; ///< id to type
    std::set<std::string> outputs;

    void add(boost::json::object const& item, std::string const& type, std::string const& place, violation_list& found)
    {
        auto const is_call = ends_with(type, "_call") && item.contains("call_id");
        // The result of a search that ran in the backend belongs to no call of ours.
        auto const is_output = ends_with(type, "_output") && (type != "tool_search_output" || item.contains("call_id"));
        if (!is_call && !is_output)
            return;
        auto const id = text_of(item, "call_id");
        if (id.empty())
            found.push_back(place + " has an empty call_id");
        if (id.size() > 64)
            found.push_back(place + " has a call_id of " + std::to_string(id.size()) + " characters");
        if (is_call && !calls.emplace(id, type).second)
            found.push_back(place + " uses the call_id '" + id + "' again");
        if (is_call)
            return;
        if (calls.count(id) == 0)
            found.push_back(place + " is the output of '" + id + "', which was not called before");
        else if ((calls[id] == "custom_tool_call") != (type == "custom_tool_call_output"))
            found.push_back(place + " answers a " + calls[id] + " with a " + type);
        if (!outputs.insert(id).second)
            found.push_back(place + " is a second output of '" + id + "'");
        if (item.contains("output") && !item.at("output").is_string() && !item.at("output").is_array())
            found.push_back(place + " has an output that is neither text nor a list");
    }

    void finish(violation_list& found) const
    {
        for (auto const& [id, type] : calls) {
            if (outputs.count(id) == 0)
                found.push_back("the " + type + " '" + id + "' has no output");
        }
    }
};

inline void check_input(boost::json::object const& body, violation_list& found)
{
    auto const* input = body.if_contains("input");
    if (input == nullptr || !input->is_array() || input->as_array().empty()) {
        found.push_back("input is not a list with something in it");
        return;
    }
    call_book book;
    std::set<std::string> ids;
    std::size_t index = 0;
    for (auto const& value : input->as_array()) {
        auto const place = "input[" + std::to_string(index++) + "]";
        if (!value.is_object()) {
            found.push_back(place + " is not an object");
            continue;
        }
        auto const& item = value.as_object();
        auto const type = text_of(item, "type");
        if (type.empty())
            found.push_back(place + " has no type");
        if (type == "item_reference")
            found.push_back(place + " refers to an item that nobody stored");
        if (type == "message")
            check_message(item, place, found);
        if (type == "reasoning" && text_of(item, "encrypted_content").empty())
            found.push_back(place + " is reasoning without encrypted_content");
        if (item.contains("id") && type != "reasoning" && type != "image_generation_call")
            found.push_back(place + " carries an id");
        if (item.contains("id") && !ids.insert(text_of(item, "id")).second)
            found.push_back(place + " repeats the id '" + text_of(item, "id") + "'");
        book.add(item, type, place, found);
    }
    book.finish(found);
}

inline void check_tools(boost::json::object const& body, violation_list& found)
{
    auto const* tools = body.if_contains("tools");
    if (tools == nullptr || !tools->is_array())
        return;
    for (auto const& tool : tools->as_array()) {
        auto const type = tool.is_object() ? text_of(tool.as_object(), "type") : std::string();
        if (type != "function" && type != "custom")
            continue;
        auto const name = text_of(tool.as_object(), "name");
        if (name.empty() || name.size() > 64)
            found.push_back("a tool has a name of " + std::to_string(name.size()) + " characters");
        if (tool.as_object().contains("function") || tool.as_object().contains("custom"))
            found.push_back("the tool '" + name + "' is nested as in the chat API");
        auto const* schema = tool.as_object().if_contains("parameters");
        auto const is_usable = schema != nullptr && schema->is_object() && schema->as_object().contains("properties");
        if (type == "function" && !is_usable)
            found.push_back("the function '" + name + "' has no object schema with properties");
    }
}

} // namespace detail

/// What is wrong with the body of a POST /responses upstream.
inline std::vector<std::string> body_violations(std::string_view body)
{
    std::vector<std::string> found;
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 256;
    auto const value = boost::json::parse(boost::json::string_view(body.data(), body.size()), error, {}, options);
    if (error || !value.is_object()) {
        found.push_back("the body is not a JSON object");
        return found;
    }
    auto const& object = value.as_object();
    detail::check_members(object, found);
    detail::check_forced_values(object, found);
    detail::check_input(object, found);
    detail::check_tools(object, found);
    if (detail::holds_token(body))
        found.push_back("the body holds text that looks like a token");
    return found;
}

/// What is wrong with the headers of any upstream request.
inline std::vector<std::string> header_violations(header_list const& headers)
{
    std::vector<std::string> found;
    auto authorizations = 0;
    for (auto const& h : headers) {
        auto const is_authorization = iequals(h.name, "authorization");
        authorizations += is_authorization ? 1 : 0;
        if (!is_authorization && detail::holds_token(h.value))
            found.push_back("the header " + h.name + " holds text that looks like a token");
        if (iequals(std::string_view(h.name).substr(0, 18), "x-openai-internal-"))
            found.push_back("the internal header " + h.name + " was passed on");
        auto const is_clean =
            std::none_of(h.value.begin(), h.value.end(), [](char c) { return c < 0x20 || c == 0x7f; });
        if (!is_clean)
            found.push_back("the header " + h.name + " holds control characters");
    }
    if (authorizations > 1)
        found.push_back("there is more than one Authorization header");
    return found;
}

/// Both together.
inline std::vector<std::string> upstream_violations(header_list const& headers, std::string_view body)
{
    auto found = header_violations(headers);
    auto const more = body_violations(body);
    found.insert(found.end(), more.begin(), more.end());
    return found;
}

} // namespace ocx::test
