// Image requests: what goes to the backend's image routes, what is refused, what is only listed.
#include "ocx/translate/image_request.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string const png = std::string("\x89PNG\r\n\x1a\n", 8) + "data";

request_context strict()
{
    request_context context;
    context.strictness = strictness::strict;
    return context;
}

std::string sent(std::string const& body, request_context const& context = {})
{
    auto const plan = plan_image_generation(body, context);
    return plan ? plan->upstream_body : plan.error().param + " " + plan.error().code;
}

std::vector<form_part> form_with(std::vector<form_part> const& more)
{
    std::vector<form_part> form = {{"prompt", std::nullopt, "", "add a hat"}, {"image", "a.png", "image/png", png}};
    form.insert(form.end(), more.begin(), more.end());
    return form;
}

std::string edited(std::vector<form_part> const& form)
{
    auto const plan = plan_image_edit(form, {});
    return plan ? plan->upstream_body : plan.error().param + " " + plan.error().code;
}

std::string const data_url = R"({"image_url":"data:image/png;base64,iVBORw0KGgpkYXRh"})";

} // namespace

TEST_CASE("image_request: a prompt alone", "[translate]")
{
    auto const plan = plan_image_generation(R"({"prompt":"a cat \u263a"})", {}).value();

    CHECK(plan.upstream_body == R"({"model":"gpt-image-2","prompt":"a cat \u263a"})");
    CHECK_FALSE(plan.is_edit);
    CHECK_FALSE(plan.is_stream);
    CHECK(plan.ignored.empty());
    CHECK(plan.adjusted.empty());
}

TEST_CASE("image_request: what the backend knows is sent", "[translate]")
{
    CHECK(
        sent(
            R"({"prompt":"p","model":"gpt-image-2","background":"opaque","quality":"high","size":"1536x1024","n":2})") ==
        R"({"model":"gpt-image-2","prompt":"p","background":"opaque","quality":"high","size":"1536x1024","n":2})");
    CHECK(sent(R"({"prompt":"p","n":1,"size":"auto"})") == R"({"model":"gpt-image-2","prompt":"p","size":"auto"})");
}

TEST_CASE("image_request: what it does not know is listed", "[translate]")
{
    auto const plan =
        plan_image_generation(
            R"({"prompt":"p","model":"dall-e-3","quality":"hd","style":"vivid","moderation":"low",)"
            R"("output_format":"webp","output_compression":50,"user":"u","response_format":"b64_json","x":1})",
            {})
            .value();

    CHECK(plan.upstream_body == R"({"model":"gpt-image-2","prompt":"p","quality":"high"})");
    CHECK(plan.model == "dall-e-3");
    CHECK(plan.adjusted == std::vector<std::string>{"quality", "model"});
    CHECK(plan.ignored == std::vector<std::string>{"output_format", "output_compression", "style", "moderation", "x"});
    CHECK(sent(R"({"prompt":"p","style":"vivid"})", strict()) == "style unsupported_parameter");
    CHECK(sent(R"({"prompt":"p","x":1})", strict()) == "x unknown_parameter");
}

TEST_CASE("image_request: newer words are listed, the nearest quality is sent", "[translate]")
{
    auto const plan =
        plan_image_generation(
            R"({"prompt":"p","quality":"xhigh","complexity":"low","frame_count":2,"frame_duration_ms":20,"svg":{}})",
            {})
            .value();

    CHECK(plan.upstream_body == R"({"model":"gpt-image-2","prompt":"p","quality":"high"})");
    CHECK(plan.model == "gpt-image-2");
    CHECK(plan.adjusted == std::vector<std::string>{"quality"});
    CHECK(plan.ignored == std::vector<std::string>{"complexity", "frame_count", "frame_duration_ms", "svg"});
}

TEST_CASE("image_request: wrong requests are refused with their parameter", "[translate]")
{
    CHECK(sent("{") == " ");
    CHECK(sent("{}") == "prompt missing_required_parameter");
    CHECK(sent(R"({"prompt":7})") == "prompt invalid_type");
    CHECK(sent(R"({"prompt":")" + std::string(32'001, 'a') + "\"}") == "prompt string_above_max_length");
    CHECK(sent(R"({"prompt":"p","n":0})") == "n integer_below_min_value");
    CHECK(sent(R"({"prompt":"p","n":11})") == "n integer_above_max_value");
    CHECK(sent(R"({"prompt":"p","quality":"best"})") == "quality invalid_value");
    CHECK(sent(R"({"prompt":"p","background":"red"})") == "background invalid_value");
    CHECK(sent(R"({"prompt":"p","output_format":"gif"})") == "output_format invalid_value");
    for (auto const* size : {"big", "x", "10x", "x10", "1024x1024x1024", "123456x1", "-1x5"})
        CHECK(sent(R"({"prompt":"p","size":")" + std::string(size) + "\"}") == "size invalid_value");
    CHECK(sent(R"({"prompt":"p","response_format":"url"})") == "response_format unsupported_value");
    CHECK(sent(R"({"prompt":"p","partial_images":2})") == "partial_images invalid_value");
    CHECK(sent(R"({"prompt":"p","stream":true,"partial_images":4})") == "partial_images integer_above_max_value");
}

