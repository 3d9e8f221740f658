#include "app/cli/tensor_choice.h"

#include <charconv>

#include "app/cli/suggestion.h"

namespace quantscope::cli {

Result<TensorIndex> findTensor(const Model& model, const std::string& nameOrNumber) {
  const Subgraph& subgraph = model.subgraphs[0];
  const Error missing{ErrorCode::NotFound, "there is no such tensor", nameOrNumber, "", ""};
  if (nameOrNumber.starts_with('#')) {
    int32_t number = -1;
    const char* end = nameOrNumber.data() + nameOrNumber.size();
    const auto parsed = std::from_chars(nameOrNumber.data() + 1, end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number >= 0 &&
        static_cast<size_t>(number) < subgraph.tensors.size()) {
      return TensorIndex(number);
    }
    Error error = missing;
    error.why = "the numbers go from #0 to #" + std::to_string(subgraph.tensors.size() - 1);
    return error;
  }
  std::vector<std::string> names;
  TensorIndex found;
  for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
    names.push_back(subgraph.tensors[i].name);
    if (subgraph.tensors[i].name != nameOrNumber) continue;
    if (found.valid()) {
      return Error{ErrorCode::InvalidArgument, "the name does not tell which tensor", nameOrNumber,
                   "#" + std::to_string(found.value) + " and #" + std::to_string(i) + " are both called so",
                   "give its number (#ID)"};
    }
    found = TensorIndex(i);
  }
  if (found.valid()) return found;
  Error error = missing;
  error.why = "no tensor is called so" + didYouMean(nameOrNumber, names);
  error.remedy = "see quantscope-cli tensors";
  return error;
}

}  // namespace quantscope::cli
