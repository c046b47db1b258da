#include "ocx/gateway/retry.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::gateway;
using namespace std::chrono_literals;

namespace {

failure transient()
{
    failure f(errc::upstream_refused, "Broken.");
    f.status = 500;
    f.repeat = repetition::worthwhile;
    return f;
}

failed_attempt after(unsigned repeats, std::uint64_t random = 100)
{
    failed_attempt seen;
    seen.repeats = repeats;
    seen.random = random;
    return seen;
}

} // namespace

TEST_CASE("retry: the back-off doubles and ends after two repeats", "[gateway]")
{
    retry_policy const policy;

    CHECK(policy.next(transient(), after(0)) == 200ms);
    CHECK(policy.next(transient(), after(1)) == 400ms);
    CHECK(policy.next(transient(), after(2)) == std::nullopt);
}

TEST_CASE("retry: the jitter is a tenth at most, to both sides", "[gateway]")
{
    retry_policy const policy;

    CHECK(policy.next(transient(), after(0, 0)) == 180ms);
    CHECK(policy.next(transient(), after(0, 200)) == 220ms);
    CHECK(policy.next(transient(), after(0, 201)) == 180ms);
    CHECK(policy.next(transient(), after(1, ~std::uint64_t{0})) <= 440ms);
    for (std::uint64_t random = 0; random < 500; ++random) {
        CHECK(policy.next(transient(), after(1, random)) >= 360ms);
        CHECK(policy.next(transient(), after(1, random)) <= 440ms);
    }
}

TEST_CASE("retry: nothing is repeated that somebody saw, or whose client repeats itself", "[gateway]")
{
    auto shown = after(0);
    shown.is_shown = true;

    CHECK(retry_policy().next(transient(), shown) == std::nullopt);
    CHECK(retry_policy(client_habit::repeats).next(transient(), after(0)) == std::nullopt);
    CHECK(retry_policy(client_habit::asks_once).next(transient(), after(0)) == 200ms);
}

TEST_CASE("retry: only what may be gone the next time is repeated", "[gateway]")
{
    retry_policy const policy;
    for (auto const reason : {errc::connect_failed, errc::connection_lost})
        CHECK(policy.next(failure(reason, "x"), after(1)) == 400ms);
    for (auto const reason :
         {errc::internal, errc::cancelled, errc::timed_out, errc::tls_failed, errc::protocol_error, errc::too_large,
          errc::invalid_request, errc::unauthorized, errc::upstream_refused, errc::not_found, errc::io})
        CHECK(policy.next(failure(reason, "x"), after(0)) == std::nullopt);

    auto once = transient();
    once.repeat = repetition::once;
    CHECK(policy.next(once, after(0)) == 200ms);
    CHECK(policy.next(once, after(1)) == std::nullopt);
    auto silent = transient();
    silent.reason = errc::timed_out;
    CHECK(policy.next(silent, after(0)) == std::nullopt);
}

TEST_CASE("retry: upstream's own delay is kept to when it is short, and ends the call when it is long", "[gateway]")
{
    retry_policy const policy;
    struct row {
        char const* name;
        std::string value;
        std::optional<duration> wait;
    };
    for (auto const& [name, value, wait] :
         {row{"retry-after-ms", "28", 28ms}, row{"retry-after-ms", "5000", 5s}, row{"retry-after-ms", "5001", {}},
          row{"retry-after", "5", 5s}, row{"retry-after", "6", {}}, row{"Retry-After", "0", 0s},
          row{"retry-after", "99999999999999999999", 200ms}, row{"retry-after", "99999999999999", {}},
          row{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", 200ms}}) {
        INFO(name << ": " << value);
        auto told = transient();
        told.headers.emplace_back(name, value);
        CHECK(policy.next(told, after(0)) == wait);
    }
    auto both = transient();
    both.headers.emplace_back("retry-after", "1");
    both.headers.emplace_back("retry-after-ms", "28");
    CHECK(policy.next(both, after(1)) == 28ms);
}