TEST_CASE("image_request: streaming is our own", "[translate]")
{
    auto const plan = plan_image_generation(R"({"prompt":"p","stream":true,"partial_images":0})", {}).value();

    CHECK(plan.is_stream);
    CHECK(plan.partial_images == 0);
    CHECK(plan.upstream_body == R"({"model":"gpt-image-2","prompt":"p"})");
    CHECK(plan.adjusted.empty());
}

TEST_CASE("image_request: partial images are for the hosted tool, with the format it can draw", "[translate]")
{
    auto const plan =
        plan_image_generation(
            R"({"prompt":"p","stream":true,"partial_images":2,"n":1,"output_format":"webp","response_format":"b64_json"})",
            strict())
            .value();

    CHECK(plan.partial_images == 2);
    CHECK(plan.output_format == "webp");
    CHECK(plan.upstream_body == R"({"model":"gpt-image-2","prompt":"p"})");
    CHECK(plan.adjusted.empty());
    CHECK(plan.ignored.empty());

    auto const edit = plan_image_edit(
        form_with({{"stream", std::nullopt, "", "true"}, {"partial_images", std::nullopt, "", "3"}}), {});
    CHECK(edit.value().partial_images == 3);
    CHECK(edit.value().adjusted.empty());
}

TEST_CASE("image_request: what the hosted tool refuses goes without partial images", "[translate]")
{
    for (auto const* member : {R"("n":2)", R"("input_fidelity":"high")", R"("style":"vivid")"}) {
        INFO(member);
        auto const plan =
            plan_image_generation(R"({"prompt":"p","stream":true,"partial_images":2,"output_format":"jpeg",)" +
                                      std::string(member) + "}",
                                  {})
                .value();

        CHECK(plan.partial_images == 0);
        CHECK(plan.output_format.empty());
        CHECK(plan.adjusted == std::vector<std::string>{"partial_images"});
        CHECK(plan.ignored.size() == (std::string(member) == R"("n":2)" ? 1 : 2));
    }
    auto const masked = plan_image_edit(form_with({{"stream", std::nullopt, "", "true"},
                                                   {"partial_images", std::nullopt, "", "1"},
                                                   {"mask", "m.png", "image/png", png}}),
                                        {})
                            .value();
    CHECK(masked.partial_images == 0);
    CHECK(masked.adjusted == std::vector<std::string>{"mask", "partial_images"});
}

TEST_CASE("image_request: an edit carries its images as data URLs", "[translate]")
{
    CHECK(edited(form_with({})) == R"({"model":"gpt-image-2","prompt":"add a hat","images":[)" + data_url + "]}");
    CHECK(edited(form_with({{"n", std::nullopt, "", "2"}, {"size", std::nullopt, "", "1024x1024"}})) ==
          R"({"model":"gpt-image-2","prompt":"add a hat","size":"1024x1024","n":2,"images":[)" + data_url + "]}");
    CHECK(edited({{"prompt", std::nullopt, "", "p"}, {"image[]", "a", "", png}, {"image[]", "b", "", png}}) ==
          R"({"model":"gpt-image-2","prompt":"p","images":[)" + data_url + "," + data_url + "]}");
    CHECK(plan_image_edit(form_with({{"stream", std::nullopt, "", "true"}}), {}).value().is_stream);
}

TEST_CASE("image_request: a mask goes along as an image that the prompt explains", "[translate]")
{
    auto const plan = plan_image_edit(form_with({{"mask", "m.png", "image/png", png}}), {}).value();

    CHECK(plan.upstream_body.find("add a hat\\n\\nThe last image is a mask") != std::string::npos);
    CHECK(plan.upstream_body.find("[" + data_url + "," + data_url + "]") != std::string::npos);
    CHECK(plan.adjusted == std::vector<std::string>{"mask"});
    CHECK(plan.is_edit);
}

