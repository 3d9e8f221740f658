#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/mapped_file.h"
#include "core/calibration/ranges.h"

namespace quantscope {

namespace {

using Json = nlohmann::json;

constexpr size_t kMostFileBytes = size_t{1} << 30;
constexpr size_t kMostBins = 1 << 20;

/// JSON is UTF-8; other bytes in a name are replaced, the same way when writing and when comparing.
std::string plainText(const std::string& text) {
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(quoted).get<std::string>();
}

Json rangeJson(const std::pair<int32_t, int32_t>& key, const std::string& name, const TensorRange& range) {
  Json json{{"subgraph", key.first},
            {"tensor", key.second},
            {"name", plainText(name)},
            {"min", range.min},
            {"max", range.max},
            {"observed_min", range.observedMin},
            {"observed_max", range.observedMax},
            {"min_sample", plainText(range.minSample)},
            {"max_sample", plainText(range.maxSample)},
            {"values", range.values}};
  json["observer"] = std::string(observerName(range.observer));
  json["samples"] = range.samples;
  json["average_min"] = range.averageMin;
  json["average_max"] = range.averageMax;
  Json growth = Json::array();
  for (const RangeGrowth& g : range.growth) growth.push_back({g.samples, g.min, g.max});
  json["growth"] = std::move(growth);
  if (range.channels > 0) json["channels"] = range.channels;
  if (!range.inactiveChannels.empty()) json["inactive_channels"] = range.inactiveChannels;
  if (range.paddingLow > 0) json["padding_low"] = range.paddingLow;
  if (range.paddingHigh > 0) json["padding_high"] = range.paddingHigh;
  if (range.nan > 0) json["nan"] = range.nan;
  if (range.infinite > 0) json["infinite"] = range.infinite;
  if (!range.histogram.counts.empty()) {
    json["histogram"] = {
        {"low", range.histogram.low}, {"high", range.histogram.high}, {"counts", range.histogram.counts}};
  }
  return json;
}

/// Reads the fields of one object; the first that is missing or of another kind is remembered.
class Fields {
public:
  Fields(const Json& json, std::string where) : m_json(json), m_where(std::move(where)) {
    if (!json.is_object()) m_problem = m_where + " is not an object";
  }
  const std::string& problem() const { return m_problem; }

