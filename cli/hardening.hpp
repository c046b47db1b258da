// What the process does to itself before it holds tokens.
#pragma once

namespace ocx::cli {

/// Opens /dev/null where standard input, output or error are closed: the next socket must not become one of them, or
/// the log would be written to a client.
void fill_standard_streams();

/// Writes over the values of secret options in the process's own argument list, which other users can see. The
/// arguments must have been copied before.
void hide_secrets(int argc, char** argv);

/// No core dumps and no reading of our memory by other processes of the same user; as many open files as the system
/// lets us have. Sanitizers look at the process from outside and keep it dumpable.
void harden();

} // namespace ocx::cli
