// The cassettes of `ocx serve --demo`: fixtures/demo/*.jsonl, put into the program at build time (cmake/embed.cmake)
// so that the demo needs no file beside the binary. Used by the serve command only.
#pragma once

#include <span>
#include <string_view>

namespace ocx::cli {

/// One embedded file; both views live as long as the program.
struct embedded_file {
    std::string_view name; ///< file name without folders, such as "text.jsonl"
    std::string_view text;
};

/// All embedded files, sorted by name.
[[nodiscard]] std::span<embedded_file const> demo_files();

} // namespace ocx::cli
