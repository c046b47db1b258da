// Bodies of transport/cassette.hpp.
#pragma once

#include "ocx/transport/cassette.hpp"
#include "ocx/util/base64.hpp"
#include "ocx/util/json.hpp"

#include <array>
#include <cstddef>

namespace ocx::transport::cassette_detail {

/// Deeper than any request body that the server accepts, since a cassette wraps one.
inline constexpr std::size_t max_depth = 160;

inline constexpr std::pair<std::string_view, fill_source> fill_names[] = {
    {"tool_name", fill_source::tool_name},
    {"tool_arguments", fill_source::tool_arguments},
    {"schema_sample", fill_source::schema_sample},
    {"model", fill_source::model},
    {"digest", fill_source::digest}};
inline constexpr std::pair<std::string_view, end_reason> end_names[] = {
    {"eof", end_reason::eof}, {"cut", end_reason::cut}, {"open", end_reason::open}, {"refused", end_reason::refused}};

/// Reads line after line; each read_* takes the value behind the line's key and returns what is wrong, or nothing.
class reader {
public:
    explicit reader(cassette& into) : out_(into) {}

    std::string line(std::string_view text)
    {
        if (auto const broken = json::validate(text, max_depth))
            return std::string("not JSON: ") + broken->what + " at byte " + std::to_string(broken->offset);
        auto const all = json::view::trusted(text);
        if (!all.is_object() || all.size() != 1)
            return "expected an object with one member: header, request, head, frame or end";
        auto const member = *all.members().begin();
        if (stage_ == stage::done)
            return "nothing may follow the end line";
        if (!member.value.is_object())
            return "the value of \"" + member.decoded_name() + "\" must be an object";
        if (stage_ == stage::header)
            return member.name_is("header") ? header(member.value) : "the first line must be the header";
        if (stage_ == stage::request)
            return member.name_is("request") ? request(member.value) : "the second line must be the request";
        if (member.name_is("head"))
            return head(member.value);
        if (member.name_is("frame"))
            return frame(member.value);
        if (member.name_is("end"))
            return end(member.value);
        return "expected head, frame or end, found \"" + member.decoded_name() + "\"";
    }

    [[nodiscard]] bool is_done() const { return stage_ == stage::done; }

private:
    enum class stage { header, request, head, frames, done };

    std::string header(json::view value)
    {
        if (value["format"].integer() != 1)
            return "unsupported cassette format: this program reads format 1";
        out_.tool = value["tool"].string_or("");
        out_.recorded = value["recorded"].string_or("");
        out_.note = value["note"].string_or("");
        stage_ = stage::request;
        auto wrong = match(value["match"]);
        return wrong.empty() ? fills(value["fill"]) : wrong;
    }

    std::string match(json::view rules)
    {
        if (rules && !rules.is_object())
            return "header.match must be an object";
        for (auto const& member : rules.members()) {
            auto* const flag = member.name_is("tools")         ? &out_.match.tools
                               : member.name_is("schema")      ? &out_.match.schema
                               : member.name_is("tool_output") ? &out_.match.tool_output
                                                               : nullptr;
            if (member.name_is("model") && member.value.is_string())
                out_.match.model = member.value.string();
            else if (flag && member.value.is_boolean())
                *flag = member.value.boolean();
            else
                return "header.match may have model (a string), tools, schema and tool_output (true or false), not \"" +
                       member.decoded_name() + "\": " + std::string(member.value.raw().substr(0, 40));
        }
        return {};
    }

    std::string fills(json::view rules)
    {
        if (rules && !rules.is_object())
            return "header.fill must be an object";
        for (auto const& member : rules.members()) {
            fill_rule rule;
            rule.marker = member.decoded_name();
            auto name = member.value.string_or("");
            if (auto const at = name.find('@'); at != std::string::npos) {
                if (at + 2 != name.size() || name[at + 1] < '0' || name[at + 1] > '3')
                    return "a fill rule's level must be @0 to @3";
                rule.levels = name[at + 1] - '0';
                name.resize(at);
            }
            bool is_known = false;
            for (auto const& [known, source] : fill_names)
                if (name == known) {
                    rule.source = source;
                    is_known = true;
                }
            if (!is_known || rule.marker.empty())
                return "header.fill maps a marker to tool_name, tool_arguments, schema_sample, model or digest";
            out_.fills.push_back(std::move(rule));
        }
        return {};
    }

    std::string request(json::view value)
    {
        out_.method = value["method"].string_or("");
        out_.target = value["target"].string_or("");
        out_.request_body = std::string(value["body"].raw());
        if (out_.method.empty() || !out_.target.starts_with('/'))
            return "the request must have a method and a target that starts with /";
        stage_ = stage::head;
        return {};
    }

    std::string head(json::view value)
    {
        if (stage_ != stage::head)
            return "there may be one head, before the frames";
        auto const status = value["status"].integer().value_or(0);
        if (status < 100 || status > 599)
            return "head.status must be a number from 100 to 599";
        out_.head.status = static_cast<unsigned>(status);
        for (auto const& field : value["headers"].elements()) {
            if (field.size() != 2 || !field.at(0).is_string() || !field.at(1).is_string())
                return "head.headers must be a list of [name, value]";
            out_.head.headers.emplace_back(field.at(0).string_or(""), field.at(1).string_or(""));
        }
        stage_ = stage::frames;
        return {};
    }

