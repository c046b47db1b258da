#include "ocx/translate/heal.hpp"

#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

failure refused(std::string code, std::string param = {}, std::string message = "No.")
{
    failure f(errc::upstream_refused, std::move(message));
    f.status = 400;
    f.code = std::move(code);
    f.param = std::move(param);
    return f;
}

std::string const body =
    R"({"model":"m","instructions":"","input":[{"type":"message","role":"user","content":"a\u00e9"},)"
    R"({"type":"reasoning","encrypted_content":"gAAA","summary":[]}, {"type":"function_call","call_id":"c"},)"
    R"({"type":"reasoning","encrypted_content":"gBBB"}],"text":{"verbosity":"low"},"service_tier":"priority","store":false,"stream":true})";

} // namespace

TEST_CASE("heal: reasoning that the backend cannot read is dropped, all else stays byte for byte", "[translate]")
{
    auto const healed = heal(body, refused("invalid_encrypted_content"));

    REQUIRE(healed);
    CHECK(healed->ailment == ailment::encrypted_content);
    CHECK(healed->adjusted == "input.reasoning");
    CHECK(
        healed->body ==
        R"({"model":"m","instructions":"","input":[{"type":"message","role":"user","content":"a\u00e9"},)"
        R"({"type":"function_call","call_id":"c"}],"text":{"verbosity":"low"},"service_tier":"priority","store":false,"stream":true})");
    CHECK_FALSE(heal(healed->body, refused("invalid_encrypted_content")));
}

TEST_CASE("heal: the complaint about encrypted content is known by its sentence, too", "[translate]")
{
    auto const said = refused("", "", "The encrypted content *** could not be verified. Reason: other organization.");
    CHECK(heal(body, said));
    auto late = said;
    late.status = 502;
    CHECK_FALSE(heal(body, late));
}

TEST_CASE("heal: one unsupported member is dropped by its name", "[translate]")
{
    auto const healed = heal(body, refused("unsupported_parameter", "service_tier"));

    REQUIRE(healed);
    CHECK(healed->ailment == ailment::parameter);
    CHECK(healed->adjusted == "service_tier");
    CHECK(healed->body.find("service_tier") == std::string::npos);
    CHECK(healed->body.size() + std::string(R"("service_tier":"priority",)").size() == body.size());
}

TEST_CASE("heal: what the backend demands is never dropped", "[translate]")
{
    for (auto const* name : {"model", "input", "instructions", "stream", "store"})
        CHECK_FALSE(heal(body, refused("unsupported_parameter", name)));
}

TEST_CASE("heal: there is no cure for anything else", "[translate]")
{
    CHECK_FALSE(heal(body, refused("unsupported_parameter")));
    CHECK_FALSE(heal(body, refused("unsupported_parameter", "text.verbosity")));
    CHECK_FALSE(heal(body, refused("unsupported_parameter", "temperature")));
    CHECK_FALSE(heal(body, refused("unsupported_value", "service_tier")));
    CHECK_FALSE(heal(body, refused("context_length_exceeded")));
    CHECK_FALSE(heal("", refused("invalid_encrypted_content")));
    CHECK_FALSE(heal("[]", refused("invalid_encrypted_content")));
    CHECK_FALSE(heal(R"({"input":[{"type":"reasoning"}]})", refused("invalid_encrypted_content")));
    CHECK_FALSE(heal(R"({"input":[{"type":"message"}]})", refused("invalid_encrypted_content")));
    CHECK_FALSE(heal(R"({"input":"hi"})", refused("invalid_encrypted_content")));
}

TEST_CASE("heal: whatever is broken in body or complaint, what comes out is JSON without the part", "[translate]")
{
    for (std::size_t at = 0; at < body.size(); ++at) {
        for (char const wrong : {'"', '{', '}', '[', ']', ',', '\\', '\0', 'x'}) {
            auto mutant = body;
            mutant[at] = wrong;
            for (auto const& why : {refused("invalid_encrypted_content"), refused("unsupported_parameter", "text")}) {
                auto const healed = heal(mutant, why);
                if (!healed)
                    continue;
                CAPTURE(mutant);
                REQUIRE_FALSE(json::validate(healed->body, 256));
                auto const made = json::view::trusted(healed->body);
                if (healed->ailment == ailment::parameter)
                    REQUIRE_FALSE(made["text"]);
                for (auto const& item : made["input"].elements())
                    REQUIRE((healed->ailment == ailment::parameter || !item["type"].equals("reasoning")));
            }
        }
        CHECK_FALSE(heal(std::string_view(body).substr(0, at), refused("invalid_encrypted_content")));
    }
}
