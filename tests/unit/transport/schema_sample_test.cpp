// Samples for the keywords that clients send. The expected texts are the contract: replayed answers must not change
// from one run to the next.
#include "ocx/transport/schema_sample.hpp"

#include "support/catch.hpp"

#include <string>

namespace {

std::string sample(std::string const& schema)
{
    REQUIRE_FALSE(ocx::json::validate(schema).has_value());
    auto out = ocx::transport::schema_sample(ocx::json::view::trusted(schema));
    REQUIRE_FALSE(ocx::json::validate(out).has_value());
    return out;
}

} // namespace

TEST_CASE("schema sample: an object gets every property in order", "[transport]")
{
    CHECK(sample(R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},)"
                 R"("sure":{"type":"boolean"},"gone":{"type":"null"},"x":{"type":"number"}},"required":["city"]})") ==
          R"({"city":"Tokyo","days":1,"sure":true,"gone":null,"x":1})");
}

TEST_CASE("schema sample: names are found in the property names, formats in the schema", "[transport]")
{
    CHECK(sample(R"({"type":"object","properties":{"full_name":{"type":"string"},"Email":{"type":"string"},)"
                 R"("zzz":{"type":"string"},"when":{"type":"string","format":"date-time"},)"
                 R"("id":{"type":"string","format":"uuid"}}})") ==
          R"({"full_name":"Ada Lovelace","Email":"ada@example.com","zzz":"sample","when":"2026-01-02T03:04:05Z",)"
          R"("id":"6f1d0c3a-2b4e-4f5a-8c7d-9e0f1a2b3c4d"})");
}

TEST_CASE("schema sample: const and enum give their own bytes", "[transport]")
{
    CHECK(sample(R"({"const":1.0})") == "1.0");
    CHECK(sample(R"({"enum":["\u00e9","b"]})") == R"("\u00e9")");
    CHECK(sample(R"({"type":"array","items":{"enum":["a","b"]},"minItems":3})") == R"(["a","b","a"])");
}

TEST_CASE("schema sample: arrays have one element unless the schema says otherwise", "[transport]")
{
    CHECK(sample(R"({"type":"array","items":{"type":"string"}})") == R"(["sample"])");
    CHECK(sample(R"({"type":"array","items":{"type":"integer"},"minItems":3,"uniqueItems":true})") == "[1,2,3]");
    CHECK(sample(R"({"type":"array","items":{"type":"string"},"maxItems":0})") == "[]");
    CHECK(sample(R"({"type":"array","prefixItems":[{"type":"integer"},{"type":"boolean"}],"items":false})") ==
          "[1,true]");
}

TEST_CASE("schema sample: numbers keep to their bounds", "[transport]")
{
    CHECK(sample(R"({"type":"integer","minimum":5})") == "5");
    CHECK(sample(R"({"type":"integer","exclusiveMinimum":5})") == "6");
    CHECK(sample(R"({"type":"integer","minimum":5,"exclusiveMinimum":true})") == "6");
    CHECK(sample(R"({"type":"integer","maximum":-3})") == "-3");
    CHECK(sample(R"({"type":"integer","exclusiveMaximum":0})") == "-1");
    CHECK(sample(R"({"type":"integer","minimum":11,"multipleOf":5})") == "15");
    CHECK(sample(R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})") == "0.5");
    CHECK(sample(R"({"type":"number","minimum":2.5})") == "3.5");
    CHECK(sample(R"({"type":"number","multipleOf":0.25})") == "1");
}

TEST_CASE("schema sample: strings keep to their lengths", "[transport]")
{
    CHECK(sample(R"({"type":"string","minLength":8})") == R"("sample sample")");
    CHECK(sample(R"({"type":"string","maxLength":3})") == R"("sam")");
    CHECK(sample(R"({"type":"string","minLength":8,"maxLength":8})") == R"("sample s")");
}

TEST_CASE("schema sample: the first branch that is not null is taken", "[transport]")
{
    CHECK(sample(R"({"anyOf":[{"type":"null"},{"type":"integer"}]})") == "1");
    CHECK(sample(R"({"oneOf":[{"type":"boolean"},{"type":"integer"}]})") == "true");
    CHECK(sample(R"({"type":["null","integer"]})") == "1");
    CHECK(sample(R"({"anyOf":[{"type":"null"}]})") == "null");
}

TEST_CASE("schema sample: allOf joins objects", "[transport]")
{
    CHECK(sample(R"({"allOf":[{"type":"object","properties":{"a":{"type":"integer"}}},)"
                 R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"boolean"}}}]})") ==
          R"({"a":1,"b":true})");
    CHECK(sample(R"({"allOf":[{"type":"integer"}]})") == "1");
}

TEST_CASE("schema sample: references are followed, and a circle ends soon", "[transport]")
{
    CHECK(sample(R"({"$defs":{"n":{"type":"integer"}},"type":"object","properties":{"a":{"$ref":"#/$defs/n"}}})") ==
          R"({"a":1})");
    CHECK(sample(R"({"definitions":{"a/b~c":{"type":"boolean"}},"$ref":"#/definitions/a~1b~0c"})") == "true");
    CHECK(sample(R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object","required":["value","next"],)"
                 R"("properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},)"
                 R"({"type":"null"}]}}}}})") == R"({"value":1,"next":{"value":1,"next":null}})");
    CHECK(sample(R"({"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"}}}})") ==
          R"({"children":[{"children":[{}]}]})");
}

TEST_CASE("schema sample: a schema without an end or far too wide still gives JSON", "[transport]")
{
    CHECK(sample(R"({"$ref":"#"})") == "null");
    auto const endless = sample(R"({"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}})");
    CHECK(endless.size() < 2000);
    std::string wide = R"({"type":"object","properties":{)";
    for (int i = 0; i < 40; ++i)
        wide += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"$ref":"#/$defs/)" + std::to_string(i) + "\"}";
    wide += R"(},"$defs":{)";
    for (int i = 0; i < 40; ++i)
        wide += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"$ref":"#"})";
    CHECK(sample(wide + "}}").size() < 20000);
}

TEST_CASE("schema sample: what is no schema gives something harmless", "[transport]")
{
    CHECK(sample("true") == "{}");
    CHECK(ocx::transport::schema_sample(ocx::json::view()) == "{}");
    CHECK(sample("{}") == R"("sample")");
    CHECK(sample(R"({"type":"object"})") == "{}");
    CHECK(sample(R"({"type":"object","required":["x"],"additionalProperties":{"type":"integer"}})") == R"({"x":1})");
    CHECK(sample(R"({"$ref":"#/nowhere"})") == "null");
    CHECK(sample(R"({"type":"object","properties":{"a":true}})") == R"({"a":null})");
}
