// Bodies of form_fields.hpp.
#pragma once

#include "ocx/translate/form_fields.hpp"

#include "ocx/util/json.hpp"

#include <algorithm>

namespace ocx::translate {

OCX_DECL std::string form_as_json(std::vector<form_part> const& form, std::initializer_list<std::string_view> bare,
                                  std::initializer_list<std::string_view> files)
{
    auto const is_in = [](std::initializer_list<std::string_view> names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::string text;
    json::writer out(text);
    out.begin_object();
    for (auto const& part : form) {
        if (part.filename || is_in(files, part.name))
            continue;
        if (is_in(bare, part.name) && !part.data.empty() && !json::validate(part.data))
            out.member_raw(part.name, part.data);
        else
            out.member(part.name, part.data);
    }
    out.end_object();
    return text;
}

} // namespace ocx::translate
