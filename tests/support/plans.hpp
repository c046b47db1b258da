// Short words for the tests of the request translators: translate a body, look at what goes upstream, expect a 400.
// Every plan made here has passed the upstream invariants.
#pragma once

#include "ocx/translate/chat_request.hpp"
#include "ocx/translate/responses_request.hpp"

#include "support/catch.hpp"
#include "support/upstream_invariants.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace ocx::test {

inline translate::request_context lenient_context()
{
    translate::request_context context;
    context.default_model = "gpt-test";
    context.random_uuid = "00000000-0000-4000-8000-000000000000";
    return context;
}

inline translate::request_context strict_context()
{
    auto context = lenient_context();
    context.strictness = translate::strictness::strict;
    return context;
}

inline translate::call_plan checked(outcome<translate::call_plan> result)
{
    if (!result)
        FAIL("refused: " << result.error().message << " (param " << result.error().param << ")");
    for (auto const& violation : body_violations(result->upstream_body))
        FAIL_CHECK(violation << "\n" << result->upstream_body.substr(0, 2000));
    return std::move(*result);
}

inline translate::call_plan chat_plan(std::string_view body, translate::request_context const& c = lenient_context())
{
    return checked(translate::plan_chat(body, c));
}

inline translate::call_plan responses_plan(std::string_view body,
                                           translate::request_context const& c = lenient_context())
{
    return checked(translate::plan_responses(body, c));
}

inline boost::json::value upstream(translate::call_plan const& plan)
{
    return boost::json::parse(plan.upstream_body);
}

/// A chat request with one user message and `members` ("\"n\":1").
inline std::string chat_with(std::string const& members)
{
    return R"({"messages":[{"role":"user","content":"hi"}])" + (members.empty() ? "" : "," + members) + "}";
}

inline std::string responses_with(std::string const& members)
{
    return R"({"input":"hi")" + (members.empty() ? "" : "," + members) + "}";
}

/// The value of one member of the upstream body, compact; "absent" when it is not there.
inline std::string sent(translate::call_plan const& plan, std::string_view name)
{
    auto const body = upstream(plan);
    auto const* value = body.as_object().if_contains(name);
    return value == nullptr ? "absent" : boost::json::serialize(*value);
}

inline std::string echoed(translate::call_plan const& plan, std::string_view name)
{
    auto const at = std::find_if(plan.echo.begin(), plan.echo.end(), [&](auto const& m) { return m.name == name; });
    return at == plan.echo.end() ? "absent" : at->json;
}

inline bool lists(std::vector<std::string> const& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What a refusal says: "param code". A plan gives "accepted".
inline std::string refusal(outcome<translate::call_plan> const& result)
{
    if (result)
        return "accepted";
    auto const& why = result.error();
    if (why.message.empty() || why.message.back() == ' ')
        return "no sentence";
    if (why.reason == errc::invalid_request && (why.status != 400 || why.type != "invalid_request_error"))
        return "not a 400";
    if (why.reason == errc::not_found)
        return "404 " + why.param;
    return why.param + " " + (why.code.empty() ? "null" : why.code);
}

inline std::string chat_refusal(std::string_view body, translate::request_context const& c = lenient_context())
{
    return refusal(translate::plan_chat(body, c));
}

inline std::string responses_refusal(std::string_view body, translate::request_context const& c = lenient_context())
{
    return refusal(translate::plan_responses(body, c));
}

} // namespace ocx::test
