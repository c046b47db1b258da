// The transcription endpoint: where it goes, both forms of the answer, and a block by the network that is explained.
#include "ocx/gateway/audio.hpp"

#include "ocx/util/multipart.hpp"
#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

class audio_rig : public gateway_rig {
public:
    void transcribe(event_sink& out, std::string_view format = "json")
    {
        form_writer form("b");
        form.add("model", "whisper-1");
        form.add("response_format", format);
        form.add_file({"file", "a.wav", "audio/wav", "RIFF"});
        header_list headers;
        headers.emplace_back("content-type", form.content_type());
        http_request request("POST", "/v1/audio/transcriptions", std::move(headers), std::move(form).finish());
        start(gateway.audio().transcribe(std::move(request), out));
    }
};

} // namespace

TEST_CASE("audio: a transcription goes beside the routes of Codex and comes back as asked", "[gateway]")
{
    auto const is_text = GENERATE(false, true);
    audio_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(R"({"text":"Hi."})"), end()}));

    rig.transcribe(out, is_text ? "text" : "json");

    CHECK(out.status == 200);
    CHECK(out.body == (is_text ? "Hi." : R"({"text":"Hi."})"));
    CHECK(*find_header(out.headers, "content-type") == (is_text ? "text/plain; charset=utf-8" : "application/json"));
    CHECK(*find_header(out.headers, "x-ocx-adjusted") == "model");
    auto const& sent = rig.env.transport().requests.front();
    CHECK(sent.target == "/transcribe");
    CHECK(sent.base == transport::target_base::backend);
    CHECK(find_header(sent.headers, "content-type")->starts_with("multipart/form-data; boundary=ocx-"));
    CHECK(sent.body.find("RIFF") != std::string::npos);
}

TEST_CASE("audio: what is wrong goes nowhere", "[gateway]")
{
    audio_rig rig;
    memory_sink out;

    rig.transcribe(out, "srt");

    CHECK(out.status == 400);
    CHECK(rig.env.transport().requests.empty());
}

TEST_CASE("audio: a Cloudflare page is explained", "[gateway]")
{
    audio_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(403, {frame("<html>Just a moment...</html>"), end()}));

    rig.transcribe(out);

    CHECK(out.status == 403);
    CHECK(out.body.find("\"code\":\"upstream_blocked\"") != std::string::npos);
    CHECK(out.body.find("all other endpoints are not concerned") != std::string::npos);
}

TEST_CASE("audio: a client that leaves ends the call", "[gateway]")
{
    audio_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    rig.transcribe(out);

    out.hang_up();
    rig.settle();

    CHECK(rig.pending() == 0);
    CHECK_FALSE(out.started());
    CHECK(rig.env.transport().open_streams() == 0);
}
