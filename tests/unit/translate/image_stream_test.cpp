// Events of a model that draws, as events of the Images API.
#include "ocx/translate/image_stream.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

call_plan images_plan(std::int64_t partial = 2)
{
    call_plan plan;
    plan.endpoint = endpoint::images;
    plan.model = "gpt-image-2";
    plan.is_stream = true;
    plan.partial_images = partial;
    return plan;
}

std::string partial(std::string const& index, std::string const& data, std::string const& more = {})
{
    return R"({"type":"response.image_generation_call.partial_image","item_id":"ig_1","output_index":0,)" +
           (index.empty() ? std::string() : "\"partial_image_index\":" + index + ',') +
           "\"partial_image_b64\":" + data + more + '}';
}

std::string item_done(std::string const& members)
{
    return R"({"type":"response.output_item.done","output_index":0,"item":{"id":"ig_1","type":"image_generation_call",)" +
           members + "}}";
}

std::string completed(std::string const& members = {})
{
    return R"({"type":"response.completed","response":)" + response_object("completed", members) + '}';
}

event_list const opening = event_script().created().plain();

event_list stream(event_list const& more)
{
    auto events = opening;
    events.insert(events.end(), more.begin(), more.end());
    return events;
}

std::size_t count(std::string const& text, std::string const& part)
{
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

std::string const partial_event = "event: image_generation.partial_image\n";
std::string const completed_event = "event: image_generation.completed\n";
std::string const no_usage = R"("usage":{"input_tokens":0,"input_tokens_details":{"image_tokens":0,"text_tokens":0},)"
                             R"("output_tokens":0,"total_tokens":0}})";

} // namespace

TEST_CASE("image_stream: a partial image at once, the image with its usage at the end", "[translate]")
{
    auto const run = run_reply(
        images_plan(),
        stream({partial("0", "\"aGk=\"",
                        R"(,"output_format":"png","size":"1024x1024","quality":"low","background":"opaque")"),
                item_done(
                    R"("status":"completed","revised_prompt":"A cube","result":"eA==","size":"auto","quality":"auto",)"
                    R"("output_format":"png")"),
                completed(
                    R"(,"usage":)" + event_script::usage(60, 0, 25, 0) +
                    R"(,"tool_usage":{"image_gen":{"input_tokens":31,"output_tokens":1056,"total_tokens":1087}})")}));

    CHECK(
        run.bytes ==
        partial_event +
            R"(data: {"type":"image_generation.partial_image","b64_json":"aGk=","background":"opaque","created_at":1789000000,)"
            R"("output_format":"png","quality":"low","size":"1024x1024","partial_image_index":0})"
            "\n\n" +
            completed_event +
            R"(data: {"type":"image_generation.completed","b64_json":"eA==","background":"auto","created_at":1789000000,)"
            R"("output_format":"png","quality":"auto","size":"auto","usage":{"input_tokens":31,)"
            R"("input_tokens_details":{"image_tokens":0,"text_tokens":31},"output_tokens":1056,"total_tokens":1087}})"
            "\n\n");
    CHECK_FALSE(run.error);
    CHECK(run.states == std::vector{progress::opening, progress::opening, progress::speaking, progress::speaking,
                                    progress::finished});
    REQUIRE(run.usage);
    CHECK(run.usage->input == 60);
    CHECK(run.usage->output == 25);
}

TEST_CASE("image_stream: an edit has the events of edits", "[translate]")
{
    auto plan = images_plan();
    plan.is_image_edit = true;
    auto const run = run_reply(plan, stream({partial("0", "\"a\""), item_done(R"("result":"b")"), completed()}));

    CHECK(run.bytes.starts_with("event: image_edit.partial_image\ndata: {\"type\":\"image_edit.partial_image\","));
    CHECK(run.bytes.find("event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\",") !=
          std::string::npos);
}

TEST_CASE("image_stream: partial images come once each, in the backend's order, no more than asked for", "[translate]")
{
    auto const run =
        run_reply(images_plan(2),
                  stream({partial("1", "\"b1\""), partial("1", "\"b2\""), partial("0", "\"a\""), partial("2", "\"c\""),
                          partial("", "\"d\""), item_done(R"("result":"x")"), completed()}));

    CHECK(count(run.bytes, partial_event) == 2);
    CHECK(run.bytes.find(R"("b64_json":"b1")") < run.bytes.find(R"("b64_json":"a")"));
    CHECK(count(run.bytes, R"("partial_image_index":1)") == 1);
    CHECK(count(run.bytes, R"("partial_image_index":0)") == 1);
    CHECK(count(run.bytes, completed_event) == 1);
}

