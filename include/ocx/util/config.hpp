// Build-mode switch of the library. Header-only by default; programs that link ocx::compiled get
// OCX_SEPARATE_COMPILATION, and every non-template body is then compiled once, in cli/tu/.
#pragma once

#if defined(OCX_SEPARATE_COMPILATION)
#define OCX_DECL
#else
#define OCX_DECL inline
#endif
