#pragma once

#include "ocx/translate/tools.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace detail {

/// Refused upstream, and nothing on our side can stand in for them.
inline bool is_foreign_hosted_tool(std::string_view type)
{
    constexpr std::array<std::string_view, 4> refused = {"file_search", "code_interpreter", "mcp",
                                                         "programmatic_tool_calling"};
    return std::find(refused.begin(), refused.end(), type) != refused.end() || type.substr(0, 8) == "computer";
}

inline bool is_array_schema(json::view schema)
{
    auto const type = schema["type"];
    if (!type.is_array())
        return type.equals("array");
    for (auto const& one : type.elements()) {
        if (one.equals("array"))
            return true;
    }
    return false;
}

/// Finds the arrays in a schema that do not say what is in them. `found` gets where such an object's members begin.
inline void find_bare_arrays(json::view schema, std::vector<char const*>& found)
{
    if (!schema.is_object())
        return;
    if (is_array_schema(schema) && !schema["items"] && !schema["prefixItems"])
        found.push_back(schema.raw().data() + 1);
    for (auto const& m : schema.members()) {
        if (m.name_is("items") || m.name_is("additionalProperties") || m.name_is("not"))
            find_bare_arrays(m.value, found);
        else if (m.name_is("properties") || m.name_is("patternProperties") || m.name_is("$defs") ||
                 m.name_is("definitions")) {
            for (auto const& named : m.value.members())
                find_bare_arrays(named.value, found);
        } else if (m.name_is("anyOf") || m.name_is("oneOf") || m.name_is("allOf") || m.name_is("prefixItems")) {
            for (auto const& one : m.value.elements())
                find_bare_arrays(one, found);
        }
    }
}

class tool_reader {
public:
    tool_reader(tool_set& set, tool_name_map& names, request_report& report) : set_(set), names_(names), report_(report)
    {
    }

    void read(json::view tool, std::string path)
    {
        path_ = std::move(path);
        if (!tool.is_object()) {
            report_.fail(invalid_type(path_, "an object", tool));
            return;
        }
        request_fields fields(tool, path_, report_);
        auto const type_view = fields.required_string("type");
        auto const type = type_view.string_or({});
        if (!report_.ok())
            return;
        if (type == "function" || type == "custom")
            read_named(tool, fields, type);
        else if (is_web_search(type))
            read_web_search(tool, fields);
        else if (type == "image_generation" || type == "namespace" || type == "tool_search" || type == "local_shell" ||
                 type == "shell" || type == "apply_patch")
            add({type, fields.get("name").string_or({}), std::string(tool.raw())}, std::string(tool.raw()));
        else if (is_foreign_hosted_tool(type))
            report_.fail(
                unsupported_value(path_ + ".type", "does not support '" + type +
                                                       "': this hosted tool is not available with a Codex login."));
        else
            report_.fail(invalid_value(path_ + ".type", type_view,
                                       {"function", "custom", "web_search", "image_generation", "namespace",
                                        "tool_search", "local_shell", "shell", "apply_patch"}));
    }

    /// `body` holds name, description and so on, whether nested or flat.
    void read_function(json::view body, std::string const& path, std::string_view flat_tool)
    {
        request_fields fields(body, path, report_);
        auto const name = read_name(fields);
        auto const description = fields.string("description");
        auto const parameters = fields.object("parameters");
        auto const strict = fields.flag("strict");
        if (!report_.ok())
            return;

        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "function");
        out.member("name", std::string_view(names_.sent(name)));
        if (description)
            out.member("description", description);
        auto const schema = parameters_schema(parameters);
        out.member_raw("parameters", strict.value_or(false) ? schema : with_array_items(schema));
        if (strict)
            out.member("strict", *strict);
        // `async` (Codex models that go on before the result) and `defer_loading` (tool search) are the backend's own.
        for (auto const* extra : {"async", "defer_loading"}) {
            if (auto const value = fields.flag(extra))
                out.member(extra, *value);
        }
        out.end_object();
        auto echo = flat_tool.empty() ? with_client_name(text, name) : std::string(flat_tool);
        complete_echo(echo);
        add({"function", name, std::move(text)}, echo);
    }

