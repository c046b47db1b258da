// Typed access to the members of a request object. A wrong value is remembered in the report as OpenAI's 400 and reads
// as absent, so translators state what they want and look at the report once. Nothing here knows a parameter by name.
#pragma once

#include "ocx/translate/request_context.hpp"
#include "ocx/translate/request_errors.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// What was found wrong or was not done as asked, collected while one request is translated.
class request_report {
public:
    explicit request_report(strictness how) : strictness_(how) {}

    /// Remembers the first failure; later ones are usually its echo.
    OCX_DECL void fail(failure why);
    [[nodiscard]] bool ok() const noexcept { return !failure_.has_value(); }
    /// Call only when !ok().
    [[nodiscard]] failure const& why() const { return *failure_; }
    [[nodiscard]] bool is_strict() const noexcept { return strictness_ == strictness::strict; }

    /// The API knows this parameter, we accept it without effect: listed, or 400 in strict mode.
    OCX_DECL void ignore(std::string_view name);
    /// The API does not know this parameter either: listed, or 400 in strict mode.
    OCX_DECL void ignore_unknown(std::string_view name);
    /// Done in another way than asked; never an error.
    OCX_DECL void adjust(std::string_view name);

    [[nodiscard]] std::vector<std::string> const& ignored() const noexcept { return ignored_; }
    [[nodiscard]] std::vector<std::string> const& adjusted() const noexcept { return adjusted_; }

private:
    OCX_DECL static void note(std::vector<std::string>& list, std::string_view name);

    std::optional<failure> failure_;
    std::vector<std::string> ignored_;
    std::vector<std::string> adjusted_;
    strictness strictness_;
};

/// "path[index]", as error messages name the element of a list.
[[nodiscard]] OCX_DECL std::string element_path(std::string_view path, std::size_t index);

/// Code points of UTF-8 text: what the API's length limits count.
[[nodiscard]] OCX_DECL std::size_t character_count(std::string_view text);

/// The body as a checked JSON object, or the 400 that says what is wrong with it.
/// The view points into `body`.
[[nodiscard]] OCX_DECL outcome<json::view> parse_request(std::string_view body);

/// One object of a request. null counts as absent everywhere, as in the official API.
/// Holds views into the body and a reference to the report: use it while both live.
class request_fields {
public:
    static constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

    /// `path` names the object in error messages ("" for the request itself, "text.format").
    OCX_DECL request_fields(json::view object, std::string path, request_report& report);

    /// The value as it is, absent when null. Marks the member as known.
    OCX_DECL json::view get(std::string_view name);
    [[nodiscard]] bool has(std::string_view name) { return static_cast<bool>(get(name)); }

    OCX_DECL json::view string(std::string_view name, std::size_t max_length = no_limit);
    OCX_DECL json::view array(std::string_view name);
    OCX_DECL json::view object(std::string_view name);
    OCX_DECL std::optional<bool> flag(std::string_view name);
    OCX_DECL std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum,
                                                 std::int64_t maximum = INT64_MAX);
    OCX_DECL std::optional<double> number(std::string_view name, int minimum, int maximum);
    /// A string out of a list; empty when absent or wrong.
    OCX_DECL std::string choice(std::string_view name, std::initializer_list<std::string_view> supported);

    /// string() that must be there; reports missing_required_parameter otherwise.
    OCX_DECL json::view required_string(std::string_view name);

    /// 400 when any of these names occurs twice: which of the two counts would differ between us and other readers.
    OCX_DECL void refuse_duplicates(std::initializer_list<std::string_view> names);
    /// Names that nobody asked for, in the order of the request, those with a null value too.
    [[nodiscard]] OCX_DECL std::vector<std::string> unread() const;

    /// "name" or "path.name".
    [[nodiscard]] OCX_DECL std::string path_of(std::string_view name) const;
    [[nodiscard]] request_report& report() const noexcept { return report_; }

private:
    struct field {
        json::member member;
        bool is_read = false;
    };

    std::vector<field> fields_;
    std::string path_;
    request_report& report_;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/request_fields.ipp"
#endif
