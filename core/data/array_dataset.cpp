#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/checked.h"
#include "core/data/dataset_lists.h"
#include "core/data/npz.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;

class ArrayDataset final : public Dataset {
public:
  ArrayDataset(std::vector<NpyArray> arrays, std::vector<int32_t> labels, bool labelled,
               std::vector<std::shared_ptr<const GroundTruth>> truths, std::vector<std::string> classNames)
      : m_arrays(std::move(arrays)),
        m_truths(std::move(truths)),
        m_labels(std::move(labels)),
        m_labelled(labelled),
        m_classNames(std::move(classNames)) {
    m_preprocessing.words = "arrays, taken as they are";
    m_preprocessing.source = "none, arrays are taken as they are";
  }

  size_t size() const override { return static_cast<size_t>(m_arrays[0].shape[0]); }
  Result<Sample> load(size_t index) const override {
    Sample sample;
    for (const NpyArray& array : m_arrays) {
      std::vector<int32_t> shape(array.shape.begin() + 1, array.shape.end());
      const size_t bytes = array.bytes.size() / size();
      const auto part = array.bytes.subspan(index * bytes, bytes);
      sample.inputs.push_back({array.type, std::move(shape), {part.begin(), part.end()}});
    }
    sample.label = label(index);
    sample.name = name(index);
    if (!m_truths.empty()) sample.truth = m_truths[index];
    return sample;
  }
  std::string name(size_t index) const override { return "sample " + std::to_string(index); }
  std::optional<int32_t> label(size_t index) const override {
    return m_labelled ? std::optional(m_labels[index]) : std::nullopt;
  }
  const std::vector<std::string>& classNames() const override { return m_classNames; }
  bool labelled() const override { return m_labelled; }
  std::string description() const override {
    return "arrays, " + std::to_string(size()) + (size() == 1 ? " sample" : " samples") +
           (m_labelled ? "" : ", unlabelled");
  }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_skipped; }

private:
  std::vector<NpyArray> m_arrays;                            ///< one per input
  std::vector<std::shared_ptr<const GroundTruth>> m_truths;  ///< by sample; empty: none
  std::vector<int32_t> m_labels;
  bool m_labelled;
  std::vector<std::string> m_classNames;
  Preprocessing m_preprocessing;
  std::vector<SkippedItem> m_skipped;
};

Error unusable(const fs::path& path, std::string why, std::string remedy = {}) {
  return {ErrorCode::InvalidArgument, "cannot use the data", path.string(), std::move(why), std::move(remedy)};
}

std::span<const int32_t> withoutLeadingOnes(std::span<const int32_t> shape) {
  while (!shape.empty() && shape.front() == 1) shape = shape.subspan(1);
  return shape;
}

/// The first axis counts samples, the rest is the input's shape with or without leading ones.
Result<void> checkShape(const fs::path& path, const NpyArray& array, const InputSpec& input) {
  const std::string found = std::string(elementTypeName(array.type)) + " " + shapeText(array.shape);
  if (array.type == ElementType::String) return unusable(path, "the array for input " + input.name + " holds strings");
  if (array.shape.empty() || array.shape[0] == 0)
    return unusable(path, "the array for input " + input.name + " is empty (" + found + ")");
  if (std::ranges::equal(withoutLeadingOnes(std::span(array.shape).subspan(1)), withoutLeadingOnes(input.shape)))
    return {};
  return unusable(path,
                  "the array for input " + input.name + " is " + found + ", wanted is N×" + shapeText(input.shape),
                  "its first axis must count the samples");
}

/// Class indices from integers, whole floats, or rows of one score per class.
Result<std::vector<int32_t>> labelsFrom(const fs::path& path, const NpyArray& array, size_t samples) {
  const std::string found = std::string(elementTypeName(array.type)) + " " + shapeText(array.shape);
  if (array.shape.empty() || static_cast<size_t>(array.shape[0]) != samples || array.shape.size() > 2) {
    return unusable(path, "the labels y are " + found + ", wanted are " + std::to_string(samples) + " numbers");
  }
  const auto columns = static_cast<size_t>(array.shape.size() == 2 ? array.shape[1] : 1);
  const InputSpec asDouble{"y", array.shape, ElementType::Float64, std::nullopt};
  const auto numbers = bindInput(array.value(), asDouble);
  if (!numbers.ok() || columns == 0) return unusable(path, "the labels y are " + found + ", wanted are numbers");
  const auto values = numbers->values<double>();
  std::vector<int32_t> labels(samples);
  for (size_t i = 0; i < samples; ++i) {
    const auto row = values.subspan(i * columns, columns);
    const double label =
        columns == 1 ? row[0] : static_cast<double>(std::max_element(row.begin(), row.end()) - row.begin());
    if (!(label >= 0 && label < 2147483647.0) || label != std::floor(label)) {
      return unusable(path,
                      "label " + std::to_string(i) + " is " + std::to_string(label) + ", wanted is an output index");
    }
    labels[i] = static_cast<int32_t>(label);
  }
  return labels;
}

