// Bodies of conversation_items.hpp.
#pragma once

#include "ocx/translate/conversation_items.hpp"

#include "ocx/translate/content.hpp"
#include "ocx/translate/items.hpp"
#include "ocx/translate/listed_item.hpp"
#include "ocx/translate/metadata.hpp"
#include "ocx/translate/output_item.hpp"

#include <algorithm>
#include <initializer_list>

namespace ocx::translate {

namespace detail {

inline constexpr std::size_t max_new_items = 20;

inline bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The parts of a message as an array, with the members that strict clients want.
inline std::string shown_content(json::view content, bool is_answer)
{
    request_report report(strictness::lenient);
    auto const list =
        is_answer ? '[' + output_parts(content, {}, report) + ']' : input_content(content, {}, media::allowed, report);
    return listed_content(json::view::trusted(report.ok() ? std::string_view(list) : "[]"));
}

/// An item as it came, completed to the form that the API shows.
inline std::string shown_item(json::view item, std::string_view id, std::vector<renamed_tool> const& tools)
{
    auto const type = item["type"].string_or("message");
    auto const is_message = type == "message";
    std::string text;
    json::writer out(text);
    out.begin_object().member("id", id).member("type", std::string_view(type));
    if (auto const status = item["status"]; status.is_string())
        out.member("status", status);
    else if (!has_no_status(type))
        out.member("status", "completed");
    for (auto const& m : item.members()) {
        auto const name = m.decoded_name();
        if (m.value.is_null() ||
            is_one_of(name, {"id", "type", "status", "internal_chat_message_metadata_passthrough"}))
            continue;
        out.key(name);
        auto const tool =
            std::find_if(tools.begin(), tools.end(), [&](auto const& t) { return m.value.equals(t.sent); });
        if (name == "content" && is_message)
            out.raw(shown_content(m.value, item["role"].equals("assistant")));
        else if (name == "name" && tool != tools.end())
            out.string(tool->original);
        else
            out.raw(m.value.raw());
    }
    out.end_object();
    return text;
}

/// Gives items their ids. Only reasoning keeps the one it has: it is how the backend knows it twice.
class item_namer {
public:
    explicit item_namer(std::string_view uuid)
    {
        std::copy_if(uuid.begin(), uuid.end(), std::back_inserter(token_), [](char c) { return c != '-'; });
    }

    [[nodiscard]] raw_member name(json::view item, request_context const& context)
    {
        if (item["type"].equals("item_reference") || (!item["type"].has_value() && !item["role"].has_value())) {
            auto id = item["id"].string_or({});
            auto const found = context.find_item ? context.find_item(id) : std::string_view();
            auto const known = json::view::trusted(found.empty() ? std::string_view("{}") : found);
            if (known["type"].equals("reasoning"))
                id = known["id"].string_or(id);
            auto json = shown_item(known, id, {});
            return {std::move(id), std::move(json)};
        }
        auto const type = item["type"].string_or("message");
        auto id = type == "reasoning" ? item["id"].string_or({}) : std::string();
        if (id.empty())
            id = std::string(id_prefix(type)) + token_ + std::to_string(count_++);
        auto json = shown_item(item, id, {});
        return {std::move(id), std::move(json)};
    }

private:
    std::string token_;
    std::size_t count_ = 0;
};

/// `items` of a request; what is wrong is reported with its place.
inline std::vector<raw_member> checked_items(json::view items, request_context const& context, request_report& report)
{
    auto const size = items.size();
    if (size > max_new_items) {
        report.fail(array_too_long("items", max_new_items, size));
        return {};
    }
    tool_name_map names;
    request_report found(strictness::lenient);
    if (size != 0)
        (void)read_input(items, context, names, found);
    // Items that say nothing to the model, such as reasoning without its content, may stand in a conversation all the
    // same.
    auto const says_nothing = !found.ok() && found.why().code == "empty_array" && found.why().param == "input";
    if (!found.ok() && !says_nothing) {
        auto why = found.why();
        if (why.param.starts_with("input")) // these are the items of another request
            why.param.replace(0, 5, "items");
        if (auto const at = why.message.find("'input"); at != std::string::npos)
            why.message.replace(at + 1, 5, "items");
        report.fail(std::move(why));
        return {};
    }
    return heard_items(items, context);
}

} // namespace detail

OCX_DECL outcome<new_conversation> read_new_conversation(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body.empty() ? "{}" : body);
    if (!root)
        return root.error();
    request_report report(context.strictness);
    request_fields fields(*root, {}, report);
    new_conversation made;
    auto const metadata = read_metadata(fields);
    made.metadata = metadata ? std::string(metadata.raw()) : "{}";
    if (auto const items = fields.array("items"))
        made.items = detail::checked_items(items, context, report);
    if (!report.ok())
        return report.why();
    return made;
}

OCX_DECL outcome<std::vector<raw_member>> read_new_items(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_report report(context.strictness);
    request_fields fields(*root, {}, report);
    auto const items = fields.array("items");
    std::vector<raw_member> made;
    if (items && items.size() == 0)
        report.fail(empty_array("items"));
    else if (items)
        made = detail::checked_items(items, context, report);
    else
        report.fail(missing_parameter("items"));
    if (!report.ok())
        return report.why();
    return made;
}

OCX_DECL std::vector<raw_member> heard_items(json::view input, request_context const& context)
{
    detail::item_namer namer(context.random_uuid);
    std::vector<raw_member> items;
    if (input.is_string()) {
        auto const only = R"({"role":"user","content":)" + std::string(input.raw()) + "}";
        items.push_back(namer.name(json::view::trusted(only), context));
    }
    for (auto const item : input.elements())
        items.push_back(namer.name(item, context));
    return items;
}

OCX_DECL std::vector<raw_member> said_items(std::vector<finished_item> const& items, call_plan const& plan)
{
    std::vector<raw_member> said;
    for (auto const& item : items)
        said.emplace_back(item.id, detail::shown_item(json::view::trusted(item.json), item.id, plan.tool_names));
    return said;
}

} // namespace ocx::translate
