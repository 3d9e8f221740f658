#include <cmath>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

namespace {

/// How the output says which class a pixel has.
struct Layout {
  int32_t height = 0, width = 0, classes = 0;
  bool channelsFirst = false;
  bool numbers = false;  ///< one class number per pixel instead of a score per class
};

/// Pixels of one sample by true and given class.
struct Counts {
  std::vector<uint32_t> confusion;  ///< [truth * classes + answer]
};

constexpr int32_t kMostClasses = 256;

std::vector<double> ious(const std::vector<uint64_t>& confusion, size_t classes) {
  std::vector<double> result(classes, std::nan(""));
  for (size_t c = 0; c < classes; ++c) {
    uint64_t truth = 0, answer = 0;
    for (size_t k = 0; k < classes; ++k) truth += confusion[c * classes + k], answer += confusion[k * classes + c];
    const uint64_t both = confusion[c * classes + c], either = truth + answer - both;
    if (either > 0) result[c] = static_cast<double>(both) / static_cast<double>(either);
  }
  return result;
}

double meanOfNumbers(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double v : values) {
    if (!std::isnan(v)) sum += v, count += 1;
  }
  return count > 0 ? sum / count : std::nan("");
}

/// The class of every pixel of the mask: answers are spread to its size by the nearest, after the greatest score was
/// chosen. Only the whole picture as input (--resize exact) has its pixels where the mask's are.
class Segmentation final : public TaskMeasurement {
public:
  Segmentation(const TaskContext& context, const Layout& layout)
      : m_layout(layout),
        m_offset(context.options.labelOffset.value_or(0)),
        m_classes(static_cast<size_t>(layout.numbers ? kMostClasses : layout.classes)),
        m_names(context.options.classNames.empty() ? context.dataset.classNames() : context.options.classNames),
        m_confusion(m_classes * m_classes) {}

  Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const override {
    if (!sample.truth || sample.truth->mask.classes.empty()) {
      return Error{ErrorCode::InvalidArgument, "the sample has no mask", sample.name, "", ""};
    }
    const ClassMask& mask = sample.truth->mask;
    const auto answers = classesOf(outputs[0].values);
    Counts counts;
    counts.confusion.assign(m_classes * m_classes, 0);
    const auto height = static_cast<size_t>(m_layout.height), width = static_cast<size_t>(m_layout.width);
    for (int y = 0; y < mask.height; ++y) {
      const size_t row = static_cast<size_t>(y) * height / static_cast<size_t>(mask.height);
      for (int x = 0; x < mask.width; ++x) {
        const uint8_t truth =
            mask.classes[static_cast<size_t>(y) * static_cast<size_t>(mask.width) + static_cast<size_t>(x)];
        if (truth == kIgnoredPixel) continue;
        const int32_t wanted = truth + m_offset;
        if (wanted < 0 || static_cast<size_t>(wanted) >= m_classes) {
          return Error{
              ErrorCode::InvalidArgument, "the mask does not fit the model", sample.name,
              "it has class " + std::to_string(truth) + ", the model " + std::to_string(m_classes) + " classes",
              "check --label-offset"};
        }
        const size_t column = static_cast<size_t>(x) * width / static_cast<size_t>(mask.width);
        ++counts.confusion[static_cast<size_t>(wanted) * m_classes + answers[row * width + column]];
      }
    }
    return std::any(std::move(counts));
  }

  void add(uint32_t sample, std::any observation) override {
    const auto counts = std::any_cast<Counts>(std::move(observation));
    std::vector<uint64_t> own(counts.confusion.begin(), counts.confusion.end());
    for (size_t i = 0; i < own.size(); ++i) m_confusion[i] += own[i];
    const double mean = meanOfNumbers(ious(own, m_classes));
    if (std::isnan(mean)) return;  // nothing in it counts
    m_perSample.push_back(mean);
    m_samples.push_back(sample);
  }