private:
    void add(declared_tool tool, std::string const& echo)
    {
        set_.echo += (set_.declared.empty() ? "" : ",") + echo;
        set_.declared.push_back(std::move(tool));
    }

    std::string read_name(request_fields& fields)
    {
        auto const view = fields.required_string("name");
        auto name = view.string_or({});
        if (report_.ok() && name.empty())
            report_.fail(bad_request("Invalid '" + fields.path_of("name") + "': empty string. Expected a tool name.",
                                     fields.path_of("name"), "empty_string"));
        return name;
    }

    /// The tool we send, under the name the client gave it.
    static std::string with_client_name(std::string tool, std::string const& name)
    {
        auto const sent = json::quoted(short_tool_name(name));
        return tool.replace(tool.find(sent), sent.size(), json::quoted(name));
    }

    /// The schema of a response wants `parameters` and `strict` in every function tool, null when not given.
    static void complete_echo(std::string& tool)
    {
        auto const view = json::view::trusted(tool);
        std::string missing;
        for (auto const* name : {"parameters", "strict"}) {
            if (!view[name])
                missing += ",\"" + std::string(name) + "\":null";
        }
        tool.insert(tool.size() - 1, missing);
    }

    void read_named(json::view tool, request_fields& fields, std::string const& type)
    {
        auto const nested = fields.object(type);
        auto const path = nested ? fields.path_of(type) : path_;
        if (type == "function")
            read_function(nested ? nested : tool, path, nested ? std::string_view() : tool.raw());
        else
            read_custom(nested ? nested : tool, path, nested ? std::string_view() : tool.raw());
    }

    void read_custom(json::view body, std::string const& path, std::string_view flat_tool)
    {
        request_fields fields(body, path, report_);
        auto const name = read_name(fields);
        auto const description = fields.string("description");
        auto const format = read_format(fields);
        if (!report_.ok())
            return;
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "custom");
        out.member("name", std::string_view(names_.sent(name)));
        if (description)
            out.member("description", description);
        if (!format.empty())
            out.member_raw("format", format);
        if (auto const is_async = fields.flag("async"))
            out.member("async", *is_async);
        out.end_object();
        auto echo = flat_tool.empty() ? with_client_name(text, name) : std::string(flat_tool);
        add({"custom", name, std::move(text)}, echo);
    }

    /// {type:text}, {type:grammar,definition,syntax} or chat's {type:grammar,grammar:{definition,syntax}}.
    std::string read_format(request_fields& tool)
    {
        auto const format = tool.object("format");
        if (!format)
            return {};
        auto const path = tool.path_of("format");
        request_fields outer(format, path, report_);
        auto const type = outer.choice("type", {"text", "grammar"});
        if (type.empty())
            report_.fail(missing_parameter(path + ".type"));
        if (type != "grammar")
            return R"({"type":"text"})";
        auto const nested = outer.object("grammar");
        request_fields fields(nested ? nested : format, nested ? path + ".grammar" : path, report_);
        auto const syntax = fields.choice("syntax", {"lark", "regex"});
        if (syntax.empty())
            report_.fail(missing_parameter(fields.path_of("syntax")));
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "grammar").member("syntax", std::string_view(syntax));
        out.member_raw("definition", fields.required_string("definition").raw()).end_object();
        return text;
    }

    void read_web_search(json::view tool, request_fields& fields)
    {
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", "web_search");
        for (auto const* name : {"external_web_access", "indexed_web_access", "filters", "user_location",
                                 "search_context_size", "search_content_types"}) {
            if (auto const value = fields.get(name))
                out.member(name, value);
        }
        out.end_object();
        add({"web_search", {}, std::move(text)}, std::string(tool.raw()));
    }

    tool_set& set_;
    tool_name_map& names_;
    request_report& report_;
    std::string path_;
};

} // namespace detail

