// The invariants are only worth something when they notice each kind of violation.
#include "support/upstream_invariants.hpp"

#include "support/catch.hpp"

using namespace ocx;
using namespace ocx::test;

namespace {

std::string body(std::string const& input, std::string const& more = "")
{
    return R"({"model":"m","instructions":"","input":[)" + input +
           R"(],"store":false,"stream":true,"include":["reasoning.encrypted_content"])" + more + "}";
}

std::string const message = R"({"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]})";
std::string const call = R"({"type":"function_call","call_id":"c","name":"f","arguments":""})";
std::string const output = R"({"type":"function_call_output","call_id":"c","output":"x"})";

std::string only_violation(std::string const& text)
{
    auto const found = body_violations(text);
    return found.size() == 1 ? found.front() : std::to_string(found.size()) + " violations";
}

} // namespace

TEST_CASE("upstream invariants: a sound request has none", "[support]")
{
    CHECK(body_violations(body(message)).empty());
    CHECK(body_violations(body(message + "," + call + "," + output)).empty());
}

TEST_CASE("upstream invariants: each violation is noticed", "[support]")
{
    std::string const system = R"({"type":"message","role":"system","content":[{"type":"input_text","text":"a"}]})";
    std::string const bare = R"({"type":"message","role":"user","content":"a"})";
    std::string const swapped = R"({"type":"message","role":"user","content":[{"type":"output_text","text":"a"}]})";
    std::string const numbered = R"({"type":"compaction","id":"cmp_1","encrypted_content":"g"})";
    std::string const empty_id = R"({"type":"function_call","call_id":"","name":"f","arguments":""})";
    std::string const long_id =
        R"({"type":"function_call","call_id":")" + std::string(65, 'c') + R"(","name":"f","arguments":""})";
    std::string const token = "eyJ" + std::string(30, 'a');

    CHECK(only_violation("[]") == "the body is not a JSON object");
    CHECK(only_violation(body(message, R"(,"temperature":1)")) ==
          "the backend does not know the top-level field 'temperature'");
    CHECK(only_violation(body(message, R"(,"tools":[])")) == "tools is there but not a list with something in it");
    CHECK(only_violation(body(message, R"(,"store":true)")) == "store is not false");
    CHECK(only_violation(body("")) == "input is not a list with something in it");
    CHECK(only_violation(body(system)) == "input[0] has the role 'system'");
    CHECK(only_violation(body(bare)) == "input[0] has no list of content parts");
    CHECK(only_violation(body(swapped)) == "input[0] with role 'user' holds a part of type 'output_text'");
    CHECK(only_violation(body(numbered)) == "input[0] carries an id");
    CHECK(only_violation(body(message + "," + call)) == "the function_call 'c' has no output");
    CHECK(only_violation(body(message + "," + output)) == "input[1] is the output of 'c', which was not called before");
    CHECK(only_violation(body(call + "," + output + "," + output)) == "input[2] is a second output of 'c'");
    CHECK(only_violation(body(call + "," + call + "," + output)) == "input[1] uses the call_id 'c' again");
    CHECK(body_violations(body(empty_id)).front() == "input[0] has an empty call_id");
    CHECK(body_violations(body(long_id)).front() == "input[0] has a call_id of 65 characters");
    CHECK(only_violation(body(R"({"type":"reasoning","summary":[]})")) ==
          "input[0] is reasoning without encrypted_content");
    CHECK(only_violation(body(message, R"(,"tools":[{"type":"function","name":"f"}])")) ==
          "the function 'f' has no object schema with properties");
    CHECK(only_violation(body(message, ",\"prompt_cache_key\":\"" + token + "\"")) ==
          "the body holds text that looks like a token");
    CHECK(only_violation(R"({"model":"m","instructions":"","input":[)" + message +
                         R"(],"stream":true,"include":["reasoning.encrypted_content"]})") == "store is not false");
}

TEST_CASE("upstream invariants: tokens belong into the Authorization header and nowhere else", "[support]")
{
    std::string const bearer = "Bearer " + std::string(40, 't');

    CHECK(header_violations({header("Authorization", bearer)}).empty());
    CHECK(header_violations({header("X-Copy", bearer)}) ==
          std::vector<std::string>{"the header X-Copy holds text that looks like a token"});
    CHECK(header_violations({header("Authorization", bearer), header("authorization", bearer)}) ==
          std::vector<std::string>{"there is more than one Authorization header"});
    CHECK(header_violations({header("X-OpenAI-Internal-Codex-Responses-Lite", "true")}).size() == 1);
    CHECK(header_violations({header("a", "b\r\nc: d")}) ==
          std::vector<std::string>{"the header a holds control characters"});
    CHECK(upstream_violations({header("X-Copy", bearer)}, "[]").size() == 2);
}
