// The text fields of a form as a JSON object, so that what comes as a form is read by the rules for JSON. Used by the
// translators of images and transcription.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/multipart.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// Forms know only text: of the fields in `bare`, what is a number or a boolean in JSON is written as one. Left out are
/// files, and everything in `files` whether it is one or not. Fields that stand several times do so in the object, too.
[[nodiscard]] OCX_DECL std::string form_as_json(std::vector<form_part> const& form,
                                                std::initializer_list<std::string_view> bare,
                                                std::initializer_list<std::string_view> files);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/form_fields.ipp"
#endif
