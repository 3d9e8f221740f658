// Findings about what refers to other parts of the model: operators that run subgraphs, signatures,
// metadata, external buffers (specification tflite-format, sections 4, 6, 7 and 8).
#include <algorithm>
#include <set>

#include "core/model/finding_list.h"
#include "core/model/metadata_names.h"
#include "core/model/subgraph_calls.h"

namespace quantscope {

namespace {

using Place = FindingList::Place;

constexpr size_t kMinimumRuntimeLength = 16;

void findInCall(const Model& model, const SubgraphCall& call, const Place& place, FindingList& findings) {
  if (call.subgraph < 0 || static_cast<size_t>(call.subgraph) >= model.subgraphs.size()) {
    return findings.error(place, "missing subgraph",
                          "it runs subgraph " + std::to_string(call.subgraph) + ", the model has " +
                              std::to_string(model.subgraphs.size()));
  }
  const Subgraph& called = model.subgraphs[static_cast<size_t>(call.subgraph)];
  auto compare = [&](int64_t given, size_t has, const char* what) {
    if (given == -1 || given == static_cast<int64_t>(has)) return;
    findings.error(place, std::string("wrong number of ") + what,
                   "subgraph " + std::to_string(call.subgraph) + " has " + std::to_string(has) + ", the operator " +
                       std::to_string(given));
  };
  compare(call.inputs, called.inputs.size(), "subgraph inputs");
  compare(call.outputs, called.outputs.size(), "subgraph outputs");
}

// Depth first over the calls; a subgraph met again below itself would never end.
class CallCircles {
public:
  CallCircles(const std::vector<std::set<size_t>>& calls, FindingList& findings)
      : m_calls(calls), m_state(calls.size(), State::New), m_findings(findings) {}

  void run() {
    for (size_t i = 0; i < m_calls.size(); ++i) {
      if (m_state[i] == State::New) visit(i);
    }
  }

private:
  enum class State { New, Open, Done };
  struct Step {
    size_t subgraph;
    std::set<size_t>::const_iterator next;
  };

  void visit(size_t root) {
    std::vector<Step> path;
    auto enter = [&](size_t subgraph) {
      m_state[subgraph] = State::Open;
      path.push_back({subgraph, m_calls[subgraph].begin()});
    };
    enter(root);
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == m_calls[step.subgraph].end()) {
        m_state[step.subgraph] = State::Done;
        path.pop_back();
        continue;
      }
      const size_t called = *step.next++;
      if (m_state[called] == State::Open) {
        m_findings.error({static_cast<int>(step.subgraph), {}, {}}, "subgraph runs itself",
                         "running subgraph " + std::to_string(called) + " leads back to it");
      } else if (m_state[called] == State::New) {
        enter(called);
      }
    }
  }

  const std::vector<std::set<size_t>>& m_calls;
  std::vector<State> m_state;
  FindingList& m_findings;
};

void findInCalls(const Model& model, FindingList& findings) {
  std::vector<std::set<size_t>> calls(model.subgraphs.size());
  for (size_t g = 0; g < model.subgraphs.size(); ++g) {
    const auto& operators = model.subgraphs[g].operators;
    for (size_t i = 0; i < operators.size(); ++i) {
      for (const SubgraphCall& call : subgraphCalls(operators[i])) {
        findInCall(model, call, {static_cast<int>(g), OperatorIndex(i), {}}, findings);
        const auto called = static_cast<size_t>(call.subgraph);
        if (call.subgraph >= 0 && called < model.subgraphs.size()) calls[g].insert(called);
      }
    }
  }
  CallCircles(calls, findings).run();
}

void findInSignatures(const Model& model, FindingList& findings) {
  std::set<std::string> keys;
  for (size_t i = 0; i < model.signatures.size(); ++i) {
    const Signature& signature = model.signatures[i];
    const std::string name = "signature " + std::to_string(i) + " " + signature.key;
    if (!signature.hasKey) findings.error({}, "signature without a key", name);
    if (!keys.insert(signature.key).second) findings.error({}, "two signatures with one key", name);
    if (signature.subgraphIndex >= model.subgraphs.size()) {
      findings.error({}, "missing subgraph of a signature",
                     name + " names subgraph " + std::to_string(signature.subgraphIndex));
      continue;
    }
    const Place place{static_cast<int>(signature.subgraphIndex), {}, {}};
    const size_t tensors = model.subgraphs[signature.subgraphIndex].tensors.size();
    for (const auto* side : {&signature.inputs, &signature.outputs}) {
      std::set<std::string> names;
      for (const SignatureMapping& mapping : *side) {
        const bool known = mapping.tensor.valid() && mapping.tensor.position() < tensors;
        if (!known)
          findings.error(place, "missing tensor of a signature",
                         name + " names tensor " + std::to_string(static_cast<uint32_t>(mapping.tensor.value)));
        if (!names.insert(mapping.name).second)
          findings.error(place, "two tensors with one name", name + " has \"" + mapping.name + "\" twice");
      }
    }
  }
}

void findInMetadata(const Model& model, FindingList& findings) {
  auto check = [&](BufferIndex buffer, const std::string& name) {
    const bool known = buffer.valid() && buffer.position() < model.buffers.size();
    if (!known)
      findings.warning({}, "metadata without content",
                       name + " names buffer " + std::to_string(static_cast<uint32_t>(buffer.value)));
    return known;
  };
  for (const MetadataEntry& entry : model.metadata) {
    if (!check(entry.buffer, "\"" + entry.name + "\"") || entry.name != kMinimumRuntime) continue;
    const auto bytes = model.buffer(entry.buffer).bytes;
    if (bytes.empty()) {
      findings.warning({}, "metadata without content", "\"" + entry.name + "\" names a buffer without data");
      continue;
    }
    const auto head = bytes.first(std::min(bytes.size(), kMinimumRuntimeLength));
    if (std::ranges::find(head, std::byte{0}) == head.end()) {
      findings.warning({}, "minimum runtime version not closed",
                       "its text has no zero byte within " + std::to_string(kMinimumRuntimeLength));
    }
  }
  for (const int32_t index : model.metadataBuffer) check(BufferIndex(index), "the old list of metadata");
}

void findInExternalBuffers(const Model& model, FindingList& findings) {
  for (const tflite::ExternalBufferT& buffer : model.externalBuffers) {
    if (buffer.group < model.externalBufferGroups.size()) continue;
    findings.error({}, "missing group of an external buffer",
                   "external buffer " + std::to_string(buffer.id) + " names group " + std::to_string(buffer.group));
  }
}

}  // namespace

void findInReferences(const Model& model, FindingList& findings) {
  findInCalls(model, findings);
  findInSignatures(model, findings);
  findInMetadata(model, findings);
  findInExternalBuffers(model, findings);
}

}  // namespace quantscope
