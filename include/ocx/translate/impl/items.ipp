#pragma once

#include "ocx/translate/items.hpp"

#include "ocx/translate/content.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace detail {

/// True when `id` is one the backend could have made: other prefixes and characters are a 400 there.
inline bool is_backend_id(json::view id, std::string_view prefix)
{
    auto const text = id.escaped();
    return text.size() > prefix.size() && text.size() <= max_name_length && text.substr(0, prefix.size()) == prefix &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      c == '-';
           });
}

class item_reader {
public:
    item_reader(request_context const& context, tool_name_map& names, request_report& report, history const& before)
        : context_(context), names_(names), report_(report), before_(before)
    {
    }

    void read(json::view item, std::string path)
    {
        path_ = std::move(path);
        if (!item.is_object()) {
            report_.fail(invalid_type(path_, "an object", item));
            return;
        }
        request_fields fields(item, path_, report_);
        auto const type_view = fields.string("type");
        auto const type = type_view.string_or({});
        if (type == "message" || (type.empty() && fields.has("role")))
            read_message(fields);
        else if (type == "item_reference" || (type.empty() && fields.has("id")))
            read_reference(fields);
        else if (type.empty())
            report_.fail(missing_parameter(fields.path_of("type")));
        else if (type == "reasoning")
            read_reasoning(item, fields);
        else if (type == "function_call" || type == "custom_tool_call")
            read_call(fields, type);
        else if (type == "function_call_output" || type == "custom_tool_call_output")
            read_output(fields, type);
        else
            read_other(item, fields, type);
    }

    [[nodiscard]] input_list take() { return std::move(items_); }

private:
    void add(input_item item)
    {
        item.origin = path_;
        items_.push_back(std::move(item));
    }

    void add_plain(std::string json)
    {
        input_item item;
        item.json = std::move(json);
        add(std::move(item));
    }

    void read_message(request_fields& fields)
    {
        auto role = fields.choice("role", {"user", "assistant", "system", "developer"});
        if (role.empty()) {
            report_.fail(missing_parameter(fields.path_of("role")));
            return;
        }
        auto const content = fields.get("content");
        auto const path = fields.path_of("content");
        if (role != "assistant") {
            auto const is_system = role == "system";
            // "System messages are not allowed" upstream; developer has the same authority.
            if (is_system)
                role = "developer";
            add(message_item(role, input_content(content, path, media::allowed, report_)));
            items_.back().is_user = role == "user";
            items_.back().is_system = is_system;
            return;
        }
        if (content.is_array() && content.elements().begin() == content.elements().end())
            return; // clients keep an empty shell around a turn that only made calls
        read_assistant(fields, content, path);
    }

