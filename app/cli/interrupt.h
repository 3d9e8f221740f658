#pragma once

#include "core/jobs/progress.h"

namespace quantscope::cli {

/// From now on Ctrl-C (SIGINT) and SIGTERM cancel this progress. Where the work has not ended soon after, or at a
/// second signal, the program ends at once, without the files that it was writing. The progress must live until then.
void cancelOnSignals(Progress& progress);
/// What is left to do (printing) is no longer cut short.
void workIsOver();
/// 130 after SIGINT, 143 after SIGTERM, 0 where there was no signal.
int exitCodeOfSignal();

}  // namespace quantscope::cli
