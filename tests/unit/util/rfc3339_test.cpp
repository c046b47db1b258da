// Dates as text.
#include "ocx/util/rfc3339.hpp"

#include "support/catch.hpp"

#include <string>

using ocx::parse_rfc3339;
using ocx::rfc3339;

TEST_CASE("rfc3339: a time is written with microseconds in UTC", "[util]")
{
    ocx::wall_time const when{std::chrono::seconds(1'789'000'000) + std::chrono::microseconds(123'456)};

    CHECK(rfc3339(when) == "2026-09-10T00:26:40.123456Z");
    CHECK(rfc3339(ocx::wall_time{}) == "1970-01-01T00:00:00.000000Z");
    CHECK(ocx::utc_minutes(1'789'000'000) == "2026-09-10 00:26 UTC");
}

TEST_CASE("rfc3339: what is written can be read, with fractions and zones of every kind", "[util]")
{
    CHECK(parse_rfc3339("2026-09-10T00:26:40.123456Z") == 1'789'000'000);
    CHECK(parse_rfc3339("2026-09-10T00:26:40Z") == 1'789'000'000);
    CHECK(parse_rfc3339("2026-09-10t00:26:40z") == 1'789'000'000);
    CHECK(parse_rfc3339("2026-09-10T02:26:40.5+02:00") == 1'789'000'000);
    CHECK(parse_rfc3339("2026-09-09T23:56:40-00:30") == 1'789'000'000);
}

TEST_CASE("rfc3339: anything else is no date", "[util]")
{
    for (auto const* text :
         {"", "2026", "2026-09-10", "2026-13-10T00:26:40Z", "2026-02-30T00:26:40Z", "2026-09-10T24:26:40Z",
          "2026-09-10T00:26:40", "2026-09-10T00:26:40.Z", "2026-09-10T00:26:40+2:00", "2026-09-10T00:26:40+0200",
          "2026-09-10T00:26:40Zx", "2026-09-10T00:26:4xZ", "9e9"})
        CHECK_FALSE(parse_rfc3339(text).has_value());
}
