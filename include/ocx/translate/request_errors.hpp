// The 400 answers to a wrong request, with the wording, `param` and `code` of the official API. Pure functions; the
// request translators use them, nobody else should need to.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ocx::translate {

/// Any 400: `message` is shown to the user, `param` and `code` may be empty.
[[nodiscard]] OCX_DECL failure bad_request(std::string message, std::string_view param, std::string_view code);

[[nodiscard]] OCX_DECL failure malformed_json(json::syntax_error const& why);
[[nodiscard]] OCX_DECL failure missing_parameter(std::string_view param);
[[nodiscard]] OCX_DECL failure duplicate_parameter(std::string_view param);
/// `expected` with its article: "a string", "an array of objects".
[[nodiscard]] OCX_DECL failure invalid_type(std::string_view param, std::string_view expected, json::view got);
/// For enumerations: names what was given and what is allowed.
[[nodiscard]] OCX_DECL failure invalid_value(std::string_view param, json::view got,
                                             std::initializer_list<std::string_view> supported);
[[nodiscard]] OCX_DECL failure empty_array(std::string_view param);
[[nodiscard]] OCX_DECL failure array_too_long(std::string_view param, std::size_t limit, std::size_t size);
[[nodiscard]] OCX_DECL failure string_too_long(std::string_view param, std::size_t limit, std::size_t size);
/// Unknown to the API; only strict mode says so.
[[nodiscard]] OCX_DECL failure unknown_parameter(std::string_view param);
/// Known to the API, but not possible with a Codex login. `why` is an optional further sentence.
[[nodiscard]] OCX_DECL failure unsupported_parameter(std::string_view param, std::string_view why = {});
[[nodiscard]] OCX_DECL failure unsupported_value(std::string_view param, std::string_view why);

enum class bound { below_minimum, above_maximum };
enum class number_kind { integer, decimal };
/// integer_below_min_value, decimal_above_max_value and their two siblings.
[[nodiscard]] OCX_DECL failure out_of_range(std::string_view param, number_kind kind, bound which,
                                            std::string_view limit, json::view got);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/request_errors.ipp"
#endif
