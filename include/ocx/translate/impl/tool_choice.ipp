#pragma once

#include "ocx/translate/tool_choice.hpp"

namespace ocx::translate {

namespace detail {

class choice_reader {
public:
    choice_reader(tool_set& tools, tool_name_map& names, request_report& report)
        : tools_(tools), names_(names), report_(report)
    {
    }

    tool_choice read(json::view choice)
    {
        if (choice.is_string())
            return {read_mode(choice), std::string(choice.raw())};
        if (!choice.is_object()) {
            report_.fail(invalid_type("tool_choice", "a string or an object", choice));
            return {};
        }
        request_fields fields(choice, "tool_choice", report_);
        auto const type = fields.required_string("type").string_or({});
        if (type == "allowed_tools")
            return read_allowed(choice, fields);
        auto const text = read_reference(choice, "tool_choice");
        if (is_web_search(type))
            return {text, "{\"type\":" + json::quoted(type) + "}"};
        if (type != "image_generation")
            return {text, text};
        report_.adjust("tool_choice");
        return {"\"auto\"", text};
    }

    std::string read_mode(json::view mode)
    {
        if (mode.equals("required") && tools_.declared.empty())
            report_.fail(
                bad_request("Invalid value for 'tool_choice': 'required' is only allowed when 'tools' are specified.",
                            "tool_choice", "invalid_value"));
        if (!mode.equals("none") && !mode.equals("auto") && !mode.equals("required"))
            report_.fail(invalid_value("tool_choice", mode, {"none", "auto", "required"}));
        // Without tools both other words mean the same, and "none" alone was never seen upstream.
        return tools_.declared.empty() ? "\"auto\"" : std::string(mode.raw());
    }

    std::string named(std::string const& type, std::string const& name, std::string const& path)
    {
        if (report_.ok() && !tools_.has(type, name))
            report_.fail(
                bad_request("Invalid value for 'tool_choice': the " + type + " tool '" + name + "' is not in 'tools'.",
                            path, "invalid_value"));
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", std::string_view(type));
        out.member("name", std::string_view(names_.sent(name))).end_object();
        return text;
    }

private:
    /// One tool: {type,name}, chat's {type,function:{name}}, or {type} for hosted ones.
    std::string read_reference(json::view reference, std::string const& path)
    {
        request_fields fields(reference, path, report_);
        auto const type = fields.required_string("type").string_or({});
        if (!report_.ok())
            return {};
        if (type == "function" || type == "custom") {
            auto const nested = fields.object(type);
            request_fields inner(nested ? nested : reference, nested ? fields.path_of(type) : path, report_);
            auto const name = inner.required_string("name").string_or({});
            return named(type, name, path);
        }
        auto const sent = is_web_search(type) ? std::string("web_search") : type;
        if (!tools_.has_type(sent)) {
            report_.fail(
                bad_request("Invalid value for 'tool_choice': a tool of type '" + type + "' is not in 'tools'.", path,
                            "invalid_value"));
            return {};
        }
        return "{\"type\":" + json::quoted(sent) + "}";
    }

    /// Leaves the tool that a checked reference names to the model.
    void allow(json::view reference)
    {
        auto const type = reference["type"].string_or({});
        auto const nested = reference[type];
        auto const name = (nested.is_object() ? nested : reference)["name"].string_or({});
        for (auto& tool : tools_.declared) {
            auto const is_named = tool.type == "function" || tool.type == "custom";
            auto const is_type = tool.type == type || (tool.type == "web_search" && is_web_search(type));
            tool.is_allowed = tool.is_allowed || (is_type && (!is_named || tool.name == name));
        }
    }

    tool_choice read_allowed(json::view choice, request_fields& fields)
    {
        auto const nested = fields.object("allowed_tools");
        auto const path = nested ? std::string("tool_choice.allowed_tools") : std::string("tool_choice");
        request_fields inner(nested ? nested : choice, path, report_);
        auto const mode = inner.choice("mode", {"auto", "required"});
        if (mode.empty())
            report_.fail(missing_parameter(path + ".mode"));
        auto const list = inner.array("tools");
        if (!list)
            report_.fail(missing_parameter(path + ".tools"));
        for (auto& tool : tools_.declared)
            tool.is_allowed = false;
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "allowed_tools").member("mode", std::string_view(mode));
        out.key("tools").begin_array();
        std::size_t index = 0;
        for (auto const& tool : list.elements()) {
            auto const tool_path = path + ".tools[" + std::to_string(index++) + "]";
            if (!tool.is_object()) {
                report_.fail(invalid_type(tool_path, "an object", tool));
                continue;
            }
            out.raw(read_reference(tool, tool_path));
            allow(tool);
        }
        out.end_array().end_object();
        if (index == 0 && mode == "required")
            report_.fail(empty_array(path + ".tools"));
        return {index == 0 ? std::string("\"auto\"") : json::quoted(mode), text};
    }

    tool_set& tools_;
    tool_name_map& names_;
    request_report& report_;
};

} // namespace detail

OCX_DECL tool_choice read_tool_choice(json::view choice, tool_set& tools, tool_name_map& names, request_report& report)
{
    if (!choice.has_value())
        return {};
    return detail::choice_reader(tools, names, report).read(choice);
}

OCX_DECL tool_choice read_function_call(json::view choice, tool_set& tools, tool_name_map& names,
                                        request_report& report)
{
    detail::choice_reader reader(tools, names, report);
    if (!choice.has_value())
        return {};
    if (choice.equals("none") || choice.equals("auto"))
        return {reader.read_mode(choice), std::string(choice.raw())};
    if (!choice.is_object()) {
        report.fail(invalid_value("function_call", choice, {"none", "auto"}));
        return {};
    }
    request_fields fields(choice, "function_call", report);
    auto const name = fields.required_string("name").string_or({});
    auto const text = reader.named("function", name, "function_call");
    return {text, text};
}

} // namespace ocx::translate
