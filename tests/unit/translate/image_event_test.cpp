// Words that replies about images have in common.
#include "ocx/translate/image_event.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string format(std::string const& members)
{
    auto const text = '{' + members + '}';
    auto const root = json::view::trusted(text);
    image_facts image;
    image.data = root["data"];
    image.output_format = root["output_format"];
    return std::string(format_of(image));
}

} // namespace

TEST_CASE("image_event: the format is the backend's word, else what the data begins with", "[translate]")
{
    CHECK(format(R"("data":"/9j/4AAQ","output_format":"webp")") == "webp");
    CHECK(format(R"("data":"/9j/4AAQ","output_format":"gif")") == "jpeg");
    CHECK(format(R"("data":"\/9j\/4AAQ")") == "jpeg");
    CHECK(format(R"("data":"UklGRgAA")") == "webp");
    CHECK(format(R"("data":"iVBORw0K","output_format":7)") == "png");
    CHECK(format(R"("data":"")") == "png");
    CHECK(format("") == "png");
}
