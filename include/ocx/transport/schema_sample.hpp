// A small JSON value that fits a JSON schema: what a replayed model "answers" when the client brings a schema or a
// tool of its own. The same schema always gives the same value. Not a validator, and no more than the keywords that
// clients send; `pattern` is not followed.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"

#include <string>

namespace ocx::transport {

/// Compact JSON that fits `schema`: every property, one element per array unless minItems or maxItems says otherwise,
/// the first branch of anyOf and oneOf that is not null. References point into `schema` itself; one that leads back
/// to itself ends as soon as the schema allows it. An absent schema gives `{}`.
[[nodiscard]] OCX_DECL std::string schema_sample(json::view schema);

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/schema_sample.ipp"
#endif
