// Names and values as URLs and forms carry them: percent-encoding, `a=b&c=d`. Used for the pages and requests of a
// login; the paths of our own API are the router's business.
#pragma once

#include "ocx/util/config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx {

/// Every byte but letters, digits and `-._~` as %XX (RFC 3986, 2.3).
[[nodiscard]] OCX_DECL std::string percent_encode(std::string_view text);

/// Undoes %XX; `+` is a space, as in forms. nullopt: a % without two hexadecimal digits.
[[nodiscard]] OCX_DECL std::optional<std::string> form_decode(std::string_view text);

/// Appends `name=value`, with `&` before it unless `out` is empty or ends with `?`.
OCX_DECL void append_form_field(std::string& out, std::string_view name, std::string_view value);

using form_fields = std::vector<std::pair<std::string, std::string>>;

/// Reads `a=b&c=d`. Fields that cannot be decoded are left out.
[[nodiscard]] OCX_DECL form_fields read_form(std::string_view text);

/// The first value called `name`; empty when there is none.
[[nodiscard]] OCX_DECL std::string form_value(form_fields const& fields, std::string_view name);

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/form.ipp"
#endif
