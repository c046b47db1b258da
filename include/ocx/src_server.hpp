// The bodies of server/, compiled once in cli/tu/server.cpp.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "compiled once, in a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/net/impl/content_coding.ipp"
#include "ocx/server/impl/guard.ipp"
#include "ocx/server/impl/inbound.ipp"
#include "ocx/server/impl/key_file.ipp"
#include "ocx/server/impl/listener.ipp"
#include "ocx/server/impl/metrics.ipp"
#include "ocx/server/impl/request_log.ipp"
#include "ocx/server/impl/router.ipp"
#include "ocx/server/impl/session.ipp"
#include "ocx/server/impl/sink.ipp"
#include "ocx/server/impl/unsupported.ipp"
