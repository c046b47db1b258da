// Every light body of the library, compiled once in cli/tu/core.cpp. Not for users of the header-only mode.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "ocx/src.hpp is for one translation unit of a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/auth/impl/claims.ipp"
#include "ocx/auth/impl/codex_login.ipp"
#include "ocx/auth/impl/preflight.ipp"
#include "ocx/net/impl/http1.ipp"
#include "ocx/net/impl/http1_body.ipp"
#include "ocx/protocol/impl/error.ipp"
#include "ocx/server/impl/guard.ipp"
#include "ocx/server/impl/router.ipp"
#include "ocx/sse/impl/decoder.ipp"
#include "ocx/testing/impl/memory_stream.ipp"
#include "ocx/util/impl/base64.ipp"
#include "ocx/util/impl/digest.ipp"
#include "ocx/util/impl/json.ipp"
#include "ocx/util/impl/json_text.ipp"
#include "ocx/util/impl/json_validate.ipp"
#include "ocx/util/impl/signal.ipp"
#include "ocx/util/impl/task_group.ipp"