OCX_DECL std::string tool_set::sent() const
{
    std::string list;
    for (auto const& tool : declared) {
        if (tool.is_allowed)
            list.append(list.empty() ? "" : ",").append(tool.json);
    }
    return list;
}

OCX_DECL bool tool_set::has(std::string_view type, std::string_view name) const
{
    return std::any_of(declared.begin(), declared.end(),
                       [&](declared_tool const& t) { return t.type == type && t.name == name; });
}

OCX_DECL bool tool_set::has_type(std::string_view type) const
{
    return std::any_of(declared.begin(), declared.end(), [&](declared_tool const& t) { return t.type == type; });
}

OCX_DECL void read_tools(json::view tools, std::string const& path, tool_set& set, tool_name_map& names,
                         request_report& report)
{
    detail::tool_reader reader(set, names, report);
    std::size_t index = 0;
    for (auto const& tool : tools.elements())
        reader.read(tool, element_path(path, index++));
}

OCX_DECL void read_legacy_functions(json::view functions, tool_set& set, tool_name_map& names, request_report& report)
{
    detail::tool_reader reader(set, names, report);
    std::size_t index = 0;
    for (auto const& function : functions.elements()) {
        auto const path = element_path("functions", index++);
        if (function.is_object())
            reader.read_function(function, path, {});
        else
            report.fail(invalid_type(path, "an object", function));
    }
}

OCX_DECL void add_web_search(json::view options, tool_set& set, request_report& report)
{
    request_fields fields(options, "web_search_options", report);
    auto const size = fields.choice("search_context_size", {"low", "medium", "high"});
    auto const location = fields.object("user_location");
    std::string text;
    json::writer out(text);
    out.begin_object().member("type", "web_search");
    if (!size.empty())
        out.member("search_context_size", std::string_view(size));
    if (location) {
        request_fields place(location, "web_search_options.user_location", report);
        auto const approximate = place.object("approximate");
        out.key("user_location").begin_object().member("type", "approximate");
        for (auto const* name : {"city", "country", "region", "timezone"}) {
            if (auto const value = (approximate ? approximate : location)[name]; value.is_string())
                out.member(name, value);
        }
        out.end_object();
    }
    out.end_object();
    if (set.has_type("web_search"))
        return;
    set.declared.push_back({"web_search", {}, std::move(text)});
}

OCX_DECL std::string parameters_schema(json::view parameters)
{
    if (!parameters.has_value())
        return R"({"type":"object","properties":{}})";
    auto const properties = parameters["properties"];
    auto const has_type = parameters["type"].has_value();
    if (properties.has_value() && has_type)
        return std::string(parameters.raw());

    std::string text = "{";
    if (!has_type)
        text += "\"type\":\"object\",";
    if (!properties.has_value())
        text += "\"properties\":{},";
    for (auto const& m : parameters.members()) {
        if ((m.name_is("type") && !has_type) || (m.name_is("properties") && !properties.has_value()))
            continue;
        text += "\"";
        text += m.name;
        text += "\":";
        text += m.value.raw();
        text += ",";
    }
    text.back() = '}';
    return text;
}

OCX_DECL std::string with_array_items(std::string schema)
{
    auto const view = json::view::trusted(schema);
    std::vector<char const*> places;
    detail::find_bare_arrays(view, places);
    if (places.empty())
        return schema;
    std::string text;
    char const* from = schema.data();
    for (auto const* place : places) { // in the order of the text: an object begins before those inside
        text.append(from, place).append("\"items\":{},");
        from = place;
    }
    char const* const end = schema.data() + schema.size();
    return text.append(from, end);
}

} // namespace ocx::translate