/// What a regression should give, from rows of numbers.
Result<std::vector<std::shared_ptr<const GroundTruth>>> targetsFrom(const fs::path& path, const NpyArray& array,
                                                                    size_t samples) {
  const std::string found = std::string(elementTypeName(array.type)) + " " + shapeText(array.shape);
  const InputSpec asFloat{"values", array.shape, ElementType::Float32, std::nullopt};
  const auto numbers = bindInput(array.value(), asFloat);
  if (!numbers || array.shape.empty() || static_cast<size_t>(array.shape[0]) != samples) {
    return unusable(path,
                    "the values are " + found + ", wanted are numbers for " + std::to_string(samples) + " samples");
  }
  const auto all = numbers->values<float>();
  const size_t each = samples ? all.size() / samples : 0;
  std::vector<std::shared_ptr<const GroundTruth>> truths;
  for (size_t i = 0; i < samples; ++i) {
    auto truth = std::make_shared<GroundTruth>();
    const auto row = all.subspan(i * each, each);
    truth->values.assign(row.begin(), row.end());
    truths.push_back(std::move(truth));
  }
  return truths;
}

Result<std::vector<NpyArray>> inputArrays(const fs::path& path, NpzFile& file, const std::vector<InputSpec>& inputs) {
  std::vector<NpyArray> arrays;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<std::string> keys{inputs[i].name, "input_" + std::to_string(i)};
    if (i == 0) keys.push_back("x");
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const std::string& candidate) { return file.contains(candidate); });
    if (key == keys.end()) {
      std::string have;
      for (const std::string& name : file.names()) have += (have.empty() ? "" : ", ") + name;
      return unusable(path,
                      "it has no array for input " + std::to_string(i) + " (" + inputs[i].name + ", " +
                          std::string(elementTypeName(inputs[i].type)) + " " + shapeText(inputs[i].shape) + "), only " +
                          (have.empty() ? "none" : have),
                      "name it input_" + std::to_string(i));
    }
    QS_ASSIGN(auto array, file.array(*key));
    QS_TRY(checkShape(path, array, inputs[i]));
    if (!arrays.empty() && array.shape[0] != arrays[0].shape[0]) {
      return unusable(path, "the array " + *key + " has " + std::to_string(array.shape[0]) +
                                " samples, the first input " + std::to_string(arrays[0].shape[0]));
    }
    arrays.push_back(std::move(array));
  }
  return arrays;
}

}  // namespace

Result<std::shared_ptr<const Dataset>> openArrayDataset(const fs::path& path, const std::vector<InputSpec>& inputs,
                                                        const std::vector<std::string>& classNames) {
  std::vector<NpyArray> arrays;
  std::vector<int32_t> labels;
  std::vector<std::shared_ptr<const GroundTruth>> truths;
  bool labelled = false;
  if (path.extension() == ".npy" || path.extension() == ".NPY") {
    if (inputs.size() != 1) {
      return unusable(path, "the model has " + std::to_string(inputs.size()) + " inputs, an .npy file is one array",
                      "use an .npz file");
    }
    QS_ASSIGN(auto array, mapNpy(path));
    QS_TRY(checkShape(path, array, inputs[0]));
    arrays.push_back(std::move(array));
  } else {
    QS_ASSIGN(NpzFile file, NpzFile::open(path));
    QS_ASSIGN(arrays, inputArrays(path, file, inputs));
    if (file.contains("y")) {
      QS_ASSIGN(const auto array, file.array("y"));
      QS_ASSIGN(labels, labelsFrom(path, array, static_cast<size_t>(arrays[0].shape[0])));
      labelled = true;
    }
    if (file.contains("values")) {
      QS_ASSIGN(const auto array, file.array("values"));
      QS_ASSIGN(truths, targetsFrom(path, array, static_cast<size_t>(arrays[0].shape[0])));
    }
  }
  return std::shared_ptr<const Dataset>(
      std::make_shared<ArrayDataset>(std::move(arrays), std::move(labels), labelled, std::move(truths), classNames));
}

}  // namespace quantscope::data