TEST_CASE("image_request: wrong forms are refused with their field", "[translate]")
{
    form_part const text = {"image", "a.txt", "text/plain", "not an image"};

    CHECK(edited({{"prompt", std::nullopt, "", "p"}}) == "image missing_required_parameter");
    CHECK(edited({{"image", "a", "", png}}) == "prompt missing_required_parameter");
    CHECK(edited(form_with({text})) == "image unsupported_image_media_type");
    CHECK(edited(form_with({{"n", std::nullopt, "", "two"}})) == "n invalid_type");
    CHECK(edited(form_with({{"n", std::nullopt, "", ""}})) == "n invalid_type");
    auto many = form_with({});
    for (int i = 0; i < 5; ++i)
        many.push_back({"image[]", "a", "", png});
    CHECK(edited(many) == "image array_above_max_length");
}

TEST_CASE("image_request: files without a place are refused or listed", "[translate]")
{
    CHECK(edited(form_with({{"markup", "m.png", "", png}})) == "markup unsupported_parameter");
    CHECK(plan_image_edit(form_with({{"extra", "e.png", "", png}}), {}).value().ignored ==
          std::vector<std::string>{"extra"});
}

namespace {

std::string edited_json(std::string const& members)
{
    auto const plan = plan_image_edit("application/json", R"({"prompt":"p")" + members + "}", {});
    return plan ? plan->upstream_body : plan.error().param + " " + plan.error().code;
}

} // namespace

TEST_CASE("image_request: an edit as JSON has its images as data URLs", "[translate]")
{
    CHECK(edited_json(R"(,"images":[)" + data_url + "]") ==
          R"({"model":"gpt-image-2","prompt":"p","images":[)" + data_url + "]}");
    auto const masked = edited_json(R"(,"images":[)" + data_url + R"(],"mask":)" + data_url);
    CHECK(masked.find("[" + data_url + "," + data_url + "]") != std::string::npos);
    CHECK(masked.find("mask") != std::string::npos);
}

TEST_CASE("image_request: references that are no images say where they stand", "[translate]")
{
    CHECK(edited_json("") == "images missing_required_parameter");
    CHECK(edited_json(R"(,"images":[])") == "images empty_array");
    CHECK(edited_json(R"(,"images":[7])") == "images[0] invalid_type");
    CHECK(edited_json(R"(,"images":[{}])") == "images[0].image_url missing_required_parameter");
    CHECK(edited_json(R"(,"images":[{"file_id":"file-1"}])") == "images[0].file_id unsupported_parameter");
    CHECK(edited_json(R"(,"images":[{"image_url":"https://example.org/a.png"}])") ==
          "images[0].image_url unsupported_value");
    for (auto const* url : {"data:image/gif;base64,eA==", "data:image/png,eA==", "data:image/png;base64,?", "data:"})
        CHECK(edited_json(R"(,"images":[{"image_url":")" + std::string(url) + "\"}]") ==
              "images[0].image_url unsupported_image_media_type");
    CHECK(edited_json(R"(,"images":[)" + data_url + R"(],"mask":{"image_url":"x"})") ==
          "mask.image_url unsupported_value");
}

TEST_CASE("image_request: the content type decides how an edit is read", "[translate]")
{
    auto const form = "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\np\r\n"
                      "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n" +
                      png + "\r\n--b--\r\n";

    CHECK(plan_image_edit("multipart/form-data; boundary=b", form, {}).value().upstream_body ==
          R"({"model":"gpt-image-2","prompt":"p","images":[)" + data_url + "]}");
    CHECK(plan_image_edit("multipart/form-data; boundary=c", form, {}).error().status == 400);
    CHECK(plan_image_edit("multipart/form-data", form, {}).error().code == "invalid_content_type");
    CHECK(plan_image_edit("", "{}", {}).error().code == "invalid_content_type");
    CHECK(plan_image_edit("application/json; charset=utf-8", "{", {}).error().status == 400);
}

TEST_CASE("image_request: the three formats are known by their bytes", "[translate]")
{
    auto const type_of = [](std::string const& bytes) {
        auto const body =
            edited({{"prompt", std::nullopt, "", "p"}, {"image", "a", "application/octet-stream", bytes}});
        auto const at = body.find("data:");
        return at == std::string::npos ? body : body.substr(at + 5, body.find(';') - at - 5);
    };

    CHECK(type_of(png) == "image/png");
    CHECK(type_of("\xff\xd8\xff\xe0 jpeg") == "image/jpeg");
    CHECK(type_of("RIFF\x10\x10\x10\x10WEBPVP8 ") == "image/webp");
    CHECK(type_of("RIFF\x10\x10\x10\x10WAVEfmt ") == "image unsupported_image_media_type");
    CHECK(type_of("") == "image unsupported_image_media_type");
}