  void read(const char* key, std::string& value, bool required = true) {
    if (const Json* found = find(
            key, required, [](const Json& j) { return j.is_string(); }, "text"))
      value = found->get<std::string>();
  }
  void read(const char* key, uint64_t& value, bool required = true) {
    if (const Json* found = find(
            key, required, [](const Json& j) { return j.is_number_unsigned(); }, "a count"))
      value = found->get<uint64_t>();
  }
  void read(const char* key, int32_t& value, bool required = true) {
    const auto fits = [](const Json& j) { return j.is_number_unsigned() && j.get<uint64_t>() <= 0x7fffffff; };
    if (const Json* found = find(key, required, fits, "an index")) value = found->get<int32_t>();
  }
  void read(const char* key, double& value) {
    const auto fits = [](const Json& j) { return j.is_number() && std::isfinite(j.get<double>()); };
    if (const Json* found = find(key, true, fits, "a finite number")) value = found->get<double>();
  }
  void read(const char* key, float& value, bool required = true) {
    const auto fits = [](const Json& j) { return j.is_number() && std::isfinite(static_cast<float>(j.get<double>())); };
    if (const Json* found = find(key, required, fits, "a finite number"))
      value = static_cast<float>(found->get<double>());
  }
  void read(const char* key, std::vector<int32_t>& values) {
    const auto fits = [](const Json& j) {
      return j.is_array() && j.size() <= kMostBins && std::all_of(j.begin(), j.end(), [](const Json& e) {
               return e.is_number_unsigned() && e.get<uint64_t>() <= 0x7fffffff;
             });
    };
    if (const Json* found = find(key, false, fits, "a list of indices")) values = found->get<std::vector<int32_t>>();
  }
  void read(const char* key, std::vector<RangeGrowth>& values) {
    const auto fits = [](const Json& j) {
      return j.is_array() && j.size() <= kMostBins && std::all_of(j.begin(), j.end(), [](const Json& e) {
               return e.is_array() && e.size() == 3 && e[0].is_number_unsigned() && e[1].is_number() &&
                      e[2].is_number() && std::isfinite(static_cast<float>(e[1].get<double>())) &&
                      std::isfinite(static_cast<float>(e[2].get<double>()));
             });
    };
    const Json* found = find(key, false, fits, "a list of [samples, min, max]");
    for (size_t i = 0; found && i < found->size(); ++i) {
      const Json& e = (*found)[i];
      values.push_back(
          {e[0].get<uint64_t>(), static_cast<float>(e[1].get<double>()), static_cast<float>(e[2].get<double>())});
    }
  }
  void read(const char* key, std::vector<std::string>& values) {
    const auto fits = [](const Json& j) {
      return j.is_array() && std::all_of(j.begin(), j.end(), [](const Json& e) { return e.is_string(); });
    };
    if (const Json* found = find(key, false, fits, "a list of texts")) values = found->get<std::vector<std::string>>();
  }
  void read(const char* key, std::vector<uint64_t>& values) {
    const auto fits = [](const Json& j) {
      return j.is_array() && j.size() <= kMostBins &&
             std::all_of(j.begin(), j.end(), [](const Json& e) { return e.is_number_unsigned(); });
    };
    if (const Json* found = find(key, true, fits, "a list of counts")) values = found->get<std::vector<uint64_t>>();
  }

private:
  template <typename Fits>
  const Json* find(const char* key, bool required, Fits fits, const char* wanted) {
    if (!m_problem.empty()) return nullptr;
    const auto found = m_json.find(key);
    if (found == m_json.end()) {
      if (required) m_problem = m_where + " has no " + key;
      return nullptr;
    }
    if (fits(*found)) return &*found;
    m_problem = m_where + ": " + key + " is not " + wanted;
    return nullptr;
  }
  const Json& m_json;
  std::string m_where, m_problem;
};

/// An empty text, or what is wrong.
std::string readRange(const Json& json, size_t position, CalibrationResult& result) {
  const std::string where = "tensor entry " + std::to_string(position);
  std::pair<int32_t, int32_t> key;
  std::string name;
  TensorRange range;
  Fields fields(json, where);
  fields.read("subgraph", key.first);
  fields.read("tensor", key.second);
  fields.read("name", name);
  fields.read("min", range.min);
  fields.read("max", range.max);
  fields.read("observed_min", range.observedMin);
  fields.read("observed_max", range.observedMax);
  fields.read("min_sample", range.minSample, false);
  fields.read("max_sample", range.maxSample, false);
  fields.read("values", range.values, false);
  std::string observer;
  fields.read("observer", observer, false);
  range.observer = result.observer;
  range.averageMin = range.observedMin;
  range.averageMax = range.observedMax;
  fields.read("average_min", range.averageMin, false);
  fields.read("average_max", range.averageMax, false);
  range.samples = result.samples;
  fields.read("samples", range.samples, false);
  fields.read("growth", range.growth);
  fields.read("channels", range.channels, false);
  fields.read("inactive_channels", range.inactiveChannels);
  fields.read("padding_low", range.paddingLow, false);
  fields.read("padding_high", range.paddingHigh, false);
  fields.read("nan", range.nan, false);
  fields.read("infinite", range.infinite, false);
  if (!fields.problem().empty()) return fields.problem();
  if (!observer.empty()) {
    const auto parsed = parseObserver(observer);
    if (!parsed) return where + ": its observer '" + observer + "' is unknown";
    range.observer = *parsed;
  }
  if (range.min > range.max || range.observedMin > range.observedMax) return where + ": its range is upside down";
  if (const auto histogram = json.find("histogram"); histogram != json.end()) {
    Fields inner(*histogram, where + ", histogram");
    inner.read("low", range.histogram.low);
    inner.read("high", range.histogram.high);
    inner.read("counts", range.histogram.counts);
    if (!inner.problem().empty()) return inner.problem();
    if (range.histogram.low > range.histogram.high) return where + ": its histogram is upside down";
  }
  if (!result.ranges.emplace(key, std::move(range)).second) return where + " repeats an earlier one";
  result.names.emplace(key, std::move(name));
  return {};
}

Result<void> checkNames(const CalibrationResult& result, const Model& model, const std::string& where) {
  for (const auto& [key, name] : result.names) {
    const auto subgraph = static_cast<size_t>(key.first), tensor = static_cast<size_t>(key.second);
    const bool exists = subgraph < model.subgraphs.size() && tensor < model.subgraphs[subgraph].tensors.size();
    const std::string found = exists ? plainText(model.subgraphs[subgraph].tensors[tensor].name) : "";
    if (exists && found == name) continue;
    return Error{ErrorCode::InvalidArgument, "the ranges belong to another model", where,
                 "tensor " + std::to_string(tensor) + " of subgraph " + std::to_string(subgraph) + " is '" + name +
                     "' there and " + (exists ? "'" + found + "'" : "absent") + " in the model",
                 "calibrate this model"};
  }
  return {};
}

}  // namespace

std::string rangesToJson(const CalibrationResult& ranges) {
  Json tensors = Json::array();
  for (const auto& [key, range] : ranges.ranges) {
    const auto name = ranges.names.find(key);
    tensors.push_back(rangeJson(key, name == ranges.names.end() ? std::string() : name->second, range));
  }
  nlohmann::ordered_json json;
  json["quantscope_ranges"] = 1;
  json["observer"] = std::string(observerName(ranges.observer));
  json["samples"] = ranges.samples;
  json["dataset"] = plainText(ranges.dataset);
  if (!ranges.datasetHash.empty()) json["dataset_sha256"] = plainText(ranges.datasetHash);
  for (const auto& [key, list] : {std::pair("skipped", &ranges.skipped), std::pair("warnings", &ranges.warnings)}) {
    json[key] = Json::array();
    for (const std::string& text : *list) json[key].push_back(plainText(text));
  }
  std::string text = json.dump(2);
  // One line per tensor: files of large models stay readable and comparable.
  text.resize(text.size() - 2);
  text += ",\n  \"tensors\": [";
  for (size_t i = 0; i < tensors.size(); ++i) text += (i == 0 ? "\n    " : ",\n    ") + tensors[i].dump();
  text += "\n  ]\n}\n";
  return text;
}

Result<void> saveRanges(const CalibrationResult& ranges, const std::filesystem::path& path, IfExists ifExists) {
  return writeFileAtomically(path, rangesToJson(ranges), ifExists);
}

Result<CalibrationResult> loadRanges(const std::filesystem::path& path, const Model& model) {
  QS_ASSIGN(const auto file, MappedFile::open(path));
  return rangesFromJson({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()}, path.string(),
                        model);
}

Result<CalibrationResult> rangesFromJson(std::string_view text, const std::string& where, const Model& model) {
  auto malformed = [&](const std::string& why) {
    return Error{ErrorCode::Malformed, "cannot read the ranges", where, why, ""};
  };
  if (text.size() > kMostFileBytes) return malformed("it is larger than 1 GB");
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return malformed("it is not JSON");
  CalibrationResult result;
  Fields fields(json, "the file");
  uint64_t version = 0;
  std::string observer;
  fields.read("quantscope_ranges", version);
  if (fields.problem().empty() && version != 1)
    return malformed("it has format version " + std::to_string(version) + ", known is 1");
  fields.read("observer", observer);
  fields.read("samples", result.samples);
  fields.read("dataset", result.dataset, false);
  fields.read("dataset_sha256", result.datasetHash, false);
  fields.read("skipped", result.skipped);
  fields.read("warnings", result.warnings);
  if (!fields.problem().empty()) return malformed(fields.problem());
  const auto parsed = parseObserver(observer);
  if (!parsed.ok()) return malformed("its observer '" + observer + "' is unknown");
  result.observer = *parsed;
  const auto tensors = json.find("tensors");
  if (tensors == json.end() || !tensors->is_array()) return malformed("it has no list of tensors");
  for (size_t i = 0; i < tensors->size(); ++i) {
    const std::string problem = readRange((*tensors)[i], i, result);
    if (!problem.empty()) return malformed(problem);
  }
  QS_TRY(checkNames(result, model, where));
  return result;
}

}  // namespace quantscope
