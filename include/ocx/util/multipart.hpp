// multipart/form-data (RFC 7578), as HTTP clients upload files: a whole body in memory, cut into its parts without
// copying one. Linear in the body whatever its boundary; not for streams, mail or nested multiparts.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx {

/// One part. `data` points into the body.
struct form_part {
    std::string name;
    std::optional<std::string> filename; ///< set for files, also when empty
    std::string content_type;            ///< empty when the part does not say
    std::string_view data;

    bool operator==(form_part const&) const = default;
};

/// More parts than any form of the API has: each costs a little memory.
inline constexpr std::size_t max_form_parts = 256;

/// The boundary that a Content-Type value names; nullopt when it is not multipart/form-data or the boundary is not one
/// (1 to 70 characters of RFC 2046).
[[nodiscard]] OCX_DECL std::optional<std::string> form_boundary(std::string_view content_type);

/// The parts of `body`, in order. The views in them live as long as the body. Fails with errc::invalid_request (400)
/// for a body that is not a form or was cut short.
[[nodiscard]] OCX_DECL outcome<std::vector<form_part>> parse_form(std::string_view boundary, std::string_view body);

/// Writes a form, part by part.
class form_writer {
public:
    /// `boundary` must not occur in any part: make it of random digits.
    explicit form_writer(std::string boundary) : boundary_(std::move(boundary)) {}

    OCX_DECL void add(std::string_view name, std::string_view text);
    /// With the part's own name, file name and type; its bytes as they are. Quotes and line ends in the names are
    /// written as browsers do (%22, %0D, %0A).
    OCX_DECL void add_file(form_part const& file);

    [[nodiscard]] std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }
    /// The body. Call once, at the end.
    [[nodiscard]] OCX_DECL std::string finish() &&;

private:
    OCX_DECL void begin(std::string_view name);

    std::string boundary_;
    std::string body_;
};

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/multipart.ipp"
#endif
