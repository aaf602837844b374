// How many descriptors we may have open at once, and how many the programs that we start.
#pragma once

namespace baton::scripts {

/// Raises ours to the most that we may give ourselves: each check that is under way has some. Programs keep
/// what it was, for select(2) is at a loss with more than 1024.
void raise_descriptor_limit();

/// In a child, before execve(2). Async-signal-safe.
void restore_descriptor_limit();

} // namespace baton::scripts
