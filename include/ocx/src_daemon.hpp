// The bodies of daemon/, compiled once in cli/tu/daemon.cpp.
#pragma once

#if !defined(OCX_SEPARATE_COMPILATION)
#error "compiled once, in a build with OCX_SEPARATE_COMPILATION"
#endif

#include "ocx/daemon/impl/log_file.ipp"
#include "ocx/daemon/impl/notify.ipp"
#include "ocx/daemon/impl/paths.ipp"
#include "ocx/daemon/impl/pid_file.ipp"
#include "ocx/daemon/impl/process.ipp"
#include "ocx/daemon/impl/supervisor.ipp"
