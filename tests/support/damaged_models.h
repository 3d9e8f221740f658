#pragma once

#include <filesystem>
#include <random>
#include <vector>

#include "core/model/model.h"

/// Models that make no sense, for tests that hand them to whatever looks at models: nothing may crash on them.
namespace quantscope::tests {

/// The models of tests/golden/operators and random, sorted by path.
std::vector<std::filesystem::path> smallModels();

/// One to three changes of shapes, types, quantization, operands, operator codes or options. The same state of `random`
/// gives the same model. It keeps to what the reader guarantees: indices of tensors, buffers and operator codes are
/// there.
Model damaged(const Model& original, std::mt19937& random);

/// How often a test should damage each model: `usual`, or what QUANTSCOPE_FUZZ_ROUNDS says.
int damageRounds(int usual);

}  // namespace quantscope::tests
