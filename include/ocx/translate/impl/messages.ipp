#pragma once

#include "ocx/translate/messages.hpp"

#include "ocx/translate/content.hpp"
#include "ocx/translate/items.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace ocx::translate {

namespace detail {

class message_reader {
public:
    message_reader(reasoning_finder const& recall, tool_name_map& names, request_report& report)
        : recall_(recall), names_(names), report_(report)
    {
    }

    void read(json::view message, std::string path)
    {
        path_ = std::move(path);
        if (!message.is_object()) {
            report_.fail(invalid_type(path_, "an object", message));
            return;
        }
        request_fields fields(message, path_, report_);
        auto const role_view = fields.required_string("role");
        auto const role = role_view.string_or({});
        if (!report_.ok())
            return;
        if (role == "system" || role == "developer")
            read_system(fields);
        else if (role == "user")
            read_user(fields);
        else if (role == "assistant")
            read_assistant(fields);
        else if (role == "tool")
            read_tool(fields);
        else if (role == "function")
            read_function(fields);
        else
            report_.fail(invalid_value(fields.path_of("role"), role_view,
                                       {"system", "assistant", "user", "function", "tool", "developer"}));
    }

    [[nodiscard]] conversation take() { return std::move(result_); }

private:
    void add(input_item item)
    {
        item.origin = path_;
        result_.items.push_back(std::move(item));
    }

    void read_system(request_fields& fields)
    {
        auto const content = fields.get("content");
        auto const path = fields.path_of("content");
        if (!result_.items.empty()) {
            add(message_item("developer", input_content(content, path, media::text_only, report_)));
            return;
        }
        auto const text = escaped_text(content, path, report_);
        if (!result_.instructions.empty() && !text.empty())
            result_.instructions += "\\n\\n";
        result_.instructions += text;
    }

    void read_user(request_fields& fields)
    {
        add(message_item("user",
                         input_content(fields.get("content"), fields.path_of("content"), media::allowed, report_)));
        result_.items.back().is_user = true;
    }

    void read_assistant(request_fields& fields)
    {
        if (fields.has("audio")) {
            report_.fail(unsupported_parameter(fields.path_of("audio"), "The Codex backend takes no audio."));
            return;
        }
        auto const content = fields.get("content");
        auto const calls = fields.array("tool_calls");
        auto const legacy = fields.object("function_call");
        auto const refusal = fields.string("refusal");
        std::string parts;
        if (content && !content.equals("") && !is_empty_list(content))
            parts = output_parts(content, fields.path_of("content"), report_);
        if (refusal && !refusal.equals("")) {
            parts += parts.empty() ? "" : ",";
            parts += "{\"type\":\"refusal\",\"refusal\":" + std::string(refusal.raw()) + "}";
        }
        auto const has_calls = calls.elements().begin() != calls.elements().end();
        // Thinking clients send back turns that hold nothing but their reasoning_content, which has no place upstream.
        auto const is_empty_turn = !content && !refusal && !has_calls && !legacy;
        if (is_empty_turn && !fields.has("reasoning_content"))
            report_.fail(missing_parameter(fields.path_of("content")));

        // The text comes before the calls, as the model wrote it.
        if (!parts.empty())
            add(message_item("assistant", "[" + parts + "]"));
        std::size_t index = 0;
        for (auto const& call : calls.elements())
            read_call(call, fields.path_of("tool_calls[" + std::to_string(index++) + "]"));
        if (legacy && !has_calls)
            read_legacy_call(legacy, fields.path_of("function_call"));
    }

    static bool is_empty_list(json::view content)
    {
        return content.is_array() && content.elements().begin() == content.elements().end();
    }

    void read_call(json::view call, std::string const& path)
    {
        if (!call.is_object()) {
            report_.fail(invalid_type(path, "an object", call));
            return;
        }
        request_fields fields(call, path, report_);
        auto const id = fields.required_string("id").string_or({});
        auto const given = fields.choice("type", {"function", "custom"});
        auto const type = given.empty() ? std::string("function") : given; // several clients leave it out
        auto const body = fields.object(type);
        if (!body) {
            report_.fail(missing_parameter(fields.path_of(type)));
            return;
        }
        put_reasoning_back(id);
        auto const is_custom = type == "custom";
        add_call(is_custom ? "custom_tool_call" : "function_call", id, body, fields.path_of(type),
                 is_custom ? "input" : "arguments");
    }

    void put_reasoning_back(std::string_view call_id)
    {
        auto const items = recall_ ? recall_(call_id) : std::string_view();
        // A client may repeat a call; the backend refuses the same reasoning twice.
        if (items.empty() || !recalled_.emplace(call_id).second)
            return;
        auto const list = "[" + std::string(items) + "]";
        for (auto& item : read_input(json::view::trusted(list), request_context(), names_, report_))
            add(std::move(item));
    }

    void add_call(char const* type, std::string id, json::view body, std::string const& path,
                  std::string const& payload)
    {
        request_fields fields(body, path, report_);
        auto const name = fields.required_string("name").string_or({});
        auto const value = fields.required_string(payload);
        input_item item;
        item.kind = input_item::role::call;
        item.type = type;
        item.call_id = std::move(id);
        item.json = ",\"name\":" + json::quoted(names_.sent(name)) + ",\"" + payload + "\":" + std::string(value.raw());
        add(std::move(item));
    }

    /// Legacy calls have no id, and two calls of one function must not share one: each gets its own.
    void read_legacy_call(json::view call, std::string const& path)
    {
        auto const id = "call_function_" + std::to_string(legacy_calls_.size());
        legacy_calls_.push_back({call["name"].string_or({}), id, false});
        add_call("function_call", id, call, path, "arguments");
    }

    void add_output(std::string call_id, request_fields& fields)
    {
        auto const content = fields.get("content");
        input_item item;
        item.kind = input_item::role::output;
        item.type = "function_call_output";
        item.call_id = std::move(call_id);
        item.json = ",\"output\":";
        // null is what clients write for a tool that returned nothing.
        item.json += content ? tool_output(content, fields.path_of("content"), report_) : std::string("\"\"");
        add(std::move(item));
    }

    void read_tool(request_fields& fields)
    {
        auto id = fields.required_string("tool_call_id").string_or({});
        add_output(std::move(id), fields);
    }

    void read_function(request_fields& fields)
    {
        auto const name = fields.required_string("name").string_or({});
        auto const call = std::find_if(legacy_calls_.rbegin(), legacy_calls_.rend(),
                                       [&](legacy_call const& c) { return c.name == name && !c.is_answered; });
        if (call == legacy_calls_.rend()) {
            add_output("call_function_unknown", fields);
            return;
        }
        call->is_answered = true;
        add_output(call->id, fields);
    }

    struct legacy_call {
        std::string name;
        std::string id;
        bool is_answered;
    };

    reasoning_finder const& recall_;
    tool_name_map& names_;
    request_report& report_;
    std::string path_;
    conversation result_;
    std::set<std::string, std::less<>> recalled_; ///< call ids
    std::vector<legacy_call> legacy_calls_;
};

} // namespace detail

OCX_DECL conversation read_messages(json::view messages, reasoning_finder const& recall, tool_name_map& names,
                                    request_report& report)
{
    detail::message_reader reader(recall, names, report);
    std::size_t index = 0;
    for (auto const& message : messages.elements()) {
        reader.read(message, element_path("messages", index++));
        if (!report.ok())
            return {};
    }
    if (index == 0)
        report.fail(empty_array("messages"));
    return reader.take();
}

} // namespace ocx::translate