    void read_assistant(request_fields& fields, json::view content, std::string const& path)
    {
        auto const parts = output_parts(content, path, report_);
        // Unlike other members, the phase steers the model: commentary put back as an answer makes it stop early.
        auto const phase = fields.get("phase");
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "message").member("role", "assistant");
        out.member_raw("content", "[" + parts + "]");
        if (phase.equals("commentary") || phase.equals("final_answer"))
            out.member("phase", phase);
        out.end_object();
        add_plain(std::move(text));
    }

    /// What we returned under this id; absent when it is not remembered.
    [[nodiscard]] json::view kept(json::view id) const
    {
        auto const text =
            context_.find_item && id.is_string() ? context_.find_item(id.string_or({})) : std::string_view();
        return text.empty() ? json::view() : json::view::trusted(text);
    }

    /// The backend stores nothing and knows no references (codex-protocol 3.6); the AI SDK sends them for every item of
    /// its own earlier turns (smixs/iva-agent#19).
    void read_reference(request_fields& fields)
    {
        auto const name = fields.required_string("id");
        if (auto const item = kept(name); item && !item["type"].equals("item_reference")) {
            read(item, path_);
            return;
        }
        auto const id = name.string_or({});
        failure why(errc::not_found, "Item with id '" + id + "' not found.");
        why.param = "input";
        report_.fail(std::move(why));
    }

    void read_reasoning(json::view item, request_fields& given)
    {
        auto const id = given.get("id");
        // A client that did not ask for the encrypted content sends the item back without it.
        auto const known = given.string("encrypted_content") ? json::view() : kept(id);
        request_fields fields(known["encrypted_content"].is_string() ? known : item, path_, report_);
        auto const secret = fields.string("encrypted_content");
        auto const name = std::string(is_backend_id(id, "rs_") ? id.escaped() : std::string_view());
        // Nothing is stored upstream, so reasoning without its content refers to nothing; twice the same id is a 400.
        if (!secret || (!name.empty() && was_sent(name)))
            return;
        auto const summary = fields.array("summary");
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "reasoning");
        if (!name.empty())
            out.member("id", id);
        out.key("summary").begin_array();
        std::size_t index = 0;
        for (auto const& part : summary.elements()) {
            request_fields part_fields(part, element_path(fields.path_of("summary"), index++), report_);
            out.begin_object().member("type", "summary_text");
            out.member("text", part_fields.required_string("text")).end_object();
        }
        out.end_array();
        out.member("encrypted_content", secret).end_object();
        add_plain(std::move(text));
        items_.back().reasoning_id = name;
    }

    [[nodiscard]] bool was_sent(std::string const& reasoning_id) const
    {
        auto const has_it = [&](input_item const& item) { return item.reasoning_id == reasoning_id; };
        return std::any_of(items_.begin(), items_.end(), has_it) || before_.has(reasoning_id);
    }

    void read_call(request_fields& fields, std::string const& type)
    {
        auto const* payload = type == "function_call" ? "arguments" : "input";
        input_item call;
        call.kind = input_item::role::call;
        call.type = type;
        call.call_id = fields.required_string("call_id").string_or({});
        auto const name = fields.required_string("name").string_or({});
        if (name.empty())
            report_.fail(missing_parameter(fields.path_of("name")));
        call.json = ",\"name\":" + json::quoted(names_.sent(name));
        auto const space = fields.string("namespace");
        if (space)
            call.json += ",\"namespace\":" + std::string(space.raw());
        call.json += ",\"" + std::string(payload) + "\":";
        call.json += fields.required_string(payload).raw();
        add(std::move(call));
    }

    void read_output(request_fields& fields, std::string const& type)
    {
        input_item output;
        output.kind = input_item::role::output;
        output.type = type;
        output.call_id = fields.required_string("call_id").string_or({});
        output.json = ",\"output\":" + tool_output(fields.get("output"), fields.path_of("output"), report_);
        add(std::move(output));
    }

    /// The members of `item` but for those the backend refuses in replayed items, from the second member on.
    static std::string other_members(json::view item, bool keeps_id)
    {
        constexpr std::array<std::string_view, 6> left_out = {"type",
                                                              "call_id",
                                                              "created_by",
                                                              "cache_control",
                                                              "prompt_cache_breakpoint",
                                                              "internal_chat_message_metadata_passthrough"};
        std::string text;
        for (auto const& m : item.members()) {
            auto const is_out =
                std::any_of(left_out.begin(), left_out.end(), [&](auto name) { return m.name_is(name); });
            if (is_out || (m.name_is("id") && !keeps_id) || m.value.is_null())
                continue;
            text += ",\"";
            text += m.name;
            text += "\":";
            text += m.value.raw();
        }
        return text;
    }

    void read_web_search(request_fields& fields)
    {
        auto const action = fields.object("action");
        auto const type = action["type"];
        // Other actions in a replayed search are a 400 upstream (openai/codex#6945).
        if (!type.equals("search") && !type.equals("open_page") && !type.equals("find_in_page"))
            return;
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "web_search_call");
        if (auto const status = fields.string("status"))
            out.member("status", status);
        out.key("action").begin_object().member("type", type);
        for (auto const* name : {"query", "queries", "url", "pattern"}) {
            if (auto const value = action[name]; value.has_value())
                out.member(name, value);
        }
        out.end_object().end_object();
        add_plain(std::move(text));
    }

    void read_other(json::view item, request_fields& fields, std::string const& type)
    {
        if (type == "web_search_call") {
            read_web_search(fields);
        } else if (type == "image_generation_call") {
            if (fields.string("result"))
                add_plain("{\"type\":\"image_generation_call\"" +
                          other_members(item, is_backend_id(fields.get("id"), "ig_")) + "}");
        } else if ((is_call(type) || is_output(type)) && fields.get("call_id")) {
            input_item part;
            part.kind = is_call(type) ? input_item::role::call : input_item::role::output;
            part.type = type;
            part.call_id = fields.required_string("call_id").string_or({});
            part.json = other_members(item, false);
            add(std::move(part));
        } else if (is_opaque(type) || may_lack_call_id(type)) {
            add_plain("{\"type\":" + std::string(fields.get("type").raw()) + other_members(item, false) + "}");
        } else if (is_call(type) || is_output(type)) {
            report_.fail(missing_parameter(fields.path_of("call_id")));
        } else if (is_hosted_result(type)) {
            report_.adjust("input." + type);
        } else {
            report_.fail(invalid_value(
                fields.path_of("type"), fields.get("type"),
                {"message", "reasoning", "function_call", "function_call_output", "custom_tool_call",
                 "custom_tool_call_output", "item_reference", "web_search_call", "image_generation_call",
                 "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
                 "apply_patch_call_output", "tool_search_call", "tool_search_output", "compaction"}));
        }
    }

    static bool is_call(std::string_view type)
    {
        return type == "local_shell_call" || type == "shell_call" || type == "apply_patch_call" ||
               type == "tool_search_call";
    }
    static bool is_output(std::string_view type)
    {
        return type == "local_shell_call_output" || type == "shell_call_output" || type == "apply_patch_call_output" ||
               type == "tool_search_output";
    }
    /// A search that ran in the backend has no id to answer to, and its result none to belong to.
    static bool may_lack_call_id(std::string_view type)
    {
        return type == "tool_search_call" || type == "tool_search_output";
    }
    /// Made by the backend or by Codex, of no concern to us, taken back as they are.
    static bool is_opaque(std::string_view type)
    {
        return type == "compaction" || type == "compaction_summary" || type == "compaction_trigger" ||
               type == "context_compaction" || type == "additional_tools" || type == "agent_message";
    }
    /// Left over from another provider's hosted tools; the answer that used them is a message of its own.
    static bool is_hosted_result(std::string_view type)
    {
        return type == "file_search_call" || type == "code_interpreter_call" || type == "mcp_call" ||
               type == "mcp_list_tools";
    }

    request_context const& context_;
    tool_name_map& names_;
    request_report& report_;
    std::string path_;
    history const& before_;
    input_list items_;
};

} // namespace detail

