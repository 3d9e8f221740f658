#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/model/model.h"

namespace quantscope::tests {

/// Kinds of large models that graphs and tables are tried with.
///   chain        convolutions, one after the other
///   residual     blocks of two convolutions and a sum with the block's input
///   transformer  encoder layers that share one mask: a tensor with as many consumers as there are layers
///   inception    modules of 32 branches of one to three convolutions that are joined again
enum class SyntheticKind { Chain, Residual, Transformer, Inception };
inline constexpr SyntheticKind kSyntheticKinds[] = {SyntheticKind::Chain, SyntheticKind::Residual,
                                                    SyntheticKind::Transformer, SyntheticKind::Inception};
std::string_view syntheticName(SyntheticKind kind);

/// A valid model with at least `operators` operators (the last block is finished). Names are paths
/// ("encoder/layer_3/attention/query"); weights are small and shared between operators.
std::shared_ptr<const Model> makeSyntheticModel(SyntheticKind kind, int operators);

}  // namespace quantscope::tests
