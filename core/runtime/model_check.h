#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"

namespace quantscope::runtime {

/// Checks what execution relies on in one subgraph: indices, element types, sizes of constants, quantization
/// parameters, that every tensor is written once and before it is read. Only tensors that are used are looked at.
/// Errors: Malformed, Unsupported (weights in other files).
Result<void> checkGraph(const Model& model, SubgraphIndex subgraph);

/// The same for one tensor alone: what execution relies on in its type, shape, constant bytes and quantization.
Result<void> checkTensor(const Model& model, SubgraphIndex subgraph, TensorIndex tensor);

/// Subgraphs that the operator may run, in the order of its options; empty for most operators.
std::vector<SubgraphIndex> calledSubgraphs(const Model& model, const Operator& op);

/// Checks that every operator that `subgraph` may reach has a kernel in a version that it understands.
/// Error: Unsupported, which lists all that have none.
Result<void> checkOperators(const Model& model, SubgraphIndex subgraph);

/// "operator 3 CONV_2D", with the subgraph where that is not the main one.
std::string operatorPlace(const Model& model, SubgraphIndex subgraph, OperatorIndex index);

/// Several reasons why a model cannot run, as one error.
Error unsupportedOperators(const std::vector<std::string>& reasons);

}  // namespace quantscope::runtime
