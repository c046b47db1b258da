// The heavy bodies of the library, those that need Asio's sockets or OpenSSL's TLS, compiled once in cli/tu/https.cpp.
// Apart from src.hpp, so that a program without the network can leave them out and no translation unit grows too big.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "ocx/src_https.hpp is for one translation unit of a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/net/impl/tcp.ipp"
#include "ocx/net/impl/tcp_connect.ipp"
#include "ocx/net/impl/tls_context.ipp"
#include "ocx/net/impl/tls_server.ipp"
#include "ocx/net/impl/tls_stream.ipp"
#include "ocx/net/impl/tls_wire.ipp"
#include "ocx/net/impl/unix_socket.ipp"
#include "ocx/transport/impl/https.ipp"
#include "ocx/transport/impl/https_connect.ipp"
