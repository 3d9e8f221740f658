#pragma once

namespace quantscope {

/// Removes the temporary files of every AtomicFile that is being written, for a process that is about to end without
/// running destructors. May be called by a signal handler.
void removeTemporaryFiles() noexcept;

}  // namespace quantscope
