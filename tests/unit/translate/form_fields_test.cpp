// Forms as JSON: text stays text, numbers become numbers where they are expected, files stay out.
#include "ocx/translate/form_fields.hpp"

#include "support/catch.hpp"

using namespace ocx;
using namespace ocx::translate;

TEST_CASE("form_fields: text, numbers and files", "[translate]")
{
    std::vector<form_part> const form = {{"prompt", std::nullopt, "", "12"},   {"n", std::nullopt, "", "2"},
                                         {"stream", std::nullopt, "", "true"}, {"image", "a.png", "", "x"},
                                         {"mask", std::nullopt, "", "x"},      {"extra", "", "", "x"}};

    CHECK(form_as_json(form, {"n", "stream"}, {"image", "mask"}) == R"({"prompt":"12","n":2,"stream":true})");
    CHECK(form_as_json({}, {}, {}) == "{}");
}

TEST_CASE("form_fields: what is no JSON stays text, and nothing breaks out of it", "[translate]")
{
    std::vector<form_part> const form = {{"n", std::nullopt, "", "2,\"x\":1"},
                                         {"n", std::nullopt, "", ""},
                                         {"a\"b", std::nullopt, "", "\xff\n\""},
                                         {"list[]", std::nullopt, "", "x"},
                                         {"list[]", std::nullopt, "", "y"}};

    CHECK(form_as_json(form, {"n"}, {}) ==
          "{\"n\":\"2,\\\"x\\\":1\",\"n\":\"\",\"a\\\"b\":\"\xEF\xBF\xBD\\n\\\"\",\"list[]\":\"x\",\"list[]\":\"y\"}");
}
