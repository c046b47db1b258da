// The bodies of config/, compiled once in cli/tu/config.cpp; the only group that needs toml++. Not for users of the
// header-only mode.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "ocx/src_config.hpp is for one translation unit of a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/config/impl/load_toml.ipp"
#include "ocx/config/impl/resolve.ipp"
#include "ocx/config/impl/template.ipp"
