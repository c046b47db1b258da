// Bodies of transcription.hpp.
#pragma once

#include "ocx/translate/transcription.hpp"

#include "ocx/translate/form_fields.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/multipart.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ocx::translate {

namespace detail {

inline void read_transcription_format(request_fields& fields, transcription_plan& plan)
{
    auto& report = fields.report();
    auto const format =
        fields.choice("response_format", {"json", "text", "srt", "verbose_json", "vtt", "diarized_json"});
    if (format == "text")
        plan.format = transcription_format::text;
    else if (!format.empty() && format != "json")
        report.fail(unsupported_value("response_format", "does not support '" + format +
                                                             "': the Codex backend tells the text without times and "
                                                             "speakers. Use 'json' or 'text'."));
    if (fields.flag("stream").value_or(false))
        report.fail(unsupported_value("stream", "does not support true: the Codex backend tells the text as a whole."));
}

/// `chunking_strategy[type]` and `include[]` are settings, too; each is listed once, without its brackets.
inline void list_the_rest(request_fields& fields)
{
    std::set<std::string, std::less<>> listed;
    for (auto const* name : {"include", "timestamp_granularities", "chunking_strategy", "known_speaker_names",
                             "known_speaker_references", "keywords", "languages"})
        listed.emplace(name);
    for (auto const& name : fields.unread()) {
        auto const stem = name.substr(0, name.find('['));
        if (auto const known = listed.find(stem); known != listed.end())
            fields.report().ignore(*known);
        else
            fields.report().ignore_unknown(name);
    }
}

} // namespace detail

OCX_DECL outcome<transcription_plan> plan_transcription(std::string_view content_type, std::string_view body,
                                                        request_context const& context)
{
    auto const boundary = form_boundary(content_type);
    if (!boundary)
        return bad_request("This endpoint takes multipart/form-data with a boundary.", {}, "invalid_content_type");
    auto const form = parse_form(*boundary, body);
    if (!form)
        return form.error();
    auto const settings = form_as_json(*form, {"stream", "temperature"}, {"file"});
    request_report report(context.strictness);
    request_fields fields(json::view::trusted(settings), {}, report);
    transcription_plan plan;

    auto const model = fields.string("model");
    if (!model.equals(transcription_model))
        report.adjust("model");
    plan.model = model.string_or(transcription_model);
    detail::read_transcription_format(fields, plan);
    if (fields.number("temperature", 0, 1).value_or(0) != 0)
        report.ignore("temperature");
    auto const language = fields.string("language").string_or({});
    auto const prompt = fields.string("prompt").string_or({});
    detail::list_the_rest(fields);
    auto const file = std::find_if(form->begin(), form->end(), [](form_part const& p) { return p.name == "file"; });
    if (file == form->end())
        report.fail(missing_parameter("file"));
    else if (file->data.empty())
        report.fail(bad_request("Invalid file 'file': it is empty.", "file", "invalid_value"));
    if (!report.ok())
        return report.why();

    form_writer out("ocx-" + context.random_uuid);
    if (!language.empty())
        out.add("language", language);
    if (!prompt.empty())
        out.add("prompt", prompt);
    out.add_file(*file);
    plan.content_type = out.content_type();
    plan.upstream_body = std::move(out).finish();
    plan.ignored = report.ignored();
    plan.adjusted = report.adjusted();
    return plan;
}

OCX_DECL outcome<std::string> transcription_document(transcription_format format, std::string_view upstream)
{
    auto const text = json::validate(upstream) ? json::view() : json::view::trusted(upstream)["text"];
    if (!text.is_string())
        return failure(errc::protocol_error, "The Codex backend answered without a transcription.");
    if (format == transcription_format::text)
        return text.string_or({});
    std::string document;
    json::writer out(document);
    out.begin_object().member("text", text).end_object();
    return document;
}

} // namespace ocx::translate
