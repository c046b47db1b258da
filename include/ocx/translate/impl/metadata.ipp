// Bodies of metadata.hpp.
#pragma once

#include "ocx/translate/metadata.hpp"

namespace ocx::translate {

OCX_DECL json::view read_metadata(request_fields& fields)
{
    auto const metadata = fields.object("metadata");
    std::size_t pairs = 0;
    for (auto const& m : metadata.members()) {
        auto const key = m.decoded_name();
        auto const path = "metadata." + key.substr(0, 64);
        if (++pairs > 16) {
            fields.report().fail(
                bad_request("Invalid 'metadata': too many properties. Expected an object with at most 16 "
                            "properties.",
                            "metadata", "object_above_max_properties"));
        } else if (auto const length = character_count(key); length > 64) {
            fields.report().fail(string_too_long("metadata", 64, length));
        } else if (!m.value.is_string()) {
            fields.report().fail(invalid_type(path, "a string", m.value));
        } else if (auto const size = character_count(m.value.string_or({})); size > 512) {
            fields.report().fail(string_too_long(path, 512, size));
        }
    }
    return metadata;
}

OCX_DECL outcome<std::string> metadata_update(std::string_view body)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_report report(strictness::lenient);
    request_fields fields(*root, {}, report);
    if (!(*root)["metadata"])
        report.fail(missing_parameter("metadata"));
    auto const metadata = read_metadata(fields);
    if (!report.ok())
        return report.why();
    return metadata ? std::string(metadata.raw()) : std::string("{}");
}

} // namespace ocx::translate
