// The program's own version: what `ocx --version`, cassettes and the documentation say.
#pragma once

namespace ocx {

inline constexpr char const* version = "0.1.0";

} // namespace ocx