TEST_CASE("image_stream: a partial image without an index gets the next one", "[translate]")
{
    for (auto const* index : {"", "null", "\"0\"", "0.5"}) {
        auto const run = run_reply(images_plan(3), stream({partial("0", "\"a\""), partial(index, "\"b\"")}));
        CHECK(count(run.bytes, R"("partial_image_index":1)") == 1);
    }
}

TEST_CASE("image_stream: garbage is dropped", "[translate]")
{
    auto const run = run_reply(images_plan(3),
                               stream({"",
                                       "{",
                                       "null",
                                       "[]",
                                       "7",
                                       "{}",
                                       R"({"type":7})",
                                       R"({"type":"response.image_generation_call.partial_image"})",
                                       partial("0", "7"),
                                       partial("0", "null"),
                                       partial("0", "\"\""),
                                       partial("-1", "\"a\""),
                                       partial("3", "\"a\""),
                                       partial("99999999999999999999", "\"\""),
                                       partial("9223372036854775807", "\"a\""),
                                       R"({"type":"response.output_item.done"})",
                                       R"({"type":"response.output_item.done","item":7})",
                                       R"({"type":"response.output_item.done","item":{"type":"message","result":"x"}})",
                                       item_done(R"("result":7)"),
                                       item_done(R"("result":"")"),
                                       item_done(R"("status":"failed")"),
                                       R"({"type":"response.image_generation_call.completed"})",
                                       R"({"type":"codex.rate_limits"})",
                                       std::string(500, '[')}));

    CHECK(run.states.back() == progress::opening);
    CHECK(run.bytes.find("image_generation.") == std::string::npos);
    REQUIRE(run.error);
    CHECK(run.error->reason == errc::connection_lost);
}

TEST_CASE("image_stream: words that the API does not have become auto, data is not looked into", "[translate]")
{
    auto const run = run_reply(
        images_plan(),
        stream({partial("0", R"("no base64 \/ \u0000")", R"(,"size":"2160x3040","quality":"ultra","background":7)"),
                item_done(R"("result":"x","size":{},"quality":null,"output_format":"tiff")"), completed()}));

    CHECK(count(run.bytes, R"("size":"auto")") == 2);
    CHECK(count(run.bytes, R"("quality":"auto")") == 2);
    CHECK(count(run.bytes, R"("background":"auto")") == 2);
    CHECK(count(run.bytes, R"("output_format":"png")") == 2);
    CHECK(run.bytes.find(R"("b64_json":"no base64 \/ \u0000")") != std::string::npos);
}

TEST_CASE("image_stream: what the model says and a second image count for nothing", "[translate]")
{
    auto const talk = event_script().created().rsn(0, {"Hm."}).msg(1, {"Here you are."}).plain();
    auto events = talk;
    for (auto const& event : {partial("0", "\"a\""), item_done(R"("result":"x")"), partial("1", "\"late\""),
                              item_done(R"("result":"y")"), completed()})
        events.push_back(event);
    auto const run = run_reply(images_plan(), events);

    CHECK(run.states[talk.size() - 1] == progress::opening);
    CHECK(count(run.bytes, "event: ") == 2);
    CHECK(run.bytes.find(R"("b64_json":"x")") != std::string::npos);
}

TEST_CASE("image_stream: the image may stand only in the last event", "[translate]")
{
    auto const run = run_reply(
        images_plan(),
        stream({R"({"type":"response.completed","response":{"id":"r","status":"completed","output":[)"
                R"({"type":"reasoning"},{"type":"image_generation_call","result":"x","output_format":"webp"}]}})"}));

    CHECK_FALSE(run.error);
    CHECK(run.bytes.find(R"("b64_json":"x")") != std::string::npos);
    CHECK(run.bytes.find(R"("output_format":"webp")") != std::string::npos);
}