  void finish(TaskResult& result) override {
    const auto perClass = ious(m_confusion, m_classes);
    uint64_t right = 0, all = 0;
    for (size_t c = 0; c < m_classes; ++c) right += m_confusion[c * m_classes + c];
    for (const uint64_t n : m_confusion) all += n;
    result.metrics = {{"miou", meanOfNumbers(perClass)},
                      {"pixel_accuracy", all ? static_cast<double>(right) / static_cast<double>(all) : 0}};
    const Interval interval = bootstrapMean(m_perSample);
    result.metrics.push_back({"mean_picture_iou", meanOfNumbers(m_perSample), interval.low, interval.high});
    result.columns = {"iou"};
    for (size_t c = 0; c < m_classes; ++c) {
      if (std::isnan(perClass[c])) continue;
      result.rows.push_back({c < m_names.size() ? m_names[c] : "class " + std::to_string(c), {perClass[c]}});
    }
    result.perSample = m_perSample;
    result.perSampleName = "mean IoU of the picture";
    result.sampleIndices = m_samples;
    result.notes.push_back("answers are spread to the mask's size by the nearest; mask value 255 does not count");
  }

private:
  std::vector<size_t> classesOf(const std::vector<float>& values) const {
    const size_t plane = static_cast<size_t>(m_layout.height) * static_cast<size_t>(m_layout.width);
    std::vector<size_t> answers(plane);
    const auto classes = static_cast<size_t>(m_layout.classes);
    for (size_t i = 0; i < plane; ++i) {
      if (m_layout.numbers) {
        const double number = static_cast<double>(values[i]);
        answers[i] = number >= 0 && number < kMostClasses ? static_cast<size_t>(number) : kMostClasses - 1;
        continue;
      }
      size_t best = 0;
      float bestScore = 0;
      for (size_t c = 0; c < classes; ++c) {
        const float score = m_layout.channelsFirst ? values[c * plane + i] : values[i * classes + c];
        if (c == 0 || score > bestScore) best = c, bestScore = score;
      }
      answers[i] = best;
    }
    return answers;
  }

  Layout m_layout;
  int32_t m_offset;
  size_t m_classes;
  std::vector<std::string> m_names;
  std::vector<uint64_t> m_confusion;
  std::vector<double> m_perSample;
  std::vector<uint32_t> m_samples;
};

Result<Layout> layoutOf(const PreparedModel& prepared) {
  Error error{ErrorCode::InvalidArgument, "cannot read classes of pixels from this model", "", "", ""};
  const Subgraph& graph = prepared.subgraph();
  if (graph.outputs.empty()) return error;
  const auto shape = prepared.shape(graph.outputs[0]);
  if (!shape) return error;
  std::vector<int32_t> s = *shape;
  if (s.size() > 1 && s[0] == 1) s.erase(s.begin());
  const bool integers = graph.tensor(graph.outputs[0]).type == ElementType::Int32 ||
                        graph.tensor(graph.outputs[0]).type == ElementType::Int64;
  if (s.size() == 2 || (s.size() == 3 && s[2] == 1 && integers)) return Layout{s[0], s[1], 1, false, true};
  if (s.size() == 3 && s[2] > 1 && s[2] <= kMostClasses && s[2] < s[0]) return Layout{s[0], s[1], s[2], false, false};
  if (s.size() == 3 && s[0] > 1 && s[0] <= kMostClasses && s[0] < s[1]) return Layout{s[1], s[2], s[0], true, false};
  if (s.size() == 3 && s[2] > 1 && s[2] <= kMostClasses) return Layout{s[0], s[1], s[2], false, false};
  error.where = "output '" + graph.tensor(graph.outputs[0]).name + "'";
  error.why = "its shape is " + shapeText(*shape) + ", wanted is height×width, with up to 256 scores per pixel";
  return error;
}

}  // namespace

Result<std::unique_ptr<TaskMeasurement>> createSegmentation(const TaskContext& context) {
  QS_ASSIGN(const Layout layout, layoutOf(context.prepared));
  if (context.dataset.preprocessing().resize != ResizeMode::Exact) {
    return Error{ErrorCode::InvalidArgument, "cannot compare with masks", "",
                 "the input shows a part of the picture or has borders", "use --resize exact"};
  }
  return std::unique_ptr<TaskMeasurement>(std::make_unique<Segmentation>(context, layout));
}

}  // namespace quantscope
