// What may be attached to a stored object, and how it is changed.
#include "ocx/translate/metadata.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

/// The new metadata, or "param code" of the refusal.
std::string updated(std::string_view body)
{
    auto const result = metadata_update(body);
    if (result)
        return *result;
    CHECK(result.error().status == 400);
    return result.error().param + ' ' + result.error().code;
}

std::string pairs(int count)
{
    std::string members;
    for (int i = 0; i < count; ++i)
        members += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
    return R"({"metadata":{)" + members + "}}";
}

std::string one(std::string const& key, std::string const& value)
{
    return R"({"metadata":{")" + key + R"(":")" + value + R"("}})";
}

} // namespace

TEST_CASE("metadata: an update takes an object or null, and nothing less (O07)", "[translate]")
{
    CHECK(updated(R"({"metadata":{"a":"1","b":""}})") == R"({"a":"1","b":""})");
    CHECK(updated(R"({"metadata":{}})") == "{}");
    CHECK(updated(R"({"metadata":null})") == "{}");
    CHECK(updated("{}") == "metadata missing_required_parameter");
    CHECK(updated(R"({"metadata":[]})") == "metadata invalid_type");
    CHECK(updated(R"({"metadata":{"a":1}})") == "metadata.a invalid_type");
    CHECK(updated(R"({"metadata":{"a":null}})") == "metadata.a invalid_type");
    CHECK(updated("") == " ");
    CHECK(updated("[]") == " ");
}

TEST_CASE("metadata: 16 pairs, names of 64 characters, values of 512 (O07)", "[translate]")
{
    CHECK(updated(pairs(16)).front() == '{');
    CHECK(updated(pairs(17)) == "metadata object_above_max_properties");
    CHECK(updated(one(std::string(64, 'k'), "v")).front() == '{');
    CHECK(updated(one(std::string(65, 'k'), "v")) == "metadata string_above_max_length");
    CHECK(updated(one("k", std::string(512, 'v'))).front() == '{');
    CHECK(updated(one("k", std::string(513, 'v'))) == "metadata.k string_above_max_length");
}
