#include "app/cli/arguments.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "core/report/text.h"

namespace quantscope::cli {

namespace {

constexpr size_t kSkippedShown = 5;

const std::map<std::string, ResizeMode> kResizeModes{
    {"exact", ResizeMode::Exact}, {"center-crop", ResizeMode::CenterCrop}, {"fit", ResizeMode::Fit}};
const std::map<std::string, Interpolation> kInterpolations{{"bilinear", Interpolation::Bilinear},
                                                           {"antialias", Interpolation::Antialiased},
                                                           {"area", Interpolation::Area},
                                                           {"nearest", Interpolation::Nearest}};
const std::map<std::string, AudioFrontEnd::Features> kFeatures{{"waveform", AudioFrontEnd::Features::Waveform},
                                                               {"log-mel", AudioFrontEnd::Features::LogMel},
                                                               {"mfcc", AudioFrontEnd::Features::Mfcc}};
const std::map<std::string, ChannelOrder> kChannelOrders{
    {"rgb", ChannelOrder::Rgb}, {"bgr", ChannelOrder::Bgr}, {"gray", ChannelOrder::Gray}};

template <typename Value>
std::string nameOf(const std::map<std::string, Value>& names, Value value) {
  for (const auto& [name, candidate] : names) {
    if (candidate == value) return name;
  }
  return "";
}

bool saysHow(const DataArguments& a) {
  return !a.mean.empty() || !a.standardDeviation.empty() || a.scale || !a.resize.empty() || !a.interpolation.empty() ||
         !a.channels.empty();
}

Preprocessing preprocessingOf(const DataArguments& a, const Model& model) {
  // What is not said stays as the model's metadata has it.
  Preprocessing p = metadataPreprocessing(model).value_or(Preprocessing{});
  if (!a.mean.empty() || !a.standardDeviation.empty() || a.scale) {
    p.mean = a.mean.empty() ? std::vector<float>{0.0f} : a.mean;
    p.standardDeviation = a.standardDeviation.empty() ? std::vector<float>{1.0f} : a.standardDeviation;
    p.scale = a.scale.value_or(1.0f);
  }
  if (!a.resize.empty()) p.resize = kResizeModes.at(a.resize);
  if (!a.interpolation.empty()) p.interpolation = kInterpolations.at(a.interpolation);
  if (!a.channels.empty()) p.channels = kChannelOrders.at(a.channels);
  p.source = "user";
  return p;
}

/// One value or several with commas between them, in one word: what follows may be the name of a model.
void declareChannelValues(CLI::App& command, const std::string& name, std::vector<float>& values,
                          const std::string& description) {
  command
      .add_option_function<std::string>(
          name,
          [&values, name](const std::string& list) {
            values.clear();
            for (const std::string& part : CLI::detail::split(list, ',')) {
              float value = 0;
              if (!CLI::detail::lexical_cast(part, value)) {
                throw CLI::ValidationError(name, "'" + list + "' is neither a number nor numbers with commas between");
              }
              values.push_back(value);
            }
          },
          description)
      ->type_name("FLOAT[,FLOAT...]");
}

}  // namespace

void declareData(CLI::App& command, DataArguments& a, bool required) {
  auto* data = command.add_option("--data", a.data,
                                  "Folder of class folders, flat folder of pictures, folder with images/ and masks/, "
                                  ".npz, .npy, .csv/.tsv with path,label, .jsonl, or COCO's .json");
  if (required) data->required();
  declareChannelValues(command, "--mean", a.mean,
                       "Subtracted from each channel, after --scale (one value, or one per channel: 1,2,3)");
  declareChannelValues(command, "--std", a.standardDeviation,
                       "Each channel is divided by it, last (one value, or one per channel)");
  command.add_option("--scale", a.scale, "Multiplied with the values 0..255, first");
  command.add_option("--resize", a.resize, "How pictures are fitted to the input")
      ->check(CLI::IsMember({"exact", "center-crop", "fit"}));
  command
      .add_option("--interpolation", a.interpolation,
                  "How pixels are resized: bilinear as TensorFlow, antialias as Pillow and PyTorch, area, nearest")
      ->check(CLI::IsMember({"bilinear", "antialias", "area", "nearest"}));
  command.add_option("--channels", a.channels, "Order of the channels")->check(CLI::IsMember({"rgb", "bgr", "gray"}));
  command.add_option("--audio", a.audio, "How WAV sounds become inputs (default: what the input's shape suggests)")
      ->check(CLI::IsMember({"waveform", "log-mel", "mfcc"}));
  AudioFrontEnd& f = a.frontEnd;
  command.add_option("--sample-rate", f.sampleRate, "With --audio: samples a second")->capture_default_str();
  command.add_option("--clip-seconds", f.seconds, "With --audio: length of a sample")->capture_default_str();
  command.add_option("--window-ms", f.windowMilliseconds, "With --audio: window")->capture_default_str();
  command.add_option("--stride-ms", f.strideMilliseconds, "With --audio: from window to window")->capture_default_str();
  command.add_option("--mel-bins", f.melBins, "With --audio: mel bins")->capture_default_str();
  command.add_option("--coefficients", f.coefficients, "With --audio mfcc: coefficients")->capture_default_str();
  command.add_option("--mel-low", f.lowHertz, "With --audio: lowest frequency")->capture_default_str();
  command.add_option("--mel-high", f.highHertz, "With --audio: highest frequency")->capture_default_str();
  command.add_option("--labels", a.labels, "Text file with the class names in the order of the outputs, one per line");
}

Result<std::shared_ptr<const Dataset>> openData(const DataArguments& a, const Model& model) {
  DatasetOptions options;
  if (saysHow(a)) options.preprocessing = preprocessingOf(a, model);
  if (!a.audio.empty()) {
    options.audio = a.frontEnd;
    options.audio->features = kFeatures.at(a.audio);
  }
  if (!a.labels.empty()) {
    QS_ASSIGN(options.labels, readLines(a.labels));
    if (options.labels.empty()) {
      return Error{ErrorCode::InvalidArgument, "cannot use the labels", a.labels, "there is no class name in it",
                   "write one name per line, in the order of the outputs"};
    }
  }
  return openModelDataset(a.data, model, options);
}

void notePreprocessing(const Dataset& dataset, Console& console) {
  console.note("Data: " + dataset.description());
  console.note("Input: " + dataset.preprocessing().describe());
}

void noteRanges(const CalibrationResult& ranges, Console& console) {
  auto note = [&](const std::string& kind, const std::vector<std::string>& lines) {
    for (size_t i = 0; i < std::min(kSkippedShown, lines.size()); ++i) console.note(kind + ": " + lines[i]);
    if (lines.size() > kSkippedShown) {
      console.note(kind + ": and " + std::to_string(lines.size() - kSkippedShown) + " more");
    }
  };
  note("skipped", ranges.skipped);
  note("warning", ranges.warnings);
}

void declareObserver(CLI::App& command, ObserverArguments& a) {
  a.option = command.add_option("--observer", a.observer, "How a range follows from the values")
                 ->check(CLI::IsMember({"minmax", "moving-average", "percentile", "mse", "entropy"}))
                 ->capture_default_str();
  command.add_option(
      "--observer-for", a.byName,
      "REGEX=OBSERVER: another one for tensors whose name matches; may be repeated, the last match wins");
}

Result<std::vector<ObserverChoice>> observerChoices(const ObserverArguments& a) {
  std::vector<ObserverChoice> choices;
  for (const std::string& text : a.byName) {
    const size_t equals = text.rfind('=');
    if (equals == std::string::npos) {
      return Error{ErrorCode::InvalidArgument, "cannot use --observer-for", text,
                   "it has no =", "write REGEX=OBSERVER, such as head/=percentile"};
    }
    ObserverChoice choice;
    choice.scope = text.substr(0, equals);
    QS_ASSIGN(choice.observer, parseObserver(text.substr(equals + 1)));
    choices.push_back(std::move(choice));
  }
  return choices;
}

void declareOutput(CLI::App& command, OutputArguments& a, const std::string& what, bool required) {
  auto* out = command.add_option("-o,--output", a.path, what);
  if (required) out->required();
  command.add_flag("--force", a.force, "Replace files that exist");
}

Result<void> checkOutput(const std::string& path, IfExists ifExists) {
  // Whoever may write a file finds out by making it; it is dropped again at once.
  auto probe = AtomicFile::create(path, ifExists);
  if (!probe) return std::move(probe).error();
  return {};
}

void declareKernels(CLI::App& command, std::string& kernels) {
  command
      .add_option("--kernels", kernels, "reference: plain loops with the results of the reference kernels; fast: quick")
      ->check(CLI::IsMember({"reference", "fast"}))
      ->capture_default_str();
}

KernelSet kernelSet(const std::string& name) {
  return name == "reference" ? KernelSet::Reference : KernelSet::Fast;
}

Result<std::vector<std::string>> readLines(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) {
    return Error{ErrorCode::NotFound, "cannot read the file", path.string(), std::strerror(errno), "check the path"};
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  if (file.bad()) return Error{ErrorCode::Io, "cannot read the file", path.string(), std::strerror(errno), ""};
  return lines;
}

Json toJson(const Preprocessing& p) {
  Json json;
  json["mean"] = p.mean;
  json["std"] = p.standardDeviation;
  json["scale"] = p.scale;
  json["resize"] = nameOf(kResizeModes, p.resize);
  json["interpolation"] = nameOf(kInterpolations, p.interpolation);
  json["channels"] = p.channels ? Json(nameOf(kChannelOrders, *p.channels)) : Json();
  json["source"] = p.source;
  json["description"] = p.describe();
  return json;
}

Json toJson(const std::vector<SkippedItem>& skipped) {
  Json list = Json::array();
  for (const SkippedItem& item : skipped) list.push_back({{"path", item.path}, {"why", item.why}});
  return list;
}

std::string skippedText(const std::vector<SkippedItem>& skipped) {
  if (skipped.empty()) return "";
  std::string text =
      std::to_string(skipped.size()) + (skipped.size() == 1 ? " item was" : " items were") + " skipped:\n";
  for (size_t i = 0; i < std::min(kSkippedShown, skipped.size()); ++i) {
    text += "  " + skipped[i].path + ": " + skipped[i].why + "\n";
  }
  if (skipped.size() > kSkippedShown) text += "  and " + std::to_string(skipped.size() - kSkippedShown) + " more\n";
  return text;
}

std::vector<std::string> shortNames(const std::vector<std::string>& paths) {
  std::map<std::string, int> uses;
  for (const std::string& path : paths) ++uses[std::filesystem::path(path).filename().string()];
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    const std::string name = std::filesystem::path(path).filename().string();
    names.push_back(uses[name] == 1 && !name.empty() ? name : path);
  }
  return names;
}

}  // namespace quantscope::cli
