// Reads config.toml into a layer for resolve.hpp. Strict: an unknown key or a value of the wrong kind is a failure
// with line and column. The body is the only place that includes toml++.
#pragma once

#include "ocx/config/resolve.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <string_view>

namespace ocx::config {

/// Reads the text of a file called `name`, which goes into messages and origins. Failures (invalid_request) say
/// where; they quote keys, never values.
[[nodiscard]] OCX_DECL outcome<layer> parse_toml(std::string_view text, std::string const& name);

/// Reads the file. A missing file is an empty layer, or a failure (not_found) when somebody named it; a file that
/// cannot be read is a failure (io).
[[nodiscard]] OCX_DECL outcome<layer> load_toml(config_file const& file);

} // namespace ocx::config

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/config/impl/load_toml.ipp"
#endif
