#pragma once

#include <memory>

#include "core/data/dataset.h"

namespace quantscope {

/// The same dataset for jobs that go through it many times: samples stay decoded once they were loaded, up to `bytes`
/// in all; what does not fit, and what could not be read, is loaded again each time. Shares the dataset.
std::shared_ptr<const Dataset> keepDecoded(std::shared_ptr<const Dataset> dataset, uint64_t bytes);
/// The same for a dataset that outlives the result.
std::shared_ptr<const Dataset> keepDecoded(const Dataset& dataset, uint64_t bytes);

}  // namespace quantscope
