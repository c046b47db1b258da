// util/metric_text: the text format, line by line.
#include "ocx/util/metric_text.hpp"

#include "support/catch.hpp"

TEST_CASE("metric text: families with help, type and samples", "[util]")
{
    ocx::metric_text page;
    page.family("a_total", ocx::metric_kind::counter, "What a is.");
    page.sample("k=\"v\"", std::uint64_t{18446744073709551615u});
    page.single("b", ocx::metric_kind::gauge, "What b is.", 0.5);
    CHECK(page.text() == "# HELP a_total What a is.\n# TYPE a_total counter\na_total{k=\"v\"} 18446744073709551615\n"
                         "# HELP b What b is.\n# TYPE b gauge\nb 0.5\n");
}
