// Bodies of server/request_log.hpp.
#pragma once

#include "ocx/server/request_log.hpp"

#include "ocx/redact/scrub.hpp"
#include "ocx/server/router.hpp"

#include <chrono>
#include <cstddef>

namespace ocx::server::detail {

/// Collects what is known, in one order, for both forms of the line.
class request_fields {
public:
    enum class form : std::uint8_t { line, json };

    explicit request_fields(form f) : form_(f) {}

    void text(char const* name, std::string_view value)
    {
        constexpr std::size_t longest = 120;
        if (!value.empty())
            add(name, '"' + escaped(scrubbed(value, longest)) + '"');
    }
    void number(char const* name, std::int64_t value) { add(name, std::to_string(value)); }
    void flag(char const* name)
    {
        if (form_ == form::json)
            add(name, "true");
        else
            out_.append(" ").append(name);
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void add(char const* name, std::string const& value)
    {
        if (form_ == form::json)
            out_.append(out_.empty() ? "\"" : ",\"").append(name).append("\":").append(value);
        else
            out_.append(" ").append(name).append("=").append(value);
    }
    static std::string escaped(std::string const& printable)
    {
        std::string out;
        for (char c : printable) {
            if (c == '"' || c == '\\')
                out += '\\';
            out += c;
        }
        return out;
    }

    form form_;
    std::string out_;
};

inline std::int64_t milliseconds(duration d)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

OCX_DECL void add_details(request_fields& out, request_record const& record)
{
    auto const& notes = record.notes;
    out.text("model", notes.model);
    if (notes.is_stream)
        out.flag("stream");
    out.number("ms", milliseconds(record.total));
    if (record.first_byte)
        out.number("first_ms", milliseconds(*record.first_byte));
    if (notes.tokens) {
        out.number("in", notes.tokens->input);
        out.number("cached", notes.tokens->cached);
        out.number("out", notes.tokens->output);
        out.number("reasoning", notes.tokens->reasoning);
    }
    out.number("bytes", static_cast<std::int64_t>(record.bytes));
    out.text("key", record.key_name);
    out.text("error", notes.error_code);
    out.text("id", record.request_id);
    out.text("upstream_id", notes.upstream_request_id);
    out.text("cf_ray", notes.upstream_ray);
}

/// Methods are the client's own text until the router has seen them.
OCX_DECL std::string method_name(request_record const& record)
{
    constexpr std::size_t longest = 16;
    return record.method.empty() ? "-" : scrubbed(record.method, longest);
}

} // namespace ocx::server::detail

namespace ocx::server {

OCX_DECL std::string route_name(request_record const& record)
{
    path_sets every;
    every.has_codex = true;
    if (auto const found = find_route(record.method, record.path, every))
        return std::string(pattern_of(found->id));
    constexpr std::size_t longest = 80;
    return record.path.empty() ? "-" : scrubbed(record.path, longest);
}

OCX_DECL std::string request_line(request_record const& record)
{
    detail::request_fields rest(detail::request_fields::form::line);
    detail::add_details(rest, record);
    return '"' + detail::method_name(record) + ' ' + route_name(record) + "\" " + std::to_string(record.status) +
           rest.take();
}

OCX_DECL std::string request_members(request_record const& record)
{
    detail::request_fields out(detail::request_fields::form::json);
    out.text("method", detail::method_name(record));
    out.text("route", route_name(record));
    out.number("status", record.status);
    detail::add_details(out, record);
    return out.take();
}

} // namespace ocx::server
