// The metadata of stored objects: up to 16 pairs of short strings that the client chooses. Checked here for requests
// that create something and for those that change it later.
#pragma once

#include "ocx/translate/request_fields.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <string_view>

namespace ocx::translate {

/// `metadata` of a request, checked against the official limits of 16 pairs, 64 and 512 characters; absent when it is
/// not there, or null.
[[nodiscard]] OCX_DECL json::view read_metadata(request_fields& fields);

/// The body of an update, `{"metadata": {...}}`: the object that takes the place of the old one, as JSON. null empties
/// it; without the member there is nothing to do, which is a 400.
[[nodiscard]] OCX_DECL outcome<std::string> metadata_update(std::string_view body);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/metadata.ipp"
#endif
