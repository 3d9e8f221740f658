#include "core/base/checked.h"
#include "core/data/dataset_lists.h"
#include "core/data/file_bytes.h"
#include "core/data/json_fields.h"
#include "core/data/npy.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t kMostBytes = uint64_t{2} << 30;

/// One value of one input: a file that is read when it is asked for, or the numbers themselves.
struct InputSource {
  fs::path file;
  std::vector<float> numbers;
};

struct Record {
  std::string name;
  std::vector<InputSource> inputs;
  std::shared_ptr<GroundTruth> truth;
};

class RecordDataset final : public Dataset {
public:
  RecordDataset(std::vector<InputSpec> inputs, std::vector<Record> records, PictureList labels)
      : m_inputs(std::move(inputs)), m_records(std::move(records)), m_labels(std::move(labels)) {
    m_preprocessing.words = "values, taken as they are";
    m_preprocessing.source = "none, values are taken as they are";
  }

  size_t size() const override { return m_labels.items.size(); }
  Result<Sample> load(size_t index) const override {
    const Record& record = m_records[recordOf(index)];
    Sample sample;
    sample.name = name(index);
    sample.label = label(index);
    sample.truth = record.truth;
    for (size_t i = 0; i < m_inputs.size(); ++i) {
      QS_ASSIGN(auto value, valueOf(record.inputs[i], m_inputs[i]));
      sample.inputs.push_back(std::move(value));
    }
    return sample;
  }
  std::string name(size_t index) const override { return m_records[recordOf(index)].name; }
  std::optional<int32_t> label(size_t index) const override { return m_labels.items[index].label; }
  const std::vector<std::string>& classNames() const override { return m_labels.classNames; }
  bool labelled() const override { return m_labels.labelled; }
  std::string description() const override {
    return "a list of samples, " + std::to_string(size()) + (size() == 1 ? " sample" : " samples") +
           (labelled() ? "" : ", unlabelled");
  }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_labels.skipped; }

private:
  /// Labels that are not known took items out of the list; their paths tell which are left.
  size_t recordOf(size_t index) const { return std::stoul(m_labels.items[index].path.string()); }

  static Result<TensorValue> valueOf(const InputSource& source, const InputSpec& input) {
    if (!source.file.empty()) return readNpy(source.file);
    TensorValue value{ElementType::Float32, input.shape, {}};
    const auto count = checkedElementCount(input.shape);
    if (!count || static_cast<size_t>(*count) != source.numbers.size()) {
      return Error{ErrorCode::InvalidArgument, "cannot feed the input", input.name,
                   std::to_string(source.numbers.size()) + " numbers are given, wanted is " + shapeText(input.shape),
                   ""};
    }
    const auto raw = std::as_bytes(std::span(source.numbers));
    value.bytes.assign(raw.begin(), raw.end());
    return value;
  }

  std::vector<InputSpec> m_inputs;
  std::vector<Record> m_records;
  PictureList m_labels;  ///< an item per usable record, with its number as the path
  Preprocessing m_preprocessing;
};

/// Errors: why the record cannot be used.
Result<Record> readRecord(const fs::path& folder, const Json& object, const std::vector<InputSpec>& inputs) {
  auto unusable = [](std::string why) { return Error{ErrorCode::Malformed, "", "", std::move(why), ""}; };
  Record record;
  const auto* given = field(object, {"inputs"});
  if (!given) return unusable("it has no inputs");
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string numbered = "input_" + std::to_string(i);
    const auto* value = field(*given, {inputs[i].name.c_str(), numbered.c_str()});
    if (!value) return unusable("it has no value for input " + inputs[i].name + " (" + numbered + ")");
    InputSource source;
    if (value->is_string()) {
      source.file = folder / value->get<std::string>();
    } else {
      auto numbers = numbersIn(*value);
      if (!numbers) return unusable("input " + inputs[i].name + " is neither numbers nor the path of an .npy file");
      source.numbers = std::move(*numbers);
    }
    record.inputs.push_back(std::move(source));
  }
  if (const auto* values = field(object, {"values", "value", "target"})) {
    auto numbers = numbersIn(*values);
    if (!numbers) return unusable("its values are no numbers");
    record.truth = std::make_shared<GroundTruth>();
    record.truth->values = std::move(*numbers);
  }
  return record;
}

}  // namespace

Result<std::shared_ptr<const Dataset>> openRecords(const fs::path& path, const std::vector<InputSpec>& inputs,
                                                   const std::vector<std::string>& labels) {
  QS_ASSIGN(const auto bytes, readFileBytes(path, kMostBytes));
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<Record> records;
  PictureList list;
  std::vector<std::optional<std::string>> written;
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string name = "line " + std::to_string(number);
    QS_ASSIGN(const Json object, parseJson(line, path.string() + ", " + name));
    auto record = readRecord(path.parent_path(), object, inputs);
    if (!record) {
      list.skipped.push_back({name, record.error().why});
      continue;
    }
    record->name = textField(object, {"name", "id"}).value_or(name);
    list.items.push_back({std::to_string(records.size()), record->name, std::nullopt});
    records.push_back(std::move(*record));
    written.push_back(nameField(object, {"label", "class"}));
  }
  assignLabels(list, written, labels);
  if (list.items.empty()) {
    return Error{ErrorCode::InvalidArgument, "cannot use the data", path.string(),
                 list.skipped.empty() ? "it is empty" : list.skipped[0].path + ": " + list.skipped[0].why, ""};
  }
  return std::shared_ptr<const Dataset>(std::make_shared<RecordDataset>(inputs, std::move(records), std::move(list)));
}

}  // namespace quantscope::data
