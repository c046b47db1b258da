// Transcription requests and answers: the audio goes up as it came, what the backend lacks is refused or listed.
#include "ocx/translate/transcription.hpp"

#include "ocx/util/multipart.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string const audio("RIFF\0\r\n--b\xff", 11);

struct field {
    std::string name;
    std::string value;
};

request_context facts(strictness how = strictness::lenient)
{
    request_context context;
    context.random_uuid = "1234";
    context.strictness = how;
    return context;
}

outcome<transcription_plan> plan_of(std::vector<field> const& fields, strictness how = strictness::lenient)
{
    form_writer form("client");
    for (auto const& f : fields)
        form.add(f.name, f.value);
    form.add_file({"file", "a.wav", "audio/wav", audio});
    auto const type = form.content_type();
    return plan_transcription(type, std::move(form).finish(), facts(how));
}

std::string refusal(std::vector<field> const& fields, strictness how = strictness::lenient)
{
    auto const plan = plan_of(fields, how);
    return plan ? "accepted" : plan.error().param + " " + plan.error().code;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("transcription: the file goes up as it came, with language and prompt", "[translate]")
{
    auto const plan = plan_of({{"model", "gpt-4o-transcribe"}, {"language", "en"}, {"prompt", "names"}}).value();

    CHECK(plan.content_type == "multipart/form-data; boundary=ocx-1234");
    auto const parts = parse_form("ocx-1234", plan.upstream_body).value();
    REQUIRE(parts.size() == 3);
    CHECK(parts[0] == form_part{"language", std::nullopt, "", "en"});
    CHECK(parts[1] == form_part{"prompt", std::nullopt, "", "names"});
    CHECK(parts[2] == form_part{"file", "a.wav", "audio/wav", audio});
    CHECK(plan.format == transcription_format::json);
    CHECK(plan.ignored.empty());
    CHECK(plan.adjusted.empty());
}

TEST_CASE("transcription: another model is answered by the one there is", "[translate]")
{
    CHECK(plan_of({{"model", "whisper-1"}}).value().adjusted == names{"model"});
    CHECK(plan_of({{"model", "whisper-1"}}).value().model == "whisper-1");
    CHECK(plan_of({}).value().model == "gpt-4o-transcribe");
}

TEST_CASE("transcription: settings without effect are listed once, without their brackets", "[translate]")
{
    std::vector<field> const fields = {{"model", "gpt-4o-transcribe"},
                                       {"temperature", "0.2"},
                                       {"include[]", "logprobs"},
                                       {"timestamp_granularities[]", "word"},
                                       {"timestamp_granularities[]", "segment"},
                                       {"chunking_strategy[type]", "server_vad"},
                                       {"chunking_strategy[threshold]", "0.5"},
                                       {"known_speaker_names[]", "Ann"},
                                       {"other", "x"},
                                       {"stream", "false"}};

    CHECK(plan_of(fields).value().ignored == names{"temperature", "include", "timestamp_granularities",
                                                   "chunking_strategy", "known_speaker_names", "other"});
    CHECK(plan_of({{"temperature", "0"}}).value().ignored.empty());
    CHECK(refusal({{"include[]", "logprobs"}}, strictness::strict) == "include unsupported_parameter");
    CHECK(refusal({{"other", "x"}}, strictness::strict) == "other unknown_parameter");
}

TEST_CASE("transcription: formats and streams that the backend lacks are refused", "[translate]")
{
    CHECK(plan_of({{"response_format", "text"}}).value().format == transcription_format::text);
    CHECK(refusal({{"response_format", "json"}}) == "accepted");
    for (auto const* format : {"srt", "vtt", "verbose_json", "diarized_json"})
        CHECK(refusal({{"response_format", format}}) == "response_format unsupported_value");
    CHECK(refusal({{"response_format", "xml"}}) == "response_format invalid_value");
    CHECK(refusal({{"stream", "true"}}) == "stream unsupported_value");
    CHECK(refusal({{"temperature", "hot"}}) == "temperature invalid_type");
    CHECK(refusal({{"temperature", "2"}}) == "temperature decimal_above_max_value");
}

TEST_CASE("transcription: a body without a file is refused", "[translate]")
{
    form_writer empty("b");
    empty.add_file({"file", "a.wav", "", ""});
    auto const nothing = std::move(empty).finish();
    form_writer other("b");
    other.add("model", "m");
    auto const fields = std::move(other).finish();
    auto const* const form = "multipart/form-data; boundary=b";

    CHECK(plan_transcription(form, nothing, facts()).error().code == "invalid_value");
    CHECK(plan_transcription(form, fields, facts()).error().code == "missing_required_parameter");
    CHECK(plan_transcription(form, "x", facts()).error().status == 400);
    CHECK(plan_transcription("application/json", "{}", facts()).error().code == "invalid_content_type");
}

TEST_CASE("transcription: the text is told in the form that was asked for", "[translate]")
{
    auto const* const upstream = R"({"text":"Hi \u00e4\n","more":1})";

    CHECK(transcription_document(transcription_format::json, upstream).value() == R"({"text":"Hi \u00e4\n"})");
    CHECK(transcription_document(transcription_format::text, upstream).value() == "Hi \xC3\xA4\n");
    CHECK(transcription_document(transcription_format::json, R"({"text":""})").value() == R"({"text":""})");
    for (auto const* bad : {"{}", "[]", "{\"text\":7}", "<html>", ""})
        CHECK(transcription_document(transcription_format::text, bad).error().reason == errc::protocol_error);
}
