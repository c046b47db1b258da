#include "second.hpp"

#include <ocx/sse/decoder.hpp>
#include <ocx/sse/encoder.hpp>
#include <ocx/util/json.hpp>

#include <iostream>

int main()
{
    std::string const text = "two\nlines and \"quotes\"";
    if (round_trip("greeting", text) != text) {
        std::cerr << "the event did not survive the round trip\n";
        return 1;
    }
    auto const document = ocx::json::view::trusted(R"({"answer":[1.0,42]})");
    if (document["answer"].at(0).raw() != "1.0" || document["answer"].at(1).integer() != 42) {
        std::cerr << "the document was not read as written\n";
        return 1;
    }
    std::cout << "ocx works from an installed package\n";
}
