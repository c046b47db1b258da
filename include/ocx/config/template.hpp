// The configuration file that `config-generate` writes: the original program's file, word for word, followed in each
// section by our own settings as comments. Made from the list in keys.hpp, so that no setting can be missing.
#pragma once

#include "ocx/config/resolve.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string>

namespace ocx::config {

/// The text. Paths under HOME are written with `~`. Fails when the defaults need a HOME that is not set.
[[nodiscard]] OCX_DECL outcome<std::string> default_file(environment const& env);

} // namespace ocx::config

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/config/impl/template.ipp"
#endif