OCX_DECL input_item message_item(std::string_view role, std::string_view content)
{
    input_item item;
    item.json.reserve(content.size() + 64);
    json::writer out(item.json);
    out.begin_object().member("type", "message").member("role", role).member_raw("content", content).end_object();
    return item;
}

OCX_DECL input_list read_input(json::view input, request_context const& context, tool_name_map& names,
                               request_report& report, history const& before)
{
    detail::item_reader reader(context, names, report, before);
    if (input.is_string()) {
        input_list only = {message_item("user", input_content(input, "input", media::allowed, report))};
        only.back().is_user = true;
        return only;
    }
    if (!input.is_array()) {
        report.fail(invalid_type("input", "a string or an array of objects", input));
        return {};
    }
    std::size_t index = 0;
    for (auto const& item : input.elements()) {
        reader.read(item, element_path("input", index++));
        if (!report.ok())
            return {};
    }
    auto items = reader.take();
    if (items.empty() && before.turns.empty())
        report.fail(empty_array("input"));
    return items;
}

OCX_DECL input_list read_items(std::vector<std::string> const& items, request_context const& context,
                               tool_name_map& names, request_report& report, history const& before)
{
    detail::item_reader reader(context, names, report, before);
    std::size_t index = 0;
    for (auto const& item : items)
        reader.read(json::view::trusted(item), element_path("output", index++));
    return reader.take();
}

} // namespace ocx::translate
