#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/io/bundle.h"
#include "core/model/metadata_info.h"
#include "core/pipeline/arena_estimate.h"
#include "core/pipeline/pipeline.h"

namespace quantscope::cli {

/// Everything that `info` shows of one model.
struct InfoFacts {
  std::shared_ptr<const LoadedModel> loaded;
  ModelSummary summary;
  ModelMetadata card;
  std::optional<ArenaEstimate> arena;  ///< of subgraph 0
};

/// The role of an operator's input in a word: "activation", "weight", "bias", "parameter", "state"; "" where it is left
/// out.
std::string inputRole(const Model& model, const Operator& op, size_t input);
/// "subgraph 1 (then), subgraph 2 (else)"; empty for operators that run none.
std::string callsText(const Operator& op);

/// The members of the document of --json, for an object that is begun.
void writeInfo(const InfoFacts& facts, JsonWriter& writer);
/// The text for people: facts of the model, then a table of operators per subgraph; with `details` also each operator's
/// options and operands.
std::string infoText(const InfoFacts& facts, bool details);

/// The models of a bundle, as JSON and for people.
Json bundleDocument(const std::string& path, const std::vector<BundledModel>& models);
std::string bundleText(const std::string& path, const std::vector<BundledModel>& models);

}  // namespace quantscope::cli