TEST_CASE("image_stream: without an image there is a failure that says so", "[translate]")
{
    auto const is_shown = GENERATE(false, true);
    auto const end = GENERATE(as<std::string>(), completed(), R"({"type":"response.completed"})",
                              R"({"type":"response.incomplete","response":{"status":"incomplete"}})");
    auto const run = run_reply(images_plan(), stream({is_shown ? partial("0", "\"a\"") : "{}", end}));

    REQUIRE(run.error);
    CHECK(run.error->code == no_image().code);
    CHECK(run.is_finished());
    CHECK(run.has_spoken() == is_shown);
    CHECK(run.bytes.ends_with("data: {\"error\":{\"message\":\"The Codex backend answered without an image.\","
                              "\"type\":\"server_error\",\"param\":null,\"code\":\"no_image\"}}\n\n"));
}

TEST_CASE("image_stream: failures of the backend are told as they are", "[translate]")
{
    auto const failed = R"({"type":"response.failed","response":)" +
                        response_object("failed", R"(,"error":{"code":"rate_limit_exceeded","message":"Slow down."})") +
                        '}';
    auto const run = run_reply(images_plan(), stream({partial("0", "\"a\""), failed}));

    REQUIRE(run.error);
    CHECK(run.error->status == 429);
    CHECK(run.bytes.find("data: {\"error\":{\"message\":\"Slow down.\"") != std::string::npos);

    std::string const told =
        R"({"type":"error","error":{"type":"image_generation_user_error","code":"moderation_blocked",)"
        R"("message":"Rejected by the safety system."}})";
    auto const refused = run_reply(images_plan(), stream({told}));
    CHECK(refused.was_ending);
    REQUIRE(refused.error);
    CHECK(refused.error->code == "moderation_blocked");

    auto const both = run_reply(
        images_plan(), stream({told, R"({"type":"response.failed","response":{"status":"failed","error":null}})"}));
    REQUIRE(both.error);
    CHECK(both.error->code == "moderation_blocked");
}

TEST_CASE("image_stream: once the image is there the rest of the reply cannot fail", "[translate]")
{
    auto const end =
        GENERATE(as<std::string>(), "{}", R"({"type":"error","error":{"code":"server_error","message":"x"}})",
                 R"({"type":"response.failed","response":{"status":"failed"}})",
                 R"({"type":"response.incomplete","response":{"status":"incomplete"}})");
    auto const run = run_reply(images_plan(), stream({item_done(R"("result":"x")"), end}));

    CHECK_FALSE(run.error);
    CHECK(run.bytes.starts_with(completed_event));
    CHECK(run.bytes.ends_with(no_usage + "\n\n"));
    CHECK(count(run.bytes, "data: ") == 1);
}

TEST_CASE("image_stream: counts and times that cannot be do no harm", "[translate]")
{
    auto const run = run_reply(
        images_plan(),
        {R"({"type":"response.created","response":{"created_at":-5}})", item_done(R"("result":"x")"),
         R"({"type":"response.completed","response":{"created_at":1e99,"usage":{"input_tokens":-1},"tool_usage":{"image_gen":)"
         R"({"input_tokens":9223372036854775807,"output_tokens":9223372036854775807,"total_tokens":-3}}}})"});

    CHECK_FALSE(run.error);
    CHECK(run.bytes.find(R"("created_at":)" + std::to_string(test_now)) != std::string::npos);
    CHECK(run.bytes.find(R"("total_tokens":2000000000000000})") != std::string::npos);
}

TEST_CASE("image_stream: megabytes pass", "[translate]")
{
    std::string const data(8u << 20, 'A');
    auto const run = run_reply(
        images_plan(), stream({partial("0", '"' + data + '"'), item_done(R"("result":")" + data + '"'), completed()}));

    CHECK_FALSE(run.error);
    CHECK(count(run.bytes, data) == 2);
}

TEST_CASE("image_stream: what follows the end is not looked at", "[translate]")
{
    auto const plan = images_plan();
    auto const reply = make_reply(plan, test_now);
    std::string out;
    for (auto const& event : {item_done(R"("result":"x")"), completed()})
        (void)reply->on_event("", event, out);
    auto const size = out.size();
    CHECK(reply->on_event("", partial("0", "\"a\""), out) == progress::finished);
    reply->on_cut(failure(errc::cancelled, "Stopped."), out);

    CHECK(out.size() == size);
    CHECK(reply->error() == nullptr);
}

TEST_CASE("image_stream: the name of an event stands for a missing type", "[translate]")
{
    auto const plan = images_plan();
    auto const reply = make_reply(plan, test_now);
    std::string out;
    CHECK(reply->on_event("response.image_generation_call.partial_image", R"({"partial_image_b64":"a"})", out) ==
          progress::speaking);
    CHECK(out.starts_with(partial_event));
}
