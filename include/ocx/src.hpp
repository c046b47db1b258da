// The light bodies below translate/ and server/, compiled once in cli/tu/core.cpp. Those two have a file of their own,
// so that no translation unit takes much longer than the others. Not for users of the header-only mode.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "compiled once, in a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/auth/impl/claims.ipp"
#include "ocx/auth/impl/codex_login.ipp"
#include "ocx/auth/impl/login_edit.ipp"
#include "ocx/auth/impl/login_store.ipp"
#include "ocx/auth/impl/preflight.ipp"
#include "ocx/auth/impl/token_reply.ipp"
#include "ocx/net/impl/http1.ipp"
#include "ocx/net/impl/http1_body.ipp"
#include "ocx/net/impl/proxy.ipp"
#include "ocx/net/impl/url.ipp"
#include "ocx/protocol/impl/delta_scan.ipp"
#include "ocx/protocol/impl/error.ipp"
#include "ocx/protocol/impl/model.ipp"
#include "ocx/sse/impl/decoder.ipp"
#include "ocx/testing/impl/memory_stream.ipp"
#include "ocx/transport/impl/cassette.ipp"
#include "ocx/transport/impl/cassette_files.ipp"
#include "ocx/transport/impl/cassette_fill.ipp"
#include "ocx/transport/impl/cassette_match.ipp"
#include "ocx/transport/impl/schema_sample.ipp"
#include "ocx/util/impl/base64.ipp"
#include "ocx/util/impl/digest.ipp"
#include "ocx/util/impl/form.ipp"
#include "ocx/util/impl/json.ipp"
#include "ocx/util/impl/json_text.ipp"
#include "ocx/util/impl/json_validate.ipp"
#include "ocx/util/impl/rfc3339.ipp"
#include "ocx/util/impl/signal.ipp"
#include "ocx/util/impl/task_group.ipp"