    std::string frame(json::view value)
    {
        if (stage_ != stage::frames)
            return "a frame must come after the head";
        cassette_frame next;
        if (auto wrong = time(value, next.at); !wrong.empty())
            return wrong;
        if (value["text"].is_string() == value["b64"].is_string())
            return "a frame must have either text or b64";
        auto const decoded = base64_decode(value["b64"].string_or(""));
        if (!decoded)
            return "frame.b64 is not base64";
        next.bytes = value["text"].is_string() ? value["text"].string_or("") : *decoded;
        if (next.bytes.empty())
            return "a frame must hold at least one byte";
        out_.frames.push_back(std::move(next));
        return {};
    }

    std::string end(json::view value)
    {
        auto const reason = value["reason"].string_or("");
        bool is_known = false;
        for (auto const& [name, known] : end_names)
            if (reason == name) {
                out_.reason = known;
                is_known = true;
            }
        if (!is_known)
            return "end.reason must be eof, cut, open or refused";
        if ((out_.reason == end_reason::refused) != (stage_ == stage::head))
            return "a cassette must have a head, unless end.reason is refused";
        stage_ = stage::done;
        return time(value, out_.ended);
    }

    std::string time(json::view value, std::chrono::microseconds& into)
    {
        auto const at = value["t_us"].integer().value_or(-1);
        auto const last = out_.frames.empty() ? 0 : out_.frames.back().at.count();
        if (at < last || at > max_time)
            return "t_us must be a whole number of microseconds, not less than the frame before";
        into = std::chrono::microseconds(at);
        return {};
    }

    static constexpr std::int64_t max_time = std::int64_t{7} * 24 * 3600 * 1'000'000;

    cassette& out_;
    stage stage_ = stage::header;
};

OCX_DECL void write_header(json::writer& to, cassette const& c)
{
    to.key("header").begin_object().member("format", 1);
    for (auto const& [name, text] :
         {std::pair("tool", &c.tool), std::pair("recorded", &c.recorded), std::pair("note", &c.note)})
        if (!text->empty())
            to.member(name, *text);
    if (c.match != match_rules()) {
        to.key("match").begin_object();
        if (c.match.model)
            to.member("model", *c.match.model);
        for (auto const& [name, flag] : {std::pair("tools", c.match.tools), std::pair("schema", c.match.schema),
                                         std::pair("tool_output", c.match.tool_output)})
            if (flag)
                to.member(name, *flag);
        to.end_object();
    }
    if (!c.fills.empty()) {
        to.key("fill").begin_object();
        for (auto const& rule : c.fills) {
            std::string name(fill_names[static_cast<std::size_t>(rule.source)].first);
            if (rule.levels != 1)
                name += "@" + std::to_string(rule.levels);
            to.member(rule.marker, name);
        }
        to.end_object();
    }
    to.end_object();
}

OCX_DECL void write_frame(json::writer& to, cassette_frame const& f)
{
    to.key("frame").begin_object().member("t_us", std::int64_t{f.at.count()});
    // Escaping repairs what is not UTF-8, so text that comes back unchanged can be written as text.
    auto const text = json::quoted(f.bytes);
    if (json::view::trusted(text).equals(f.bytes))
        to.member_raw("text", text);
    else
        to.member("b64", base64_encode(f.bytes));
    to.end_object();
}

} // namespace ocx::transport::cassette_detail

namespace ocx::transport {

OCX_DECL outcome<cassette> parse_cassette(std::string_view text, std::string name)
{
    cassette out;
    out.name = std::move(name);
    cassette_detail::reader reader(out);
    std::size_t number = 0;
    auto const at = [&](std::string const& wrong) {
        return failure(errc::invalid_request,
                       "Cassette " + out.name + ", line " + std::to_string(number) + ": " + wrong + ".");
    };
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty())
            continue;
        if (auto const wrong = reader.line(line); !wrong.empty())
            return at(wrong);
    }
    if (!reader.is_done())
        return at("the file ends without an end line");
    return out;
}

OCX_DECL std::string format_cassette(cassette const& c)
{
    std::string out;
    auto const line = [&](auto const& write) {
        json::writer to(out);
        to.begin_object();
        write(to);
        to.end_object();
        out += '\n';
    };
    line([&](json::writer& to) { cassette_detail::write_header(to, c); });
    line([&](json::writer& to) {
        to.key("request").begin_object().member("method", c.method).member("target", c.target);
        if (!c.request_body.empty())
            to.member_raw("body", c.request_body);
        to.end_object();
    });
    if (c.reason != end_reason::refused)
        line([&](json::writer& to) {
            to.key("head").begin_object().member("status", static_cast<std::int64_t>(c.head.status));
            to.key("headers").begin_array();
            for (auto const& field : c.head.headers)
                to.begin_array().string(field.name).string(field.value).end_array();
            to.end_array().end_object();
        });
    for (auto const& frame : c.frames)
        line([&](json::writer& to) { cassette_detail::write_frame(to, frame); });
    line([&](json::writer& to) {
        to.key("end").begin_object().member("t_us", std::int64_t{c.ended.count()});
        to.member("reason", cassette_detail::end_names[static_cast<std::size_t>(c.reason)].first).end_object();
    });
    return out;
}

} // namespace ocx::transport
