// Forms as clients send them, forms cut anywhere, and boundaries made to hurt.
#include "ocx/util/multipart.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx;

namespace {

std::string const form = "--XX\r\n"
                         "Content-Disposition: form-data; name=\"model\"\r\n\r\n"
                         "gpt-image-2\r\n"
                         "--XX\r\n"
                         "content-disposition: form-data; filename=\"a \\\"b\\\".png\"; name=\"image[]\"\r\n"
                         "Content-Type: image/png\r\n\r\n"
                         "\x89PNG\r\n--X\r\n\r\n"
                         "--XX\r\n"
                         "Content-Disposition: form-data; name=prompt\r\n\r\n"
                         "\r\n"
                         "--XX--\r\n";

std::string sentence(outcome<std::vector<form_part>> const& result)
{
    return result ? std::to_string(result->size()) + " parts" : result.error().message;
}

} // namespace

TEST_CASE("multipart: fields and files come out as they went in", "[util]")
{
    auto const parts = parse_form("XX", form);

    REQUIRE(parts);
    REQUIRE(parts->size() == 3);
    CHECK(parts->at(0) == form_part{"model", std::nullopt, "", "gpt-image-2"});
    CHECK(parts->at(1) == form_part{"image[]", "a \"b\".png", "image/png", "\x89PNG\r\n--X\r\n"});
    CHECK(parts->at(2) == form_part{"prompt", std::nullopt, "", ""});
}

TEST_CASE("multipart: the boundary is read from the content type", "[util]")
{
    CHECK(form_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(form_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b");
    CHECK_FALSE(form_boundary("application/json"));
    CHECK_FALSE(form_boundary("multipart/mixed; boundary=abc"));
    CHECK_FALSE(form_boundary("multipart/form-data"));
    CHECK_FALSE(form_boundary("multipart/form-data; boundary="));
    CHECK_FALSE(form_boundary("multipart/form-data; boundary=\"open"));
    CHECK_FALSE(form_boundary("multipart/form-data; boundary=\"a\r\nb\""));
    CHECK_FALSE(form_boundary("multipart/form-data; boundary=" + std::string(71, 'a')));
    CHECK(form_boundary("multipart/form-data; boundary=" + std::string(70, '-')));
}

TEST_CASE("multipart: text before the first boundary and after the last is no part", "[util]")
{
    CHECK(sentence(parse_form("XX", "preamble\r\n" + form + "epilogue")) == "3 parts");
    CHECK(sentence(parse_form("XX", "--XX--")) == "0 parts");
    CHECK(sentence(parse_form("XX", "--XX  \r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--")) ==
          "1 parts");
}

TEST_CASE("multipart: a form that is cut anywhere is refused, never half taken", "[util]")
{
    // Behind the last boundary's own hyphens there is nothing to lose.
    for (std::size_t size = 0; size < form.size() - 2; ++size)
        CHECK_FALSE(parse_form("XX", std::string_view(form).substr(0, size)));
}

TEST_CASE("multipart: what is wrong is said", "[util]")
{
    std::string const start = "We could not parse the multipart body of your request: ";
    auto const one = [](std::string const& head) { return "--XX\r\n" + head + "\r\n\r\nx\r\n--XX--"; };

    CHECK(sentence(parse_form("YY", form)) == start + "its boundary does not occur.");
    CHECK(sentence(parse_form("XX", one("no colon"))) == start + "a part has a header line without a colon.");
    CHECK(sentence(parse_form("XX", one("Content-Type: a/b"))) == start + "a part has no name.");
    CHECK(sentence(parse_form("XX", one("Content-Disposition: attachment; name=a"))) ==
          start + "a part is not form-data.");
    CHECK(sentence(parse_form("XX", one("Content-Disposition: form-data; name=\"a"))) == start + "a part has no name.");
    CHECK(sentence(parse_form("XX", "--XXX\r\n\r\n\r\n--XX--")) == start + "a boundary is not followed by a line end.");
    CHECK(sentence(parse_form("XX", one("a: " + std::string(9000, 'b')))) ==
          start + "the headers of a part do not end.");
}

TEST_CASE("multipart: the number of parts is bounded", "[util]")
{
    std::string many;
    for (std::size_t i = 0; i <= max_form_parts; ++i)
        many += "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";

    CHECK(sentence(parse_form("XX", many + "--XX--")) ==
          "We could not parse the multipart body of your request: it has too many parts.");
}

TEST_CASE("multipart: a body of hyphens costs no more than another", "[util]")
{
    // PYSEC-2026-1545: a boundary of hyphens and a body of them made a parser try every pair of positions.
    std::string const body(4 << 20, '-');

    CHECK(sentence(parse_form(std::string(70, '-'), "\r\n" + body + "x")) == "0 parts");
    CHECK_FALSE(parse_form("a" + std::string(69, '-'), body));
}

TEST_CASE("multipart: what is written is read again, byte for byte", "[util]")
{
    std::string const data("\0\r\n--XY\r\n\xff", 10);
    form_part const file = {"file", "a.wav", "audio/wav", data};
    form_writer out("XX");
    out.add("language", "en");
    out.add_file(file);
    auto const type = out.content_type();
    auto const body = std::move(out).finish();

    CHECK(form_boundary(type) == "XX");
    auto const parts = parse_form("XX", body).value();
    REQUIRE(parts.size() == 2);
    CHECK(parts[0] == form_part{"language", std::nullopt, "", "en"});
    CHECK(parts[1] == file);
}

TEST_CASE("multipart: names of files cannot end their line", "[util]")
{
    form_writer out("XX");
    out.add_file({"file", "a\"\r\nX: y", "", "x"});
    auto const body = std::move(out).finish();

    CHECK(body == "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0AX: y\"\r\n"
                  "Content-Type: application/octet-stream\r\n\r\nx\r\n--XX--\r\n");
}
