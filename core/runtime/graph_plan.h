#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/aligned_bytes.h"
#include "core/runtime/interpreter.h"

/// What is decided about a subgraph before it runs; immutable and shared by all sessions.
namespace quantscope::runtime {

/// Where a tensor's bytes are while the graph runs.
enum class Storage : uint8_t {
  None,      ///< not used
  Constant,  ///< in the model, or folded while preparing
  Arena,     ///< at an offset of the session's arena
  Variable,  ///< at an offset of the memory that lives as long as the session
  Bound,     ///< the input of a called subgraph: wherever the caller has it
  Heap       ///< size known only while running
};

struct TensorPlan {
  ElementType type = ElementType::Float32;
  std::vector<int32_t> shape;
  bool shapeKnown = false;
  Storage storage = Storage::None;
  int64_t offset = 0;
  int64_t bytes = 0;
  std::span<const std::byte> constant;
};

struct GraphPlan;

enum class StepKind : uint8_t {
  Kernel,    ///< a prepared kernel
  Deferred,  ///< prepared while running: a shape or a parameter is known only then
  If,
  Case,
  While,
  Composite,
  CallOnce,
  ReadVariable,
  AssignVariable,
  HashtableImport,
  HashtableFind,
  HashtableSize
};

/// One operator of the graph as it will run. Folded operators have no step.
struct StepPlan {
  OperatorIndex index;
  StepKind kind = StepKind::Kernel;
  std::shared_ptr<const Kernel> kernel;
  std::vector<size_t> scratchBytes;
  std::vector<int64_t> scratchOffsets;
  int64_t macs = 0;
  /// Called subgraphs and how each runs; a null plan is made while running. Their arenas share one piece of
  /// memory at calleeOffset of this arena: they never run at the same time.
  std::vector<SubgraphIndex> callees;
  std::vector<std::shared_ptr<const GraphPlan>> plans;
  int64_t calleeOffset = 0;
  int resource = -1;  ///< number of the resource variable or hash table
};

struct GraphPlan {
  SubgraphIndex subgraph;
  std::vector<TensorPlan> tensors;
  std::vector<StepPlan> steps;
  std::vector<int64_t> macs;  ///< per operator of the subgraph, folded ones included
  int64_t arenaBytes = 0;
  int64_t ownVariableBytes = 0;
  int64_t variableBytes = 0;        ///< of this subgraph and all it calls
  int64_t sharedBytes = 0;          ///< folded and copied constants, packed weights; of this subgraph only
  std::vector<AlignedBytes> owned;  ///< what constants of this plan point to

  const TensorPlan& tensor(TensorIndex index) const { return tensors[index.position()]; }
};

/// What all plans of a prepared model have in common.
struct Environment {
  std::shared_ptr<const Model> model;
  InterpreterOptions options;
  KernelOptions kernelOptions;
  std::map<std::pair<std::string, std::string>, int> resources;  ///< (container, shared name) -> number
  std::map<int32_t, int> tables;                                 ///< table id of hash tables -> number; one sequence
};

/// One input of a graph to plan: its shape and, where the caller knows them, its values.
struct GraphInput {
  std::vector<int32_t> shape;
  bool isConstant = false;
  std::span<const std::byte> constant;
};

/// Deepest nesting of subgraphs that call each other.
inline constexpr int kMaxCallDepth = 32;

/// Checks and plans a subgraph for these inputs. `depth` is 0 for the graph that the user runs: its inputs
/// live in the arena; those of called graphs are bound by the caller.
/// Errors: Unsupported, Malformed, ResourceLimit; data-dependent errors of folded operators.
Result<std::shared_ptr<const GraphPlan>> planGraph(const Environment& environment, SubgraphIndex subgraph,
                                                   const std::vector<GraphInput>& inputs, int depth);

/// Bytes of a tensor of this type and shape; nothing for types without a fixed size and impossible shapes.
/// Resource handles take 4 bytes each.
std::optional<int64_t> storageBytes(ElementType type, std::span<const int32_t> shape);

Error memoryLimitError(const Environment& environment, std::optional<int64_t> bytes, std::string where);

}  // namespace quantscope::runtime
